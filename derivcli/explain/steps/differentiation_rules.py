"""The rules of differentiation as a student knows them, each a small function; the first that fits is taken.

A rule writes the derivative of a formula with derivatives of its parts still to be taken in it. It holds wherever
both sides exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy

from derivcli.engines.symbolic import arrange, derivatives_of
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
    squared,
    total,
)
from derivcli.language import tree as build
from derivcli.language.bound_variables import Integral, IteratedProduct, Summation
from derivcli.language.differentiation.binder_derivatives import parts_of_product
from derivcli.language.functions.formulas import complete, derivative_of_call
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Derivative, Tree, divisor, row_of, symbol


@dataclass(frozen=True, slots=True)
class Differentiator:
    """What is differentiated by: a variable, called with a formula to write that formula's derivative.

    `moving` are symbols that the variable moves, each with the name of its derivative.
    """

    variable: Tree
    is_partial: bool = False
    moving: Mapping[Tree, Tree] = field(default_factory=dict)

    def __call__(self, tree: Tree) -> Tree:
        """The derivative of a formula, still to be taken."""
        return self.moving[tree] if tree in self.moving else build.derivative(tree, self.variable, self.is_partial)

    def moves(self, tree: Tree) -> bool:
        """Whether the variable stands in a formula, or something that moves with it."""
        return not tree.free_symbols.isdisjoint((self.variable, *self.moving))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its name; `apply` gives the derivative of a formula, or None where the rule does not fit.

    Where it is one for an `outer` function, and the formula is such a function of another one, the chain rule is
    part of it. A name with {} is that of a function's own rule.
    """

    name: str
    apply: Callable[[Tree, Differentiator], Tree | None]
    outer: bool = False

    def title(self, tree: Tree, taken: Tree) -> str:
        """What the rule is called where it makes `taken` of a formula."""
        row = row_of(tree)
        name = self.name.format(row.name if row else "")
        return f"{name} and chain rule" if self.outer and taken.has(Derivative) else name


def taken(tree: Tree, by: Differentiator) -> tuple[Rule, Tree]:
    """The first rule that fits, and the derivative that it gives; NotImplementedError where none does."""
    for rule in RULES:
        found = rule.apply(tree, by)
        if found is not None:
            return rule, found
    raise NotImplementedError(f"no rule differentiates {type(tree).__name__}")


def constant(tree: Tree, d: Differentiator) -> Tree | None:
    """c' = 0."""
    return None if d.moves(tree) else ZERO


def variable(tree: Tree, d: Differentiator) -> Tree | None:
    """x' = 1."""
    return ONE if tree == d.variable else d.moving.get(tree)


def sums(tree: Tree, d: Differentiator) -> Tree | None:
    """(u + v - w)' = u' + v' - w'."""
    if not isinstance(tree, sympy.Add):
        return None
    return build.add([_signed(term, d) for term in tree.args])


def _signed(term: Tree, d: Differentiator) -> Tree:
    """The derivative of a term, with the minus sign before it."""
    if isinstance(term, sympy.Rational | sympy.Mul) and split(term)[0] < 0:
        return build.negative(d(negative(term)))
    return d(term)


def constant_factor(tree: Tree, d: Differentiator) -> Tree | None:
    """(c*u)' = c*u', (u/c)' = u'/c and (-u)' = -u'."""
    if not isinstance(tree, sympy.Mul):
        return None
    sign, above, below = split(tree)
    kept = [factor for factor in above if not d.moves(factor)]
    under = [factor for factor in below if not d.moves(factor)]
    alone = len(above) == 1 and not below  # as in 1*x
    if sign > 0 and not kept and not under and not alone:
        return None
    inner = [factor for factor in above if d.moves(factor)] or [ONE]
    inner += [build.reciprocal(factor) for factor in below if d.moves(factor)]
    moving = inner[0] if len(inner) == 1 else build.multiply(inner)
    return product([sympy.Integer(sign), *kept, d(moving), *map(build.reciprocal, under)])


def products(tree: Tree, d: Differentiator) -> Tree | None:
    """(u*v*w)' = u'*v*w + u*v'*w + u*v*w'."""
    if not isinstance(tree, sympy.Mul):
        return None
    _, above, below = split(tree)
    if below:
        return None
    return total([product([*above[:place], d(u), *above[place + 1 :]]) for place, u in enumerate(above)])


def reciprocals(tree: Tree, d: Differentiator) -> Tree | None:
    """(1/v)' = -v'/v**2."""
    base = divisor(tree)
    if base is None:
        sign, above, below = split(tree)
        if above or not below or sign < 0:
            return None
        base = product(below)
    return negative(_chained(quotient(ONE, squared(base)), base, d))


def quotients(tree: Tree, d: Differentiator) -> Tree | None:
    """(u/v)' = (u'*v - u*v')/v**2."""
    if not isinstance(tree, sympy.Mul):
        return None
    _, above, below = split(tree)
    if not above or not below:
        return None
    u, v = product(above), product(below)
    difference = build.add([product([d(u), v]), build.negative(product([u, d(v)]))])
    return quotient(difference, squared(v))


def square_root(tree: Tree, d: Differentiator) -> Tree | None:
    """sqrt(u)' = u'/(2*sqrt(u))."""
    if not isinstance(tree, sympy.Pow) or tree.exp is not sympy.S.Half:
        return None
    return _chained(quotient(ONE, build.multiply([sympy.Integer(2), tree])), tree.base, d)


def powers(tree: Tree, d: Differentiator) -> Tree | None:
    """(u**n)' = n*u**(n - 1)*u', for a constant n."""
    if not isinstance(tree, sympy.Pow) or d.moves(tree.exp):
        return None
    number = number_of(tree.exp)
    if number is None:
        factor, lower = tree.exp, total([tree.exp, build.MINUS_ONE])
    elif isinstance(tree.exp, sympy.Rational):  # a whole number or a decimal, and so is one less
        factor, lower = tree.exp, number - 1
    else:
        lower = number - 1
        factor, lower = arrange(number), lower if lower == sympy.S.Half else arrange(lower)
    return _chained(product([factor, power(tree.base, lower)]), tree.base, d)


def exponentials(tree: Tree, d: Differentiator) -> Tree | None:
    """(a**u)' = a**u*log(a)*u', for a constant a."""
    if not isinstance(tree, sympy.Pow) or d.moves(tree.base):
        return None
    logarithm = [] if tree.base is sympy.E else [build.call(vocabulary()["log"], [tree.base])]
    return _chained(product([tree, *logarithm]), tree.exp, d)


def general_powers(tree: Tree, d: Differentiator) -> Tree | None:
    """(u**v)' = u**v*(v*log(u))', where u > 0, as everywhere where such a power is differentiable."""
    if not isinstance(tree, sympy.Pow):
        return None
    logarithm = build.call(vocabulary()["log"], [tree.base])
    return product([tree, d(product([tree.exp, logarithm]))])


def pieces(tree: Tree, d: Differentiator) -> Tree | None:
    """Each piece by itself, under its condition."""
    if not isinstance(tree, sympy.Piecewise):
        return None
    return build.piecewise([(d(pair.expr), pair.cond) for pair in tree.args])


def sums_over_index(tree: Tree, d: Differentiator) -> Tree | None:
    """(sum of f_k)' = sum of f_k'."""
    if not isinstance(tree, Summation):
        return None
    body, *bounds = tree.args
    return build.rebuild(tree, [d(body), *bounds])


def products_over_index(tree: Tree, d: Differentiator) -> Tree | None:
    """(product of f_k)' = sum over j of f_j' times the product of all others; few factors are written out first."""
    if not isinstance(tree, IteratedProduct):
        return None
    split = parts_of_product(tree, {d.variable.name})
    if not isinstance(split, list):
        return d(split)
    factor, before, behind, *bounds = split
    return build.made(Summation, [product([d(factor), before, behind]), *bounds])


def leibniz(tree: Tree, d: Differentiator) -> Tree | None:
    """(integral of f from a to b)' = f(b)*b' - f(a)*a' + integral of f' from a to b."""
    if not isinstance(tree, Integral):
        return None
    body, bound, lower, upper = tree.args
    at_upper, at_lower = (
        _chained(build.substitute(body, {bound: end}), end, d) if d.moves(end) else ZERO for end in (upper, lower)
    )
    inside = build.rebuild(tree, [d(body), bound, lower, upper]) if d.moves(body) else ZERO
    terms = [at_upper, ZERO if at_lower is ZERO else build.negative(at_lower), inside]
    kept = [term for term in terms if term is not ZERO]
    return kept[0] if len(kept) == 1 else build.add(kept)


def logarithms(tree: Tree, d: Differentiator) -> Tree | None:
    """log(|u|)' = u'/u."""
    inner = size_in_logarithm(tree)
    return None if inner is None else _chained(quotient(ONE, inner), inner, d)


def size_in_logarithm(tree: Tree) -> Tree | None:
    """The formula of whose absolute value a tree is the logarithm; None of any other tree."""
    names = [getattr(row_of(node), "name", "") for node in (tree, *tree.args[:1])]
    return tree.args[0].args[0] if names == ["log", "abs"] else None


def calls(tree: Tree, d: Differentiator) -> Tree | None:
    """f(u, v)' = f_u(u, v)*u' + f_v(u, v)*v', with the derivatives of the function table."""
    row = row_of(tree)
    if row is None:
        return None
    arguments = tree.args if row.variadic else complete(row, tree.args)
    slopes = {
        index: derivative_of_call(row, index, arguments, _slope)
        for index, argument in enumerate(arguments)
        if d.moves(argument)
    }
    return total([_chained(slope, arguments[index], d) for index, slope in slopes.items()])


def _slope(row: Function, index: int, arguments: Sequence[Tree]) -> Tree:
    """The derivative of a call in one of its arguments, with whole numbers such as n - 1 computed."""
    formula = derivatives_of(row)[row.parameters[index]]
    return put(formula, dict(zip(map(symbol, row.parameters), arguments, strict=True)), folded=True)


def _chained(slope: Tree, inner: Tree, d: Differentiator) -> Tree:
    """The derivative of an outer function times that of what stands in it, which is 1 for the variable itself."""
    return slope if inner == d.variable else product([slope, d(inner)])


RULES: tuple[Rule, ...] = (
    Rule("constant rule", constant),
    Rule("derivative of the variable", variable),
    Rule("sum rule", sums),
    Rule("constant factor rule", constant_factor),
    Rule("product rule", products),
    Rule("reciprocal rule", reciprocals),
    Rule("quotient rule", quotients),
    Rule("derivative of sqrt", square_root, outer=True),
    Rule("power rule", powers, outer=True),
    Rule("exponential rule", exponentials, outer=True),
    Rule("logarithmic differentiation", general_powers),
    Rule("piece by piece", pieces),
    Rule("sum rule, term by term", sums_over_index),
    Rule("product rule, factor by factor", products_over_index),
    Rule("Leibniz's rule for integrals", leibniz),
    Rule("derivative of log|u|", logarithms, outer=True),
    Rule("derivative of {}", calls, outer=True),
)
