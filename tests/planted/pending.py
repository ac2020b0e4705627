"""Rows that the check does not yet judge as it should."""

PENDING: frozenset[str] = frozenset(
    {
        "operator without a gradient",
        "root mean square, found",
        "middle of all",
        "finite numbers only",
    }
)

PENDING_TRIALS: frozenset[str] = frozenset()

PENDING_SEEDS: frozenset[int] = frozenset()
