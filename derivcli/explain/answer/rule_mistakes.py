"""Rules of differentiation as they are misread: what a derivative becomes where one of them is applied wrongly.

A wrong version of a rule is written as the rule itself is, with derivatives of parts still to be taken in it; a
derivation with one of them in it is right everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange
from derivcli.explain.answer.chain_rule_mistakes import (
    INTEGRATED,
    MISSING_FACTOR,
    TWO,
    WRONG_SIGN,
    calls,
    exponentials,
    general_powers,
    inner,
    minus_oddness,
    powers,
    rate_of,
    square_roots,
)
from derivcli.explain.answer.misreadings import misread
from derivcli.explain.answer.mistake import COMMON, ODD, USUAL, Mistake
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import (
    ONE,
    ZERO,
    negative,
    power,
    product,
    put,
    quotient,
    split,
    total,
)
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Derivative, Tree, divisor, row_of

NOT_SQUARED = "the denominator of {0} must be squared"


def mistakes(rule: str, tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """The possible mistakes in a formula whose derivative by a rule is `right`."""
    for make in MISTAKES.get(rule, ()):
        yield from make(tree, right, d)


def constants(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """c' is neither c nor 1."""
    sentence = "the derivative of {0}, a constant, is 0"
    for wrong in (tree, ONE):
        if wrong != ZERO:
            yield Mistake("constant", f"constant {wrong == ONE}", sentence, wrong, (tree,))
    if not tree.free_symbols and tree.args:
        yield from _of_numbers(tree, sentence)
    for other in sorted(tree.free_symbols, key=str):
        sentence = "{1} is a constant here: the derivative of {0} is 0"
        yield Mistake("variable", "other", sentence, arrange(tree.diff(other)), (tree, other))


def _of_numbers(tree: Any, sentence: str) -> Iterator[Mistake]:
    """Numbers differentiated as if they varied: e^2 as x^2, log(2) as log(x)."""
    row = row_of(tree)
    if isinstance(tree, sympy.Pow) and tree.exp.is_Rational:
        yield Mistake("constant", "power", sentence, product([tree.exp, power(tree.base, tree.exp - 1)]), (tree,))
    elif row is not None and len(tree.args) == 1:
        x = sympy.Dummy(real=True)
        slope = rules.calls(build.call(row, [x]), Differentiator(x))
        if slope is not None:
            yield Mistake("constant", "call", sentence, put(slope, {x: tree.args[0]}), (tree,))


def variables(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """x' is not x."""
    yield Mistake("function", "variable", "the derivative of {0} is 1", tree, (tree,))


def terms(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """Every term is differentiated, and keeps its sign."""
    for place, term in enumerate(tree.args):
        if d.moves(term):
            before, here, after = right.args[:place], right.args[place], right.args[place + 1 :]
            lost = total([*before, *after])
            yield Mistake("term", "lost", "the derivative of the term {0} is missing", lost, (term,))
            turned = build.add([*before, negative(here), *after])
            yield Mistake("sign", "term", WRONG_SIGN, turned, (term,), minus_oddness(here))
            kept = build.add([*before, term, *after])
            yield Mistake("function", "kept", "the term {0} is not differentiated", kept, (term,))


def factors(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """A constant factor stays, and so does a minus sign."""
    sign, above, below = split(right)
    if sign < 0:
        positive = product([*above, *map(build.reciprocal, below)])
        yield Mistake("sign", "minus", "the minus sign of {0} is lost", positive, (tree,))
    for factor in [*above, *below]:
        if not factor.has(Derivative):
            kept = [other for other in above if other is not factor]
            under = [build.reciprocal(other) for other in below if other is not factor]
            wrong = product([sympy.Integer(sign), *kept, *under])
            written = quotient(ONE, factor) if any(factor is other for other in below) else factor
            yield Mistake("factor", "lost", "the constant factor {0} of {1} is missing", wrong, (written, tree))
    for place, factor in enumerate(above):
        for other in () if factor.has(Derivative) else sorted(factor.free_symbols, key=str):
            taken = [*above[:place], arrange(factor.diff(other)), *above[place + 1 :], *map(build.reciprocal, below)]
            sentence = "{1} is a constant here: the factor {0} stays as it is"
            yield Mistake("variable", "other", sentence, product([sympy.Integer(sign), *taken]), (factor, other))


def products(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(u*v)' is not u'*v', and has a term for each factor."""
    _, above, _ = split(tree)
    sentence = "{0} is differentiated factor by factor; the product rule makes a sum"
    yield Mistake("product", "each", sentence, product([d(factor) for factor in above]), (tree,))
    made = [product([*above[:place], d(u), *above[place + 1 :]]) for place, u in enumerate(above)]
    for place, u in enumerate(above):
        sentence = "of {0} the term is missing in which {1} is differentiated (product rule)"
        yield Mistake("product", f"lost {place}", sentence, total([*made[:place], *made[place + 1 :]]), (tree, u))
    if len(made) == 2:
        (u, v), sentence = above, "of {0} the term in which {1} is differentiated lacks the factor {2} (product rule)"
        for one, kept, term in ((u, v, made[1]), (v, u, made[0])):
            yield Mistake("product", "factor", sentence, total([d(one), term]), (tree, one, kept))
            yield Mistake("product", "factor", sentence, total([kept, term]), (tree, one, d(one)))
        sentence = "{0} is differentiated as if it were a sum; the product rule keeps the other factor in each term"
        yield Mistake("product", "sum", sentence, total([d(u), d(v)]), (tree,))
        sentence = "the product rule for {0} adds its terms and subtracts none"
        yield Mistake("product", "minus", sentence, build.add([made[0], negative(made[1])]), (tree,), ODD)
        yield Mistake("product", "minus", sentence, build.add([made[1], negative(made[0])]), (tree,), ODD)


def reciprocals(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(1/v)' = -v'/v**2."""
    v = divisor(tree)
    if v is None:
        v = product(split(tree)[2])
    yield Mistake("sign", "reciprocal", "the derivative of {0} has a minus sign", negative(right), (tree,))
    yield from _of_negative_exponents(tree, v, d)
    yield Mistake("quotient", "square", NOT_SQUARED, negative(quotient(d(v), v)), (tree,))
    yield Mistake(
        "quotient", "below", "the derivative of {0} is not 1 over that of {1}", quotient(ONE, d(v)), (tree, v)
    )
    logarithm = build.call(vocabulary()["log"], [v])
    yield Mistake("integral", "log", INTEGRATED, logarithm, (tree,))
    yield from inner(tree, right, d)
    yield from misread(tree, right, d)


def _of_negative_exponents(tree: Tree, v: Any, d: Differentiator) -> Iterator[Mistake]:
    """1/u^2 is u^(-2), and -2 lowered by 1 is -3, not -1."""
    base, n = (v.base, v.exp) if isinstance(v, sympy.Pow) else (v, ONE)
    if isinstance(n, sympy.Rational):
        wrong = product([-n, power(base, 1 - n), rate_of(base, d)])
        sentence = "the exponent of {0} is {1}; lowered by 1 it is {2}, not {3}"
        exponents = tuple(map(arrange, (-n, -n - 1, 1 - n)))
        oddness = COMMON if n != 1 else USUAL
        yield Mistake("power", "negative exponent", sentence, wrong, (tree, *exponents), oddness)


def quotients(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(u/v)' = (u'*v - u*v')/v**2."""
    _, above, below = split(tree)
    u, v = product(above), product(below)
    one, two, square = product([d(u), v]), product([u, d(v)]), power(v, TWO)
    each = "the derivative of {0} is not that of the numerator over that of the denominator (quotient rule)"
    yield Mistake("quotient", "each", each, quotient(d(u), d(v)), (tree,))
    difference = build.add([one, negative(two)])
    turned = "the numerator of the quotient rule for {0} has the wrong order: it begins with the derivative of {1}"
    yield Mistake("quotient", "order", turned, quotient(build.add([two, negative(one)]), square), (tree, u))
    added = quotient(build.add([one, two]), square)
    yield Mistake("quotient", "plus", "the quotient rule for {0} has a minus", added, (tree,))
    yield Mistake("quotient", "square", NOT_SQUARED, quotient(difference, v), (tree,))
    yield Mistake("quotient", "no", "the quotient rule for {0} divides by the square of {1}", difference, (tree, v))
    lost = "of {0} the term is missing in which {1} is differentiated (quotient rule)"
    yield Mistake("quotient", "first", lost, negative(quotient(two, square)), (tree, u))
    yield Mistake("quotient", "second", lost, quotient(one, square), (tree, v))


def products_over_index(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """The product of many factors is not differentiated factor by factor either."""
    body, *bounds = tree.args
    sentence = "{0} is differentiated factor by factor; the product rule makes a sum"
    yield Mistake("product", "each", sentence, build.rebuild(tree, [d(body), *bounds]), (tree,))


def integrals(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """Both ends count, each with its own derivative, and so does the integrand's."""
    body, bound, lower, upper = tree.args
    terms = right.args if isinstance(right, sympy.Add) else (right,)
    for place, term in enumerate(terms):
        sentence = "of {0} the term {1} is missing (Leibniz's rule)"
        yield Mistake("term", "lost", sentence, total([*terms[:place], *terms[place + 1 :]]), (tree, term))
    for place, end in ((0, upper), (1 if d.moves(upper) else 0, lower)):
        if d.moves(end):
            plain = build.substitute(body, {bound: end})
            kept = [*terms[:place], plain if end is upper else negative(plain), *terms[place + 1 :]]
            yield Mistake("inner", "end", MISSING_FACTOR, total(kept), (tree, d(end)))


MISTAKES: dict[str, tuple[Callable[[Any, Tree, Differentiator], Iterator[Mistake]], ...]] = {
    "constant rule": (constants,),
    "derivative of the variable": (variables,),
    "sum rule": (terms,),
    "constant factor rule": (factors,),
    "product rule": (products,),
    "reciprocal rule": (reciprocals,),
    "quotient rule": (quotients,),
    "derivative of sqrt": (square_roots,),
    "power rule": (powers,),
    "exponential rule": (exponentials,),
    "logarithmic differentiation": (general_powers,),
    "piece by piece": (),
    "sum rule, term by term": (),
    "product rule, factor by factor": (products_over_index,),
    "Leibniz's rule for integrals": (integrals,),
    "derivative of log|u|": (calls,),
    "derivative of {}": (calls,),
}
