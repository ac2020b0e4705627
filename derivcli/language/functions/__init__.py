"""The language's functions and constants: the table, what a row is, and a file of rows for each family."""
