"""Points of data files in pictures."""
