"""A function of a user's own that has a backward: finding and calling it, and finding out whether it is right.

Nowhere else is a user's Python run, and here only the file that was named.
"""

PREFIX = "derivcli_use_"
"""Begins the names of modules that are files of the user's: such a file may be called torch.py."""
