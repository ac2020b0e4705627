"""A file that fails."""

raise ValueError("not today")
