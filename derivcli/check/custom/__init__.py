"""A user's own `torch.autograd.Function`: reading it from its file, and finding out whether it is right.

Nowhere else is a user's Python run, and here only the file that was named.
"""
