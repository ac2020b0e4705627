"""What is measured of curves as formulas and as exact values."""
