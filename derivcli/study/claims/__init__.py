"""Single questions about a function on an interval: claims, equations, and values of its inverse."""
