"""The language's functions and constants: the table, what a row is, and a file of rows for each family.

All that is known of a function stands in its row: its LaTeX, its spelling in PyTorch, where it is not smooth.
"""
