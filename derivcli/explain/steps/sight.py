"""Derivatives that a student knows at sight: sums and multiples of powers and functions of the variable."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

import sympy

from derivcli.explain.steps.differentiation_rules import Differentiator, Rule, taken
from derivcli.explain.steps.statements import Statement, statement
from derivcli.explain.steps.teacher_notation import ONE, product, put, split
from derivcli.language import tree as build
from derivcli.language.tree import Derivative, Tree, postorder

LINEAR = ("sum rule", "constant factor rule", "constant rule", "derivative of the variable")
"""Rules that are not named beside others."""

OF = "derivative of "

MAX_NAMES = 3
"""Rules that are named; more of them are known to everybody."""

MANY = "known derivatives, term by term"


@dataclass(slots=True, eq=False)
class Sight:
    """Differentiates what is known at sight; what is not is still to be taken. Remembers by which rules."""

    d: Differentiator
    names: frozenset[str] = frozenset()
    rules: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def __call__(self, tree: Tree) -> Tree:
        """The derivative of a formula, with derivatives in it of parts that are not known at sight."""
        rule, found = taken(tree, self.d)
        if rule.name not in LINEAR:
            return self._known(tree, rule, found)
        self._remember(rule.name)
        return with_one_number(put(found, {marker: self(marker.args[0]) for marker in markers(found)}))

    def _known(self, tree: Tree, rule: Rule, found: Tree) -> Tree:
        """The derivative of a function of the variable or of a linear formula; of any other it is still to be taken."""
        inner = markers(found)
        if any(not is_linear(marker.args[0], self.d) for marker in inner) or len(inner) > 1:
            return self.d(tree)
        self._remember(rule.title(tree, found))
        said = statement(rule, tree, self.d, self.names)
        self.statements += [said] if said is not None else []
        rates = {marker: Sight(self.d)(marker.args[0]) for marker in inner}
        return with_one_number(put(found, rates)) if inner else found

    def _remember(self, rule: str) -> None:
        if rule not in self.rules:
            self.rules.append(rule)


def title_of(rules: list[str]) -> str:
    """What a line is called in which several rules are taken at sight."""
    named = [rule for rule in rules if rule not in LINEAR]
    if not named:
        return next(rule for rule in (*LINEAR[:2], *rules) if rule in rules)
    names = [*(["sum rule"] if "sum rule" in rules else []), *named]
    if len(names) == 1:
        return names[0]
    chained = " and chain rule"
    short = list(dict.fromkeys(name.removesuffix(chained) for name in names))
    short += ["chain rule"] if any(name.endswith(chained) for name in names) else []
    functions = [name.removeprefix(OF) for name in short if name.startswith(OF)]
    if len(functions) > 1:
        place = next(place for place, name in enumerate(short) if name.startswith(OF))
        short = [name for name in short if not name.startswith(OF)]
        short.insert(place, f"derivatives of {', '.join(functions[:-1])} and {functions[-1]}")
    if len(short) + len(functions) > MAX_NAMES + 1:
        return MANY
    if len(short) == 1:
        return short[0]
    return f"{', '.join(short[:-1])} and {short[-1]}"


def markers(tree: Tree) -> list[Derivative]:
    """The derivatives still to be taken in a tree."""
    return [node for node in postorder(tree, stop_at=Derivative) if isinstance(node, Derivative)]


def is_linear(tree: Tree, d: Differentiator) -> bool:
    """Whether a formula is a constant, the variable, or a sum of multiples of them."""
    if tree == d.variable or not d.moves(tree):
        return True
    if isinstance(tree, sympy.Add):
        return all(is_linear(term, d) for term in tree.args)
    moving = [part for part in tree.args if d.moves(part)]
    return isinstance(tree, sympy.Mul) and len(moving) == 1 and is_linear(moving[0], d)


def with_one_number(tree: Tree) -> Tree:
    """A product whose numbers are put together before its other factors."""
    if not isinstance(tree, sympy.Mul):
        return tree
    sign, above, below = split(tree)
    over = [factor for factor in above if factor.is_Rational]
    under = [factor for factor in below if factor.is_Integer]
    if len(over) + len(under) < 2 and over == above[: len(over)] and under == below[: len(under)]:
        return tree
    number = Fraction(sign)
    for factor in over:
        number *= Fraction(int(factor.p), int(factor.q))
    divisor = 1
    for factor in under:
        divisor *= int(factor)
    shared = gcd(number.numerator, divisor)
    above_number = sympy.Rational(number.numerator // shared, number.denominator)
    rest = [factor for factor in above if not factor.is_Rational]
    reduced = [sympy.Integer(divisor // shared)] if divisor != shared else []
    reduced += [factor for factor in below if not factor.is_Integer]
    kept = [above_number] if above_number != 1 or not rest else []
    if above_number == -1 and rest:
        kept = [build.MINUS_ONE]
    return product([*(kept or []), *rest, *map(build.reciprocal, reduced)]) if kept or rest else ONE
