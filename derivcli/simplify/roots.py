"""Square roots joined, what can be taken out of them, and the absolute values that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from derivcli.language import tree as build
from derivcli.language.tree import Tree, postorder
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
        yield _with_few_signs(made)


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
    roots = [factor for factor in tree.args if _is_root(factor)]
    others = [factor for factor in tree.args if factor not in roots]
    radicands: dict[Tree, list[Tree]] = {}
    for root in roots:
        if not root.base.is_number:
            radicands.setdefault(root.exp, []).append(root.base)
    for root in roots:
        if root.base.is_number:  # sqrt(5) is 5/sqrt(5), too
            exponent = next((each for each in radicands if abs(each) == sympy.S.Half), root.exp)
            radicands.setdefault(exponent, []).append(root.base)
            others.append(root.base ** (root.exp - exponent))
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
        surd = sympy.Rational(number.numerator, 1)
        exponents = list(product.exponents)
        outside = [sympy.Rational(root.numerator, root.denominator), sympy.sqrt(abs(surd))]
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
        inside = _radicand(Product(Fraction(1 if number > 0 else -1), tuple(exponents), tuple(sums)), ring)
        power = 2 * tree.exp
        return sympy.Mul(*[each**power for each in outside], sympy.Pow(inside, tree.exp))
    return tree


def _square_parts(number: Fraction) -> tuple[Fraction, Fraction]:
    """A whole number without squares, and a root: the number is the one times the other squared."""
    factors = sympy.factorint(abs(number.numerator) * number.denominator)
    root = prod(prime ** (power // 2) for prime, power in factors.items())
    whole = prod(prime for prime, power in factors.items() if power % 2)
    return Fraction(whole if number > 0 else -whole), Fraction(root, number.denominator)


def signs(tree: Tree) -> Iterable[Tree]:
    """Absolute values and signs in a product of powers: sign(u)/abs(u) is 1/u."""
    if any(_kind(node) is not type(node) or isinstance(node, sympy.Abs | sympy.sign) for node in postorder(tree)):
        yield _with_few_signs(tree)


def _with_few_signs(tree: Tree) -> Tree:
    def make(node: Tree, parts: list[Tree]) -> Tree:
        kind = _kind(node)
        return _without_signs(_rebuilt(node, parts) if kind is type(node) else kind(*parts))

    return build.fold(tree, make)


def _kind(node: Tree) -> Any:
    """The class of a node: SymPy's own for absolute values and signs, which it can reckon with."""
    row = build.row_of(node)
    return {"abs": sympy.Abs, "sign": sympy.sign}.get(row.name if row else "", type(node))


def _without_signs(tree: Tree) -> Tree:
    if isinstance(tree, sympy.Mul):
        for size in sorted(tree.atoms(sympy.Abs, sympy.sign), key=str):
            tree = min((tree, *_signed_powers(tree, size.args[0])), key=length)
    return tree


def _signed_powers(product: Tree, base: Tree) -> Iterator[Tree]:
    """The ways to write a product with powers of u, abs(u) and sign(u): abs(u)**n, and sign(u) where `odd`."""
    powers = product.as_powers_dict()
    kinds = (base, -base, sympy.Abs(base), sympy.sign(base))
    counts = [powers.get(each, sympy.S.Zero) for each in kinds]
    if not all(each.is_Integer for each in counts) or sum(map(bool, counts)) < 2:
        return
    rest = sympy.Mul(*[each**power for each, power in powers.items() if each not in kinds])
    rest *= sympy.S.NegativeOne ** counts[1]
    size, odd = counts[0] + counts[1] + counts[2], (counts[0] + counts[1] + counts[3]) % 2
    if odd:
        yield rest * sympy.sign(base) * sympy.Abs(base) ** size
        yield rest * base ** (size if size % 2 else size - 1) * (1 if size % 2 else sympy.Abs(base))
    else:
        yield rest * sympy.Abs(base) ** size


ROOTS: tuple[Rewriting, ...] = (
    Rewriting("roots joined", joined),
    Rewriting("sqrt(u/v^2) = sqrt(u)/|v|", taken_out),
    Rewriting("|u|*sign(u) = u", signs),
)
