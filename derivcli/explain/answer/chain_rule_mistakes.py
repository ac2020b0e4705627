"""Rules for outer functions as they are misread: powers, roots, exponentials and calls, with the chain rule in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange
from derivcli.explain.answer.misreadings import misread, power_of_moving
from derivcli.explain.answer.mistake import COMMON, ODD, RARE, USUAL, Mistake
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import (
    ONE,
    ZERO,
    negative,
    number_of,
    power,
    product,
    put,
    quotient,
    split,
    total,
)
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Derivative, Tree, postorder, row_of

TWO = sympy.Integer(2)
FACTOR = sympy.Dummy(real=True)
"""Stands for an inner derivative that is a factor, while what stands inside is changed."""

WRONG_SIGN = "the sign of the derivative of {0} is wrong"
MISSING_FACTOR = "the factor {1} in the derivative of {0} is missing"
INTEGRATED = "{0} is integrated in place of differentiated"
WITHIN = "only what stands inside of {0} is differentiated: first comes the derivative of the outer function"


def square_roots(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """sqrt(u)' = u'/(2*sqrt(u))."""
    yield from inner(tree, right, d)
    rate = rate_of(tree.base, d)
    yield Mistake("power", "factor", MISSING_FACTOR, quotient(rate, tree), (tree, arrange(sympy.S.Half)))
    kept = product([sympy.S.Half, tree, rate])
    yield Mistake("power", "exponent", "the exponent 1/2 of {0} must be lowered by 1", kept, (tree,))
    yield _turned(tree, right)
    sentence = "the factor in the derivative of {0} is 1/2, not 2"
    yield Mistake("power", "inverted", sentence, quotient(product([TWO, rate]), tree), (tree,))
    sentence = "the derivative of {0} has the root itself in its denominator"
    yield Mistake("power", "rootless", sentence, quotient(rate, product([TWO, tree.base])), (tree,))
    yield Mistake("inner", "within", WITHIN, power(rate, tree.exp), (tree,))
    yield from misread(tree, right, d)
    raised = product([sympy.Rational(2, 3), power(tree.base, sympy.Rational(3, 2))])
    yield Mistake("integral", "power", INTEGRATED, raised, (tree,))


def powers(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(u**n)' = n*u**(n - 1)*u'."""
    yield from inner(tree, right, d)
    base, n, rate = tree.base, tree.exp, rate_of(tree.base, d)
    lower, upper = (_moved(n, step) for step in (-1, 1))
    yield Mistake("power", "factor", MISSING_FACTOR, product([power(base, lower), rate]), (tree, n))
    for name, exponent in (("exponent", n), ("raised", upper)):
        wrong = product([n, power(base, exponent), rate])
        yield Mistake("power", name, "the exponent of {0} must be lowered by 1", wrong, (tree,))
    if isinstance(n, sympy.Rational) and n != 1:
        wrong = product([n, power(base, n - 2), rate])
        yield Mistake(
            "power",
            "twice",
            "the exponent of {0} must be lowered by 1, not by 2",
            wrong,
            (tree,),
            RARE if n == 2 else USUAL,
        )
    number = number_of(n)
    if number is not None and 0 < number < 1:
        sentence = "the exponent of {0} lowered by 1 is {1}, which is negative"
        wrong = product([n, power(base, 1 - number), rate])
        yield Mistake("power", "negative exponent", sentence, wrong, (tree, arrange(number - 1)))
    if base != d.variable:
        yield Mistake("inner", "within", WITHIN, power(rate, n), (tree,))
    yield from misread(tree, right, d)
    sentence = "in the derivative of {0} the power behind the factor {1} is missing"
    yield Mistake("power", "bare", sentence, product([n, rate]), (tree, n), RARE)
    wrong = product([lower, power(base, lower), rate])
    yield Mistake(
        "power", "lower", "the factor in the derivative of {0} is the exponent as it was, {1}", wrong, (tree, n)
    )
    yield _turned(tree, right)
    if upper != ZERO:
        yield Mistake("integral", "power", INTEGRATED, quotient(power(base, upper), upper), (tree,))


def exponentials(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(a**u)' = a**u*log(a)*u'."""
    yield from inner(tree, right, d)
    base, exponent, rate = tree.base, tree.exp, rate_of(tree.exp, d)
    sentence = "the power rule does not hold for {0}, where the variable is in the exponent"
    yield Mistake(
        "power", "exponential", sentence, product([exponent, power(base, _moved(exponent, -1)), rate]), (tree,)
    )
    yield Mistake("power", "exponential", sentence, product([exponent, power(base, _moved(exponent, -1))]), (tree,))
    if base is not sympy.E:
        logarithm = build.call(vocabulary()["log"], [base])
        yield Mistake("factor", "log", MISSING_FACTOR, product([tree, rate]), (tree, logarithm))
        yield Mistake("integral", "power", INTEGRATED, quotient(tree, product([logarithm, rate])), (tree,))


def general_powers(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(u**v)' is neither what the power rule gives nor what the exponential rule gives."""
    u, v = tree.args
    sentence = "in {0} base and exponent both vary, so that the {1} alone does not hold"
    by_power = product([v, power(u, _moved(v, -1))])
    by_exponential = product([tree, build.call(vocabulary()["log"], [u]), rate_of(v, d)])
    for inner_rate in (rate_of(u, d), rate_of(v, d)):
        wrong = product([by_power, inner_rate])
        yield Mistake("power", "alone", sentence.replace("{1}", "power rule"), wrong, (tree,), COMMON)
    yield Mistake("power", "alone", sentence.replace("{1}", "exponential rule"), by_exponential, (tree,), COMMON)


def calls(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """f(u)' = f'(u)*u'."""
    yield from inner(tree, right, d)
    yield _turned(tree, right)
    moving = [argument for argument in tree.args if d.moves(argument)]
    if len(moving) == 1 and moving[0] != d.variable:
        unchanged = product([tree, d(moving[0])])
        yield Mistake("function", "outer", "the outer function of {0} is not differentiated", unchanged, (tree,))
        within = build.rebuild(tree, [d(each) if each is moving[0] else each for each in tree.args])
        yield Mistake("inner", "within", WITHIN, within, (tree,))
    yield from misread(tree, right, d)
    yield from _unsquared(tree, right, moving)
    row = row_of(tree)
    for name in row.confused_with if row is not None else ():
        like = build.call(vocabulary()[name], tree.args)
        wrong = rules.calls(like, d)
        if wrong is not None:
            yield Mistake("confused", name, "the derivative of {0} is taken for that of {1}", wrong, (tree, like))


def inner(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """The derivative of what stands inside is a factor: not missing, and not inside."""
    for marker in [node for node in postorder(right, stop_at=Derivative) if isinstance(node, Derivative)]:
        part = marker.args[0]
        lost, factored = put(right, {marker: ONE}), put(right, {marker: FACTOR})
        sentence = "the inner derivative {1} of {0} is missing (chain rule)"
        yield Mistake("inner", "lost", sentence, lost, (part, marker))
        sentence = "the inner derivative {1} of {0} is a factor beside the outer one, not inside of it (chain rule)"
        yield Mistake(
            "inner",
            "inside",
            sentence,
            put(lost, {part: marker}),
            (part, marker),
            RARE if _is_linear(part, d) else USUAL,
        )
        sentence = "the inner derivative {1} is a factor only: inside of the outer one {0} stays (chain rule)"
        twice = put(put(factored, {part: marker}), {FACTOR: marker})
        yield Mistake("inner", "twice", sentence, twice, (part, marker), RARE if _is_linear(part, d) else USUAL)
        sentence = "the derivative of the outer function is taken at {0}, not at {1} (chain rule)"
        alone = put(put(factored, {part: d.variable}), {FACTOR: marker})
        yield Mistake("inner", "alone in it", sentence, alone, (part, d.variable), ODD)
        sentence = "in the derivative of the outer function {0} is put in whole, as ({0}): a power is one of all of it"
        spread = {
            node: power_of_moving(part, node.exp, d)
            for node in postorder(factored)
            if isinstance(node, sympy.Pow) and node.base == part and isinstance(part, sympy.Mul) and node.exp != -1
        }
        spread = {node: other for node, other in spread.items() if other is not None}
        if spread:
            yield Mistake("inner", "whole", sentence, put(put(factored, spread), {FACTOR: marker}), (part,))
        sentence = "the inner derivative {1} of {0} is a factor, not a divisor (chain rule)"
        yield Mistake("inner", "divided", sentence, quotient(lost, marker), (part, marker), RARE)


def _unsquared(tree: Tree, right: Tree, moving: Sequence[Tree]) -> Iterator[Mistake]:
    """atan(x)' = 1/(1 + x^2), with a square."""
    for part in moving:
        squares = [node for node in postorder(right) if isinstance(node, sympy.Pow) and node.args == (part, TWO)]
        if squares:
            sentence = "in the derivative of {0} the square of {1} is missing"
            yield Mistake("power", "square", sentence, put(right, dict.fromkeys(squares, part)), (tree, part))


def _turned(tree: Tree, right: Tree) -> Mistake:
    return Mistake("sign", "turned", WRONG_SIGN, negative(right), (tree,), minus_oddness(right))


def minus_oddness(tree: Tree) -> int:
    """A minus sign is soon lost, and seldom put where there is none."""
    return USUAL if split(tree)[0] < 0 else RARE


def _is_linear(tree: Tree, d: Differentiator) -> bool:
    """Whether a formula is linear at a glance, so that its derivative is a constant."""
    for node in postorder(tree):
        moving = sum(d.moves(part) for part in node.args)
        if moving and not (isinstance(node, sympy.Add) or (isinstance(node, sympy.Mul) and moving == 1)):
            return False
    return True


def rate_of(tree: Tree, d: Differentiator) -> Tree:
    """The derivative, which is 1 for the variable."""
    return ONE if tree == d.variable else d(tree)


def _moved(exponent: Any, step: int) -> Tree:
    """An exponent plus 1 or minus 1."""
    return exponent + step if exponent.is_Rational else total([exponent, sympy.Integer(step)])
