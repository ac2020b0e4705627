"""What a function is called with: shapes, values and constants, given or found by trying."""
