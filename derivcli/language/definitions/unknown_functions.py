"""Functions of which a text says nothing but their names: which names those are, and how their calls are written.

    call   := name head "(" sum { "," sum } ")"
    head   := [ prime | "^(" order { "," order } ")" | exponent ] | "_" letter { letter }

f, g, h, F, G and H are functions before a bracket that is joined to them; any other letter is one where the bracket
holds nothing but variables, or where a prime stands before it. A letter that stands anywhere without a bracket is a
variable everywhere. `f^(2,1)(x, y)` and `f_xxy(x, y)` are the partial derivative by x, x and y.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from derivcli.errors import DerivError, Span
from derivcli.language import limits
from derivcli.language.functions.row import is_function_letter
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.derivative_words import LETTERS, NAME
from derivcli.language.lexer.letter_runs import before_function
from derivcli.language.lexer.name_resolution import is_function_name, is_variable_name
from derivcli.language.lexer.tokens import PRIMES, canonical_name, names_in

_PRIMES = f"[{''.join(PRIMES)}]+"
_ORDERS = r"(?:\^|\*\*)\(\(?(?P<orders>[0-9]+(?:\s*,\s*[0-9]+)*)\)\)?"
_DERIVED = re.compile(rf"\s*(?P<primes>{_PRIMES})\s*\(|{_ORDERS}\(")
"""What stands between a name and the bracket of a call where the function is differentiated."""
_POWER = re.compile(r"(?:(?:\^|\*\*)-?[0-9A-Za-z]+|⁻?[⁰¹²³⁴-⁹]+)\(")
CALL = re.compile(rf"\(|{_DERIVED.pattern.replace('P<primes>', ':').replace('P<orders>', ':')}|{_POWER.pattern}")
"""What stands behind a name that may be a function's, at least."""
_NAME = re.compile(NAME)
_LIST = re.compile(rf"\(\s*(?P<names>{NAME}(?:\s*,\s*{NAME})*)\s*\)")
_LISTED_CALL = rf"{NAME}(?:_[A-Za-z]+)?\([\w\s,]*\)"
_MAY_BE_USED = re.compile(
    rf"[{''.join(PRIMES)}]|{_ORDERS.replace('P<orders>', ':')}\("
    rf"|(?<![A-Za-z_])(?!if\()(?:[A-Za-z]?[fghFGH][0-9₀-₉_]*\(|{_LISTED_CALL})"
)
"""Something that stands in every text that uses a name as a function, and in few others."""


@dataclass(slots=True)
class _Uses:
    """How a text uses a name."""

    called: bool = False
    """Whether a bracket that makes it a function is joined to it anywhere."""
    primed: bool = False
    """Whether a prime, or an order, stands at it."""
    alone: int | None = None
    """Where it stands as a variable."""


def unknown_functions(text: str, declared: Collection[str], custom: Collection[str]) -> Mapping[str, bool]:
    """The names that a text uses as functions, and of each whether nothing else can be meant."""
    uses: dict[str, _Uses] = {}
    for written, start, stop in names_in(text) if _MAY_BE_USED.search(text) else ():
        if (_DERIVED.match(text, stop) or text[stop : stop + 1] == "(") and _is_glued(written, declared, custom):
            written, start = written[1], start + 1  # xf(x)
        head, below = _parts(written)
        name = canonical_name(head)
        if not head or name in declared or name in CONSTANTS or name in LETTERS or is_function_name(name, custom, True):
            continue
        use = uses.setdefault(name, _Uses())
        if _DERIVED.match(text, stop):
            use.primed = use.called = True
        elif text[stop : stop + 1] == "(" and _makes_function(text, stop, name, below, declared):
            use.called = True
        elif not below and not _POWER.match(text, stop) and use.alone is None:
            use.alone = start
    for name, use in uses.items():
        if use.primed and use.alone is not None:
            message = f"'{name}' is a function and a variable here"
            span = Span(use.alone, use.alone + len(name))
            raise DerivError(message, text, span, f"write {name}(x) for the function, or use another name")
    return {name: use.primed for name, use in uses.items() if use.called and use.alone is None}


def _is_glued(written: str, declared: Collection[str], custom: Collection[str]) -> bool:
    """Whether a name is a letter and a function that stand side by side."""
    known = written in declared or is_function_name(written, custom, True)
    return bool(not known and written[1] not in declared and before_function(written)) if len(written) == 2 else False


def _parts(written: str) -> tuple[str, str]:
    """The name of a function and the letters below it, as in `f_xy`; "" where it can be no such name."""
    found = _NAME.match(written)
    head = found.group() if found else ""
    rest = written[len(head) :]
    below = rest[1:] if rest[:1] == "_" and rest[1:].isalpha() else ""
    return (head, below) if below or not rest else ("", "")


def _makes_function(text: str, bracket: int, name: str, below: str, declared: Collection[str]) -> bool:
    """Whether the bracket behind a name is that of a call."""
    if is_function_letter(name) and not below:
        return True
    listed = _LIST.match(text, bracket)
    names = [canonical_name(each) for each in re.split(r"\s*,\s*", listed["names"])] if listed else []
    return bool(names) and {*below} <= {*names} and all(is_variable_name(each) or each in declared for each in names)


def subscripted(name: str, unknown: Collection[str]) -> tuple[str, str] | None:
    """The function and the letters in a name such as `f_xy`, if that is one of those known to be functions."""
    head, _, below = name.rpartition("_")
    return (head, below) if head in unknown and below.isalpha() else None


def orders_at(text: str, position: int, primes_only: bool = False) -> tuple[tuple[int, ...], int] | None:
    """The orders that stand behind a name, before the bracket of a call, and where that bracket is."""
    found = _DERIVED.match(text, position)
    if found is None or (primes_only and not found["primes"]):
        return None
    if found["primes"]:
        orders: tuple[int, ...] = (sum(PRIMES[mark] for mark in found["primes"]),)
    else:
        orders = tuple(int(order) for order in found["orders"].split(","))
    if sum(orders) > limits.MAX_ORDER:
        message = f"the order of a derivative is a whole number up to {limits.MAX_ORDER}"
        raise DerivError(message, text, Span(position, found.end() - 1), "write it like f^(4)(x)")
    return orders, found.end() - 1
