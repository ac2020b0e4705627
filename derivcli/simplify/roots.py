"""Square roots joined, and what can be taken out of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from derivcli.language import tree as build
from derivcli.language.tree import Tree
from derivcli.simplify.kernels import Product, Ring, multiplied_out, product_of, ring_of
from derivcli.simplify.length import length
from derivcli.simplify.polynomial_forms import shortest_product, sum_of, sum_tokens, terms_of
from derivcli.simplify.rewriting import Rewriting


def joined(tree: Tree) -> Iterable[Tree]:
    """Products of square roots as one root."""
    if _has_root(tree):
        yield build.fold(tree, lambda node, parts: _with_one_root(_rebuilt(node, parts)))


def taken_out(tree: Tree) -> Iterable[Tree]:
    """Squares out of square roots: sqrt(u/v**2) is sqrt(u)/abs(v)."""
    if _has_root(tree):
        made = build.fold(tree, lambda node, parts: _without_squares(_rebuilt(node, parts)))
        yield _written(made) if isinstance(made, sympy.Mul) else made
        yield build.fold(made, lambda node, parts: _without_signs(_rebuilt(node, parts)))


def _has_root(tree: Any) -> bool:
    return any(_is_root(each) for each in tree.atoms(sympy.Pow))


def _is_root(node: Any) -> bool:
    return isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Rational) and node.exp.q == 2


def _rebuilt(node: Tree, parts: list[Tree]) -> Tree:
    if not parts or tuple(parts) == node.args:
        return node
    arithmetic = isinstance(node, sympy.Add | sympy.Mul | sympy.Pow)
    return node.func(*parts) if arithmetic else build.rebuild(node, parts)


def _with_one_root(tree: Tree) -> Tree:
    if not isinstance(tree, sympy.Mul):
        return tree
    roots = [factor for factor in tree.args if _is_root(factor) and not factor.base.is_number]
    others = [factor for factor in tree.args if factor not in roots]
    radicands: dict[Tree, list[Tree]] = {}
    for root in roots:
        radicands.setdefault(root.exp, []).append(root.base)
    if all(len(each) == 1 for each in radicands.values()):
        return tree
    made = [sympy.Pow(_written(sympy.Mul(*each)), exponent) for exponent, each in radicands.items()]
    return sympy.Mul(*others, *made)


def _written(tree: Tree) -> Tree:
    with suppress(ValueError):
        ring = ring_of(tree)
        return _radicand(product_of(tree, ring), ring)
    return tree


def _radicand(product: Product, ring: Ring) -> Tree:
    """A product as a sum where that is not longer, as roots of sums are written."""
    form = shortest_product(product, ring)
    above = all(count > 0 for _, count in product.sums) and all(each >= 0 for each in product.exponents)
    if above and product.number.denominator == 1:
        terms = terms_of(multiplied_out(product, ring))
        if sum_tokens(terms, ring) <= form.tokens:
            return sum_of(terms, ring)
    return form.make()


def _without_squares(tree: Tree) -> Tree:
    """A root without the squares in what it is the root of."""
    if not _is_root(tree):
        return tree
    with suppress(ValueError):
        ring = ring_of(tree.base)
        product = product_of(tree.base, ring)
        number, root = _square_parts(product.number)
        exponents = list(product.exponents)
        outside = [sympy.Rational(root.numerator, root.denominator)]
        for place, kernel in enumerate(ring.kernels):
            if kernel.exponent == 1:
                half, exponents[place] = divmod(exponents[place], 2)
                outside.append(sympy.Abs(kernel.base) ** half)
        sums = []
        for each, count in product.sums:
            half, odd = divmod(count, 2)
            whole = Product(Fraction(1), (0,) * len(exponents), ((each, 1),))
            outside.append(sympy.Abs(shortest_product(whole, ring).make()) ** half)
            sums += [(each, 1)] if odd else []
        inside = _radicand(Product(number, tuple(exponents), tuple(sums)), ring)
        power = 2 * tree.exp
        return sympy.Mul(*[each**power for each in outside], sympy.Pow(inside, tree.exp))
    return tree


def _square_parts(number: Fraction) -> tuple[Fraction, Fraction]:
    """A whole number without squares, and a root: the number is the one times the other squared."""
    factors = sympy.factorint(abs(number.numerator) * number.denominator)
    root = prod(prime ** (power // 2) for prime, power in factors.items())
    whole = prod(prime for prime, power in factors.items() if power % 2)
    return Fraction(whole if number > 0 else -whole), Fraction(root, number.denominator)


def _without_signs(tree: Tree) -> Tree:
    """A product with the powers of u and of abs(u) joined where they are even: u**2*abs(u) is abs(u)**3."""
    if not isinstance(tree, sympy.Mul):
        return tree
    powers = tree.as_powers_dict()
    for size in [each for each in powers if isinstance(each, sympy.Abs)]:
        inside = size.args[0]
        power = powers.get(inside, sympy.S.Zero)
        if power.is_Integer and power % 2 == 0 and power:
            made = tree / (inside**power * size ** powers[size]) * size ** (power + powers[size])
            tree = min(tree, made, key=length)
    return tree


ROOTS: tuple[Rewriting, ...] = (
    Rewriting("roots joined", joined),
    Rewriting("sqrt(u/v^2) = sqrt(u)/|v|", taken_out),
)
