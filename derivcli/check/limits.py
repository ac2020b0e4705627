"""How much is judged without being asked for."""

MAX_NUMBERS_UNASKED = 100
"""Derivatives of a calculation at all its points: so many are judged unless that is refused."""


def is_checked(check: bool | None, count: int | None) -> bool:
    """Whether so many derivatives are judged, where `check` asks for it, refuses it, or leaves it to their number."""
    return count is not None and count <= MAX_NUMBERS_UNASKED if check is None else check
