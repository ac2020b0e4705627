"""Points from data files, and numbers into them."""
