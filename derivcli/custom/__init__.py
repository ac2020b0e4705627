"""A user's own `torch.autograd.Function`: reading it from its file, and finding out whether it is right.

Nowhere else is a user's Python run, and here only the file that was named.
"""

PREFIX = "derivcli_use_"
"""Begins the names of modules that are files of the user's: such a file may be called torch.py."""
