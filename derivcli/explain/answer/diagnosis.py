"""Why a claim is wrong: the first explanation that holds at all points, as a kind and a sentence.

The most telling ones are tried first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import sympy
from flint import arb

from derivcli.check import equality
from derivcli.engines.balls.integers import decimal_text
from derivcli.engines.symbolic import arrange, merged
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import MIN_MATCHES, Case
from derivcli.explain.answer.exceptional_points import distances, point_text
from derivcli.explain.answer.implicit_mistakes import implicit_slip, rare_implicit_slip, solving_mistake
from derivcli.explain.answer.mistaken_derivations import (
    inner_divided,
    odd_rule_mistake,
    rare_rule_mistake,
    rule_mistake,
)
from derivcli.explain.answer.right_regions import right_points, right_region
from derivcli.explain.answer.rounded_numbers import product_text, ways
from derivcli.language import tree as build
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, postorder, symbol
from derivcli.result import ORDERS, derivative_key

KINDS = {
    "sign": "a sign is wrong",
    "inner": "the derivative of an inner function is missing or misplaced (chain rule)",
    "misread": "a part of the function is taken for another one, such as (x + 1)^2 for x^2 + 1^2",
    "confused": "the derivative of a function is taken for that of another one",
    "product": "the product rule is not applied",
    "quotient": "the quotient rule is applied wrongly",
    "power": "the power rule is applied wrongly, or where it does not hold",
    "factor": "a constant factor is missing or too much",
    "term": "the derivative of a term is missing",
    "constant": "a constant is too much or missing; the derivative of a constant is 0",
    "function": "the function, or a part of it, is not differentiated",
    "integral": "the function, or a part of it, is integrated",
    "order": "it is a derivative of another order",
    "variable": "it is a derivative by another variable, or holds a variable that the function lacks",
    "partly": "it is right on a part of the line, or at some points, only",
    "undefined": "it has no value where the derivative has one",
    "rounded": "a number in it is rounded",
    "solving": "the equation is differentiated rightly, and solved wrongly for the derivative",
    "reading": "it is right if one of the texts means something else than what is read",
    "": "no mistake that is known here explains it",
}

EXPLANATION_SECONDS, TOTAL_SECONDS = 2.0, 6.0
"""How long one explanation may be tried, and all of them."""

MAX_DENOMINATOR = 1000
"""The largest denominator of a factor that is written as a fraction."""

MAX_ROUNDING = 1e-2
"""A claim with a decimal in it may be rounded if its relative error is below this."""

FACTOR_CONSTANTS = {text: parse_tree(text) for text in ("pi", "e", "log(2)", "log(10)", "sqrt(2)")}
"""Numbers that a factor may hold."""

MAX_CONSTANT_DENOMINATOR = 200
"""The largest denominator of a fraction that multiplies such a number."""

MAX_LISTED_POINTS = 3

INTEGRATION_CONSTANTS = "CKck"
"""What a constant of integration is called."""

ORDINALS = ("function itself", "first derivative", "second derivative", "third derivative")


def diagnosed(case: Case) -> Diagnosis:
    """The first explanation that holds."""
    start = time.monotonic()
    for explain in EXPLANATIONS_ON_CURVE if case.dependent else EXPLANATIONS:
        left = start + TOTAL_SECONDS - time.monotonic()
        if left <= 0:
            break
        with suppress(OutOfTimeError):
            found = limited(min(EXPLANATION_SECONDS, left), explain, case)
            if found is not None:
                assert found.kind in KINDS, "a kind of diagnosis"
                return found
    return Diagnosis()


def except_at(case: Case, curve: Tree | None = None) -> Diagnosis:
    """The single points, or the curve, where a claim is wrong that is right elsewhere."""
    if len(case.of_kind("same")) < MIN_MATCHES:
        return Diagnosis()
    if curve is not None:
        return Diagnosis(
            "partly", f"it is right except where {text_of(arrange(merged(curve)), case.expression.spelling)} = 0"
        )
    wrong = sorted(case.wrong_spots, key=distances)
    texts = [point_text(spot, case.expression.spelling) for spot in wrong[:MAX_LISTED_POINTS]]
    apart = ", " if len(case.names) == 1 else "; "
    places = " and ".join(texts) if len(wrong) <= MAX_LISTED_POINTS else f"{apart.join(texts)} and other such points"
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
    pairs = zip(case.probes, case.values(case.quantity(tree)), strict=True)
    return bool(case.probes) and all(ball is not None and ball.overlaps(match.left) for match, ball in pairs)


def sign(case: Case) -> Diagnosis | None:
    """Minus the derivative."""
    found = equality.ratio(case.matches)
    if found is None or equality.fraction_of(found, 1) != -1:
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
    start = case.quantity(case.expression.expanded, case.partial[1:])
    back = case.quantity(tree, case.partial[:1])
    return equality.are_same(zip(case.values(start), case.values(back), strict=True), equality.MIN_POINTS)


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
        ones = [(*case.partial[:place], name, *case.partial[place + 1 :]) for place in range(asked)]
        for instead in dict.fromkeys([(name,) * asked, *ones]):
            if case.is_claim(case.expression.expanded, instead):
                by = f"by {derivative_key(instead)}; the one by {derivative_key(case.partial)} is asked for"
                return Diagnosis("variable", f"it is the derivative {by}")
    if asked == 1 and others:
        every = [*others, case.partial[0]]
        parts = [case.quantity(case.expression.expanded, (name,)) for name in every]
        sums = map(equality.total, zip(*map(case.values, parts), strict=True))
        rights = (match.right for match in case.probes)
        if equality.are_same(zip(sums, rights, strict=True), equality.MIN_POINTS):
            names = ", ".join(others)
            return Diagnosis("variable", f"the derivatives by {names} are added; they count as constants here")
    return None


def constant(case: Case) -> Diagnosis | None:
    """The derivative plus a number."""
    found = equality.offset(case.matches)
    if found is None or equality.is_number(found, Fraction(0)):
        return None
    more = _number_text(case, found) or _typed(case, found) or f"about {decimal_text(found.mid(), 6)}"
    if found < 0:
        more = more.replace("-", "", 1)
        return Diagnosis("constant", f"it is {more} less than the derivative everywhere: a constant is missing")
    return Diagnosis("constant", f"it is {more} more than the derivative everywhere: a constant is too much")


def _typed(case: Case, ball: arb) -> str | None:
    """The number in the claim that a ball is, perhaps with its sign changed."""
    for node in postorder(case.claim.expanded):
        for sign in (1, -1):
            if isinstance(node, sympy.Rational) and equality.is_number(ball, sign * Fraction(int(node.p), int(node.q))):
                return text_of(sign * node)
    return None


def factor(case: Case) -> Diagnosis | None:
    """The derivative times a number."""
    found = equality.ratio(case.matches)
    if found is None or equality.fraction_of(found, 1) == 1:
        return None
    times = equality.fraction_of(found, MAX_DENOMINATOR)
    if times is not None and abs(times) < 1 and times.numerator in (1, -1):
        minus = "" if times > 0 else ", and the sign is wrong"
        return Diagnosis("factor", f"the factor {times.denominator} is missing{minus}")
    text = _number_text(case, found)
    if text is None:
        return None
    return Diagnosis("factor", f"it is {text} times the derivative: the factor {text} is too much")


def _number_text(case: Case, ball: arb) -> str | None:
    """A number as a fraction, times one of the known constants or over one, if it is that."""
    plain = equality.fraction_of(ball, MAX_DENOMINATOR)
    if plain is not None and plain != 0:
        return str(plain)
    for typed, constant in FACTOR_CONSTANTS.items():
        name = case.expression.spelling.worded(typed)
        balls = equality.multiples(ball, constant)
        above, below = (equality.fraction_of(each, MAX_CONSTANT_DENOMINATOR) for each in balls)
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
    """A decimal that stands for an exact number with which the claim is right everywhere."""
    for way in ways(case.claim.expanded):
        exact = build.substitute(case.claim.expanded, {node: parse_tree(way[node]) for node in way})
        if _is_truth(case, exact) and case.is_right_where_singled_out(exact):
            texts = [
                f"{text_of(node)} seems to be a rounded {case.expression.spelling.worded(text)}"
                for node, text in way.items()
            ]
            return Diagnosis("rounded", "; ".join(texts))
    return None


def nearly(case: Case) -> Diagnosis | None:
    """A claim with a decimal in it that is nearly right everywhere."""
    far = equality.error(case.matches)
    decimals = [node for node in postorder(case.claim.expanded) if node.is_Rational and node.q > 9]
    if not 0 < far < MAX_ROUNDING or not decimals or len(case.of_kind("same")) >= MIN_MATCHES:
        return None
    digits = len(str(int(0.1 / far))) if far > 1e-300 else 300
    message = f"at the points tried it is right to {digits} digits, not exactly: perhaps a number in it is rounded"
    return Diagnosis("rounded", message)


EXPLANATIONS: tuple[Callable[[Case], Diagnosis | None], ...] = (
    foreign,
    right_region,
    rule_mistake,
    sign,
    integral,
    itself,
    order,
    variable,
    rounded,
    odd_rule_mistake,
    constant,
    inner_divided,
    factor,
    rare_rule_mistake,
    undefined,
    nearly,
    right_points,
)

EXPLANATIONS_ON_CURVE: tuple[Callable[[Case], Diagnosis | None], ...] = (
    foreign,
    right_region,
    sign,
    solving_mistake,
    implicit_slip,
    order,
    rounded,
    constant,
    factor,
    rare_implicit_slip,
    undefined,
    nearly,
    right_points,
)
"""Those of claims about an equation."""
