"""What is tried, and the table of it."""
