"""Exponentials and logarithms joined and split."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivcli.language import tree as build
from derivcli.language.tree import Tree
from derivcli.simplify.rewriting import Rewriting
from derivcli.simplify.trigonometry import evaluated


def inverse(tree: Tree) -> Iterable[Tree]:
    """e**log(u) and log(e**u) as u; e**(x*log(a)) as a**x."""
    if tree.has(sympy.log):
        yield evaluated(tree, lambda node: isinstance(node, sympy.log | sympy.exp))
        yield build.fold(tree, lambda node, parts: _power_of_logarithm(_rebuilt(node, parts)))


def _power_of_logarithm(tree: Tree) -> Tree:
    if isinstance(tree, sympy.exp):
        logarithms = [each for each in sympy.Mul.make_args(tree.args[0]) if isinstance(each, sympy.log)]
        if len(logarithms) == 1:
            return sympy.Pow(logarithms[0].args[0], tree.args[0] / logarithms[0])
    return tree


def split(tree: Tree) -> Iterable[Tree]:
    """Logarithms of products, quotients and powers as sums and multiples of logarithms."""
    if tree.has(sympy.log):
        made = build.fold(tree, _split)
        yield made
        yield sympy.expand(made)


def _split(node: Tree, parts: list[Tree]) -> Tree:
    if isinstance(node, sympy.log):
        return _logarithm(parts[0])
    return _rebuilt(node, parts)


def _logarithm(argument: Tree) -> Tree:
    if isinstance(argument, sympy.Mul):
        return sympy.Add(*[_logarithm(factor) for factor in argument.args])
    if isinstance(argument, sympy.Pow | sympy.exp):
        return argument.exp * _logarithm(argument.base)
    if isinstance(argument, sympy.Rational) and argument.is_positive:
        return _of_number(argument.p) - _of_number(argument.q)
    return sympy.log(argument)


def _of_number(number: int) -> Tree:
    """A logarithm of a power as a multiple of a logarithm: log(8) is 3*log(2)."""
    power = sympy.perfect_power(number)
    return power[1] * sympy.log(power[0]) if power else sympy.log(number)


def joined(tree: Tree) -> Iterable[Tree]:
    """Sums and differences of logarithms as one logarithm."""
    if tree.has(sympy.log):
        yield build.fold(tree, _joined)


def _joined(node: Tree, parts: list[Tree]) -> Tree:
    made = _rebuilt(node, parts)
    return _with_one_logarithm(made) if isinstance(made, sympy.Add) else made


def _rebuilt(node: Tree, parts: list[Tree]) -> Tree:
    if not parts:
        return node
    arithmetic = isinstance(node, sympy.Add | sympy.Mul | sympy.Pow | sympy.exp)
    return node.func(*parts) if arithmetic else build.rebuild(node, parts)


def _with_one_logarithm(tree: Tree) -> Tree:
    """A sum with the logarithms that have the same factor, but for its sign, as one."""
    arguments: dict[Tree, Tree] = {}
    others = []
    for term in tree.args:
        logarithms = [factor for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.log)]
        if len(logarithms) != 1:
            others.append(term)
            continue
        factor = term / logarithms[0]
        argument = logarithms[0].args[0]
        if -factor in arguments:
            arguments[-factor] /= argument
        else:
            arguments[factor] = arguments.get(factor, sympy.S.One) * argument
    return sympy.Add(*others, *[_multiple(factor, sympy.cancel(each)) for factor, each in arguments.items()])


def _multiple(factor: Tree, argument: Tree) -> Tree:
    """A multiple of a logarithm, without a sign where the argument is a fraction."""
    turned = factor.could_extract_minus_sign() and argument.as_numer_denom()[1] != 1
    return -factor * sympy.log(1 / argument) if turned else factor * sympy.log(argument)


def same_exponents(tree: Tree) -> Iterable[Tree]:
    """Numbers to the same power as one number to that power: 2**x*3**x is 6**x."""
    if tree.has(sympy.Pow):
        made = build.fold(tree, lambda node, parts: _with_one_power(_rebuilt(node, parts)))
        if made != tree:
            yield made


def _with_one_power(tree: Tree) -> Tree:
    if not isinstance(tree, sympy.Mul):
        return tree
    bases: dict[Tree, Tree] = {}
    others = []
    for factor in tree.args:
        base, exponent = factor.as_base_exp()
        if exponent.is_number or not base.is_Rational or not base.is_positive:
            others.append(factor)
        elif -exponent in bases:
            bases[-exponent] /= base
        else:
            bases[exponent] = bases.get(exponent, sympy.S.One) * base
    return sympy.Mul(*others, *[base**exponent for exponent, base in bases.items()])


EXPONENTIALS_AND_LOGARITHMS: tuple[Rewriting, ...] = (
    Rewriting("e^ln(u) = u", inverse),
    Rewriting("logarithms joined", joined),
    Rewriting("logarithms split", split),
    Rewriting("a^u*b^u = (a*b)^u", same_exponents),
)
