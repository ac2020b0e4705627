"""What a wrong claim is instead of the derivative: the first explanation that holds at all points.

The most telling ones are tried first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from derivcli.check.equality import (
    error,
    fraction_of,
    is_number,
    is_sum,
    multiples,
    offset,
    quantity,
    ratio,
    same_values,
    value,
)
from derivcli.engines.balls.integers import decimal_text
from derivcli.engines.symbolic import arrange, merged
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import LEAST, Case
from derivcli.explain.answer.exceptional_points import distances, spot_text
from derivcli.explain.answer.mistaken_derivations import divided, slipped, slipped_oddly
from derivcli.explain.answer.right_regions import partly, somewhere
from derivcli.explain.answer.rounded_numbers import product_text, ways
from derivcli.language import tree as build
from derivcli.language.parse import parse_tree
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, postorder, symbol
from derivcli.result import ORDERS, Partial, derivative_key

if TYPE_CHECKING:
    from flint import arb

SECONDS, LONGEST = 2.0, 6.0
"""How long one explanation may be tried, and all of them."""

FRACTIONS = 1000
"""The largest denominator of a factor that is told as a fraction."""

ROUNDED = 1e-2
"""A claim with a number in it is rounded if it is no further from the derivative than this, relatively."""

CONSTANTS: dict[str, Tree] = {
    "pi": sympy.pi,
    "e": sympy.E,
    "log(2)": sympy.log(2),
    "log(10)": sympy.log(10),
    "sqrt(2)": sympy.sqrt(2),
}
"""Numbers that a factor may hold."""

FEW = 200
"""The largest denominator of a fraction beside such a number."""

MOST = 3
"""So many single points are told."""

INTEGRATION_CONSTANTS = "CKck"
"""What a constant of integration is called."""

ORDINALS = ("function itself", "first derivative", "second derivative", "third derivative")


def diagnosed(case: Case) -> Diagnosis:
    """The first explanation that holds."""
    start = time.monotonic()
    for explain in EXPLANATIONS:
        left = start + LONGEST - time.monotonic()
        if left <= 0:
            break
        with suppress(OutOfTimeError):
            found = limited(min(SECONDS, left), explain, case)
            if found is not None:
                return found
    return Diagnosis()


def except_at(case: Case, curve: Tree | None = None) -> Diagnosis:
    """The single points, or the curve, where a claim is wrong that is right elsewhere."""
    if len(case.of_kind("same")) < LEAST:
        return Diagnosis()
    if curve is not None:
        return Diagnosis("partly", f"it is right except where {text_of(arrange(merged(curve)))} = 0")
    wrong = sorted(case.wrong_spots, key=distances)
    texts = [spot_text(spot) for spot in wrong[:MOST]]
    apart = ", " if len(case.names) == 1 else "; "
    places = " and ".join(texts) if len(wrong) <= MOST else f"{apart.join(texts)} and other such points"
    if all(spot.right is None for spot in case.wrong_spots):
        return Diagnosis("undefined", f"it is right except at {places}, where it has no value")
    return Diagnosis("partly", f"it is right except at {places}")


def foreign(case: Case) -> Diagnosis | None:
    """A variable that the function lacks: a constant of integration, or another one's name."""
    known = {*case.expression.variables, *case.partial}
    foreign = [name for name in case.claim.variables if name not in known]
    if not foreign:
        return None
    name, shown = foreign[0], ", ".join(sorted(known))
    rest = build.substitute(case.claim.expanded, {symbol(name): sympy.S.Zero})
    if _is_truth(case, rest) and case.is_right_where_singled_out(rest):
        if name in INTEGRATION_CONSTANTS:
            message = f"it is right without {name}: a constant is added to an integral, not to a derivative"
            return Diagnosis("constant", message)
        return Diagnosis("variable", f"it is right without {name}, which is no variable of the function")
    if name in INTEGRATION_CONSTANTS and _is_antiderivative(case, rest):
        message = f"it is an antiderivative with a constant {name}: the function is integrated, not differentiated"
        return Diagnosis("integral", message)
    for other in sorted(known):
        if _is_truth(case, build.substitute(case.claim.expanded, {symbol(name): symbol(other)})):
            return Diagnosis("variable", f"it is right with {other} in place of {name}")
    return Diagnosis("variable", f"{name} is no variable of the function, which is one of {shown}")


def _is_truth(case: Case, tree: Tree) -> bool:
    """Whether a tree is the derivative, as far as numbers tell."""
    candidate = quantity(tree, case.names)
    found = [(match.left, value(candidate, case.names, match.sample)) for match in case.probes]
    return bool(found) and all(ball is not None and ball.overlaps(left) for left, ball in found)


def sign(case: Case) -> Diagnosis | None:
    """Minus the derivative."""
    found = ratio(case.matches)
    if found is None or fraction_of(found, 1) != -1:
        return None
    return Diagnosis("sign", "the sign is wrong: it is minus the derivative")


def integral(case: Case) -> Diagnosis | None:
    """A formula whose derivative is the function."""
    if case.partial[0] not in case.claim.variables or not _is_antiderivative(case, case.claim.expanded):
        return None
    what = "the function" if len(case.partial) == 1 else "the derivative before it"
    return Diagnosis("integral", f"it is an antiderivative: its own derivative by {case.partial[0]} is {what}")


def _is_antiderivative(case: Case, tree: Tree) -> bool:
    """Whether the derivative of a tree is what was to be differentiated last."""
    start = quantity(case.expression.expanded, case.names, case.partial[1:])
    back = quantity(tree, case.names, case.partial[:1])
    return same_values(start, back, case.names, case.probes)


def itself(case: Case) -> Diagnosis | None:
    """The function, not differentiated at all."""
    if not case.is_claim(case.expression.expanded):
        return None
    return Diagnosis("function", "it is the function itself, not its derivative")


def order(case: Case) -> Diagnosis | None:
    """The derivative of another order."""
    asked = len(case.partial)
    name = case.partial[0]
    if len({*case.partial}) == 1:
        for count in (*range(1, asked)[::-1], asked + 1, asked + 2):
            if count in ORDERS and case.is_claim(case.expression.expanded, (name,) * count):
                return Diagnosis("order", f"it is the {_ordinal(count)} by {name}; the {_ordinal(asked)} is asked for")
    else:
        for place in range(asked):
            less = (*case.partial[:place], *case.partial[place + 1 :])
            if case.is_claim(case.expression.expanded, less):
                message = f"it is the derivative by {derivative_key(less)}; {case.partial[place]} is missing"
                return Diagnosis("order", message)
    return None


def _ordinal(count: int) -> str:
    return ORDINALS[count] if count < len(ORDINALS) else f"{count}th derivative"


def variable(case: Case) -> Diagnosis | None:
    """The derivative by another variable, or by all of them together."""
    others = [name for name in case.expression.variables if name not in case.partial[:1]]
    asked = len(case.partial)
    for name in others:
        for instead in _instead(case.partial, name):
            if case.is_claim(case.expression.expanded, instead):
                by = f"by {derivative_key(instead)}; the one by {derivative_key(case.partial)} is asked for"
                return Diagnosis("variable", f"it is the derivative {by}")
    if asked == 1 and others:
        every = [*others, case.partial[0]]
        parts = [quantity(case.expression.expanded, case.names, (name,)) for name in every]
        if is_sum(parts, case.names, case.probes):
            names = ", ".join(others)
            return Diagnosis("variable", f"the derivatives by {names} are added; they count as constants here")
    return None


def _instead(partial: Partial, name: str) -> dict[Partial, None]:
    """The partials with another variable in all places or in one of them."""
    ones = [(*partial[:place], name, *partial[place + 1 :]) for place in range(len(partial))]
    return dict.fromkeys([(name,) * len(partial), *ones])


def constant(case: Case) -> Diagnosis | None:
    """The derivative and a number more."""
    found = offset(case.matches)
    if found is None or is_number(found, Fraction(0)):
        return None
    more = _number_text(found) or _typed(case, found) or f"about {decimal_text(found.mid(), 6)}"
    if found < 0:
        more = more.replace("-", "", 1)
        return Diagnosis("constant", f"it is {more} less than the derivative everywhere: a constant is missing")
    return Diagnosis("constant", f"it is {more} more than the derivative everywhere: a constant is too much")


def _typed(case: Case, ball: arb) -> str | None:
    """The number of the claim that a number is, perhaps with a minus sign."""
    for node in postorder(case.claim.expanded):
        for sign in (1, -1):
            if isinstance(node, sympy.Rational) and is_number(ball, sign * Fraction(int(node.p), int(node.q))):
                return text_of(sign * node)
    return None


def factor(case: Case) -> Diagnosis | None:
    """The derivative times a number."""
    found = ratio(case.matches)
    if found is None or fraction_of(found, 1) == 1:
        return None
    times = fraction_of(found, FRACTIONS)
    if times is not None and abs(times) < 1 and times.numerator in (1, -1):
        minus = "" if times > 0 else ", and the sign is wrong"
        return Diagnosis("factor", f"the factor {times.denominator} is missing{minus}")
    text = _number_text(found)
    if text is None:
        return None
    return Diagnosis("factor", f"it is {text} times the derivative: the factor {text} is too much")


def _number_text(ball: arb) -> str | None:
    """A number as a fraction, times one of the known constants or over one, if it is that."""
    plain = fraction_of(ball, FRACTIONS)
    if plain is not None and plain != 0:
        return str(plain)
    for name, constant in CONSTANTS.items():
        above, below = (fraction_of(each, FEW) for each in multiples(ball, constant))
        if above:
            return product_text(above, [name], [])
        if below:
            return product_text(below, [], [name])
    return None


def undefined(case: Case) -> Diagnosis | None:
    """Right wherever it has a value."""
    missing = case.of_kind("undefined")
    if not missing or case.of_kind("different") or not case.of_kind("same"):
        return None
    return Diagnosis("undefined", "it is right where it has a value, and has none where the derivative has one")


def rounded(case: Case) -> Diagnosis | None:
    """A number rounded in the claim, which is right with the exact one, also where it singles out points."""
    for way in ways(case.claim.expanded):
        exact = build.substitute(case.claim.expanded, {node: parse_tree(way[node]) for node in way})
        if _is_truth(case, exact) and case.is_right_where_singled_out(exact):
            told = [f"{text_of(node)} seems to be a rounded {text}" for node, text in way.items()]
            return Diagnosis("rounded", "; ".join(told))
    return None


def nearly(case: Case) -> Diagnosis | None:
    """A claim with a decimal in it that is nearly right everywhere."""
    far = error(case.matches)
    decimals = [node for node in postorder(case.claim.expanded) if node.is_Rational and node.q > 9]
    if not 0 < far < ROUNDED or not decimals or len(case.of_kind("same")) >= LEAST:
        return None
    message = f"at the points tried it is right to {_digits(far)}, not exactly: perhaps a number in it is rounded"
    return Diagnosis("rounded", message)


def _digits(far: float) -> str:
    count = len(str(int(0.1 / far))) if far > 1e-300 else 300
    return f"{count} digits"


EXPLANATIONS: tuple[Callable[[Case], Diagnosis | None], ...] = (
    foreign,
    slipped,
    sign,
    integral,
    itself,
    order,
    variable,
    rounded,
    constant,
    divided,
    factor,
    partly,
    slipped_oddly,
    undefined,
    nearly,
    somewhere,
)
"""In the order in which they are tried."""
