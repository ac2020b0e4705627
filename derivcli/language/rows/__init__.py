"""The rows of the function table, one file for each family."""
