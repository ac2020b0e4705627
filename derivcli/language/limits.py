"""The limits of the language, as data; every refusal over one names it."""

CHARACTERS = 1_000_000
"""Length of a text."""

NESTING = 100
"""How deep brackets, calls, signs and powers may stand inside each other; SymPy's recursion fails soon after."""

DIGITS = 400
"""Digits of one number; float64 reaches 309 before the point."""

POINTS = 10**12
"""Points of one calculation."""

HELD = 10**8
"""Points whose numbers are held in memory at once: for arrays, a table, a picture."""

WHOLE = 10_000
"""A whole number that a function counts up to: a degree, an order."""

LEDGER = 1_000
"""Points of a ledger, which holds every intermediate number at each."""

TRIED = 1_000
"""Points that a function of the user's own is tried at."""
