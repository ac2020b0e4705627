"""Rules of differentiation as they are misread: what a derivative becomes where one of them is applied wrongly.

A wrong version of a rule is written as the rule itself is, with derivatives of parts still to be taken in it; a
derivation with one of them in it is right everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import ONE, ZERO, negative, power, product, put, quotient, split, total
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Derivative, Tree, divisor, postorder, row_of

TWO = sympy.Integer(2)
FACTOR = sympy.Dummy(real=True)
"""Stands for an inner derivative that is a factor, while what stands inside is changed."""

WRONG_SIGN = "the sign of the derivative of {0} is wrong"
MISSING_FACTOR = "the factor {1} in the derivative of {0} is missing"
NOT_SQUARED = "the denominator of {0} must be squared"
INTEGRATED = "{0} is integrated in place of differentiated"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong derivative of a formula: a kind of diagnosis, a name for all mistakes of its sort, and a sentence.

    In the sentence `{0}`, `{1}`, ... stand for the formulas `about`; derivatives still to be taken in those are
    written out as they are.
    """

    kind: str
    name: str
    sentence: str
    wrong: Tree
    about: tuple[Tree, ...] = ()
    rare: bool = False


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
    for other in sorted(tree.free_symbols, key=str):
        sentence = "{1} is a constant here: the derivative of {0} is 0"
        yield Mistake("variable", "other", sentence, arrange(tree.diff(other)), (tree, other))


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
            yield Mistake("sign", "term", WRONG_SIGN, turned, (term,), not _has_minus(here))
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
        yield Mistake("product", "minus", sentence, build.add([made[0], negative(made[1])]), (tree,), True)
        yield Mistake("product", "minus", sentence, build.add([made[1], negative(made[0])]), (tree,), True)


def reciprocals(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(1/v)' = -v'/v**2."""
    v = divisor(tree)
    if v is None:
        v = product(split(tree)[2])
    yield Mistake("sign", "reciprocal", "the derivative of {0} has a minus sign", negative(right), (tree,))
    yield Mistake("quotient", "square", NOT_SQUARED, negative(quotient(d(v), v)), (tree,))
    yield Mistake(
        "quotient", "below", "the derivative of {0} is not 1 over that of {1}", quotient(ONE, d(v)), (tree, v)
    )
    logarithm = build.call(vocabulary()["log"], [v])
    yield Mistake("integral", "log", INTEGRATED, logarithm, (tree,))
    yield from inner(tree, right, d)


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


def square_roots(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """sqrt(u)' = u'/(2*sqrt(u))."""
    yield from inner(tree, right, d)
    rate = _rate(tree.base, d)
    yield Mistake("power", "factor", MISSING_FACTOR, quotient(rate, tree), (tree, arrange(sympy.S.Half)))
    kept = product([sympy.S.Half, tree, rate])
    yield Mistake("power", "exponent", "the exponent 1/2 of {0} must be lowered by 1", kept, (tree,))
    yield _turned(tree, right)
    raised = product([sympy.Rational(2, 3), power(tree.base, sympy.Rational(3, 2))])
    yield Mistake("integral", "power", INTEGRATED, raised, (tree,))


def powers(tree: Any, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """(u**n)' = n*u**(n - 1)*u'."""
    yield from inner(tree, right, d)
    base, n, rate = tree.base, tree.exp, _rate(tree.base, d)
    lower, upper = (_moved(n, step) for step in (-1, 1))
    yield Mistake("power", "factor", MISSING_FACTOR, product([power(base, lower), rate]), (tree, n))
    for name, exponent in (("exponent", n), ("raised", upper)):
        wrong = product([n, power(base, exponent), rate])
        yield Mistake("power", name, "the exponent of {0} must be lowered by 1", wrong, (tree,))
    if isinstance(n, sympy.Rational) and n != 1:
        wrong = product([n, power(base, n - 2), rate])
        yield Mistake("power", "twice", "the exponent of {0} must be lowered by 1, not by 2", wrong, (tree,), n == 2)
    sentence = "in the derivative of {0} the power behind the factor {1} is missing"
    yield Mistake("power", "bare", sentence, product([n, rate]), (tree, n), True)
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
    base, exponent, rate = tree.base, tree.exp, _rate(tree.exp, d)
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
    by_exponential = product([tree, build.call(vocabulary()["log"], [u]), _rate(v, d)])
    for inner_rate in (_rate(u, d), _rate(v, d)):
        yield Mistake("power", "alone", sentence.replace("{1}", "power rule"), product([by_power, inner_rate]), (tree,))
    yield Mistake("power", "alone", sentence.replace("{1}", "exponential rule"), by_exponential, (tree,))


def calls(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """f(u)' = f'(u)*u'."""
    yield from inner(tree, right, d)
    yield _turned(tree, right)
    moving = [argument for argument in tree.args if d.moves(argument)]
    if len(moving) == 1 and moving[0] != d.variable:
        unchanged = product([tree, d(moving[0])])
        yield Mistake("function", "outer", "the outer function of {0} is not differentiated", unchanged, (tree,))
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
        yield Mistake("inner", "inside", sentence, put(lost, {part: marker}), (part, marker), _is_linear(part, d))
        sentence = "the inner derivative {1} is a factor only: inside of the outer one {0} stays (chain rule)"
        twice = put(put(factored, {part: marker}), {FACTOR: marker})
        yield Mistake("inner", "twice", sentence, twice, (part, marker), _is_linear(part, d))
        sentence = "the derivative of the outer function is taken at {0}, not at {1} (chain rule)"
        alone = put(put(factored, {part: d.variable}), {FACTOR: marker})
        yield Mistake("inner", "alone in it", sentence, alone, (part, d.variable))
        sentence = "the inner derivative {1} of {0} is a factor, not a divisor (chain rule)"
        yield Mistake("inner", "divided", sentence, quotient(lost, marker), (part, marker), True)


def _turned(tree: Tree, right: Tree) -> Mistake:
    return Mistake("sign", "turned", WRONG_SIGN, negative(right), (tree,), not _has_minus(right))


def _has_minus(tree: Tree) -> bool:
    return split(tree)[0] < 0


def _is_linear(tree: Tree, d: Differentiator) -> bool:
    """Whether a formula is linear at a glance, so that its derivative is a constant."""
    for node in postorder(tree):
        moving = sum(d.moves(part) for part in node.args)
        if moving and not (isinstance(node, sympy.Add) or (isinstance(node, sympy.Mul) and moving == 1)):
            return False
    return True


def _rate(tree: Tree, d: Differentiator) -> Tree:
    """The derivative, which is 1 for the variable."""
    return ONE if tree == d.variable else d(tree)


def _moved(exponent: Any, step: int) -> Tree:
    """An exponent plus 1 or minus 1."""
    return exponent + step if exponent.is_Rational else total([exponent, sympy.Integer(step)])


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
