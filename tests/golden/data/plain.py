"""Nothing but a function."""


def helper(x: float) -> float:
    """What it is given."""
    return x
