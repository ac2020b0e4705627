"""Every limit of the language and of what is computed at once, and what is said where one is passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span

if TYPE_CHECKING:
    from fractions import Fraction

MAX_CHARACTERS = 1_000_000
"""Length of a text."""

MAX_NESTING = 100
"""How deep calls, signs, powers and brackets that are needed may stand inside each other.

SymPy's recursion fails soon after.
"""

MAX_BRACKETS = 1_000
"""Brackets that may be open at one place, needed or not."""

MAX_LATEX_NESTING = 400
"""How deep braces, brackets and commands of LaTeX may stand inside each other, those that change nothing too."""

MAX_DIGITS = 400
"""Digits of one number; float64 reaches 309 before the point."""

MAX_WHOLE = 10_000
"""A whole number that a function counts up to: a degree, an order."""

MAX_ORDER = 200
"""How often a formula may be differentiated."""

MAX_DERIVATIVES = 1_000
"""Signs of derivatives in a text."""

MAX_ARROWS = 10
"""Arrows behind the names of variables, as in x -> y -> x*y."""

MAX_EXPANDED_NODES = 50_000
"""Nodes of a formula in which calls of named functions are what they stand for."""

MAX_TERMS = 10_000
"""Terms of all sums and factors of all products over an index in a formula."""

MAX_UNROLLED_NODES = 500_000
"""Nodes of such terms."""

MAX_NESTED_INTEGRALS = 2
"""Integrals within each other: each multiplies the time by some hundreds."""

MAX_POINTS = 10**12
"""Points of one calculation."""

MAX_POINTS_HELD = 10**8
"""Points whose numbers are held in memory at once: for arrays, a table, a picture."""

MAX_LEDGER_POINTS = 1_000
"""Points of a ledger, which holds every intermediate number at each."""

MAX_TRIED_POINTS = 1_000
"""Points that a function of the user's own is tried at."""


def check_characters(text: str) -> None:
    """Refuse a text that is too long."""
    if len(text) > MAX_CHARACTERS:
        span, hint = Span(MAX_CHARACTERS, MAX_CHARACTERS + 1), "shorten it with `--let`"
        raise DerivError(f"the text has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}", text, span, hint)


def check_digits(number: str, span: Span) -> None:
    """Refuse a number of too many digits."""
    if len(number) > MAX_DIGITS:
        message = f"a number of {len(number)} digits is over the limit of {MAX_DIGITS}"
        raise DerivError(message, span=span, hint="shorten it")


def check_arrows(count: int, text: str) -> None:
    """Refuse a text with too many arrows."""
    if count > MAX_ARROWS:
        message = f"the text has more than {MAX_ARROWS} arrows"
        raise DerivError(message, text, Span(0, len(text)), "write the formula behind the last of them alone")


def check_derivatives(count: int, span: Span) -> None:
    """Refuse a text with too many signs of derivatives."""
    if count > MAX_DERIVATIVES:
        hint = "write some of them yourself"
        raise DerivError(f"the text has more than {MAX_DERIVATIVES:,} derivatives", span=span, hint=hint)


def check_nesting(depth: int, span: Span) -> None:
    """Refuse a formula that nests too deep."""
    if depth > MAX_NESTING:
        message = f"the formula nests deeper than the limit of {MAX_NESTING}"
        raise DerivError(message, span=span, hint="name inner parts with `--let`")


def check_brackets(count: int, span: Span) -> None:
    """Refuse a formula with too many brackets around one place."""
    if count > MAX_BRACKETS:
        message = f"more than {MAX_BRACKETS:,} brackets are open here"
        raise DerivError(message, span=span, hint="leave out those that change nothing")


def check_whole(value: Fraction | float, parameter: str, span: Span) -> None:
    """Refuse an order or a degree that is too large."""
    if value > MAX_WHOLE:
        raise DerivError(f"{parameter} is over the limit of {MAX_WHOLE}", span=span, hint="take a smaller one")


def check_latex_nesting(depth: int, text: str, span: Span) -> None:
    """Refuse LaTeX whose braces stand too deep in each other."""
    if depth > MAX_LATEX_NESTING:
        message = f"braces and brackets stand deeper in each other than the limit of {MAX_LATEX_NESTING}"
        raise DerivError(message, text, span, "name inner parts with `--let`")


def check_terms(count: int, word: str, span: Span | None) -> None:
    """Refuse a sum or a product over an index that has too many terms."""
    if count > MAX_TERMS:
        message = f"{count:,} terms of a {word} are more than the limit of {MAX_TERMS:,}"
        raise DerivError(message, span=span, hint="take fewer terms")


def check_unrolled(count: int, word: str, span: Span | None) -> None:
    """Refuse a sum or a product over an index whose terms are too long for so many."""
    if count > MAX_UNROLLED_NODES:
        message = f"the terms of this {word} have more than {MAX_UNROLLED_NODES:,} parts together"
        raise DerivError(message, span=span, hint="take fewer terms")


def check_nested_integrals(depth: int, source: str) -> None:
    """Refuse integrals that nest too deep to be computed."""
    if depth > MAX_NESTED_INTEGRALS:
        message = f"{depth} integrals stand within each other, and the limit is {MAX_NESTED_INTEGRALS}"
        raise DerivError(message, source, Span(0, len(source)), "integrate the inner ones by hand")


def check_points(count: int, source: str = "", span: Span | None = None) -> None:
    """Refuse more points than one calculation may have."""
    if count > MAX_POINTS:
        message = f"{count:,} points are over the limit of {MAX_POINTS:,}"
        raise DerivError(message, source, span, "take fewer points")


def check_points_held(count: int) -> None:
    """Refuse more points than arrays are made for."""
    if count > MAX_POINTS_HELD:
        message = f"{count:,} points are more than the {MAX_POINTS_HELD:,} that are held in memory"
        raise DerivError(message, hint="take fewer points`shell:, or write them to a file with --output`")


def check_ledger_points(count: int) -> None:
    """Refuse more points than a ledger shows."""
    if count > MAX_LEDGER_POINTS:
        message = f"{count:,} points are more than the {MAX_LEDGER_POINTS:,} that are shown one by one"
        raise DerivError(message, hint="take fewer points")


def check_tried_points(count: int) -> None:
    """Refuse more points than a function of the user's own is tried at."""
    if count > MAX_TRIED_POINTS:
        message = f"{count:,} points are more than the {MAX_TRIED_POINTS:,} that a function is tried at"
        raise DerivError(message, hint="take fewer points")
