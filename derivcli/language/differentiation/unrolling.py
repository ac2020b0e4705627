"""Sums and products over an index as the terms that they stand for, and what is refused in these.

The constant parts of a term are computed as the parser computes those of a formula, so that `sum(1/k, k, 0, 3)` is
refused at k = 0.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import Binder, IndexVariable, Integral, IteratedProduct, Summation, free_symbols
from derivcli.language.functions.row import Function
from derivcli.language.parser import constant_folding, operands
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.tree import SIGN_OF, Tree, postorder, row_of, substitute

RewriteValue = Callable[[Function, tuple[Constant, ...]], "Constant | None"]
"""The value of a row's definition for constants."""


def unrolled(node: Tree) -> Tree:
    """The tree with the terms of each sum and the factors of each product in their places."""
    if not any(isinstance(each, Binder) for each in postorder(node, stop_at=Binder)):
        return node
    return tree.fold(node, _unrolled_node, stop_at=Binder)


def steps_of(node: Tree) -> Iterator[Tree]:
    """Every node of a tree, sums and products unrolled, but those inside of integrals, where a variable is bound."""
    return postorder(unrolled(node), stop_at=Integral)


def _unrolled_node(node: Any, parts: list[Tree]) -> Tree:
    if not isinstance(node, Binder):
        return node if parts == list(node.args) else tree.rebuild(node, parts)
    return _Unrolling().of(node)[0]


def check_terms(node: Tree, span: Span, rewrite_value: RewriteValue) -> Constant | None:
    """Refuse a sum or product with too many terms or one without a value; its own value where it is constant."""
    return _Unrolling(span, rewrite_value).of(node)[1]


def term_count(node: Tree) -> int:
    """How many terms the sums and products in a tree have, at most those of sums that were checked."""
    return sum(each.__dict__.get("terms", 0) for each in postorder(node, stop_at=Binder) if isinstance(each, Binder))


def whole_bounds(node: Tree, span: Span) -> tuple[int, int] | None:
    """The bounds of a sum or product, None where an index of a sum around it stands in them."""
    found = []
    for bound in node.args[2:]:
        value = _Unrolling(span).value(bound)
        free = free_symbols(bound)
        if free and all(isinstance(each, IndexVariable) for each in free):
            return None
        if value is None or value != int(value):
            raise _not_whole(node, bound, span)
        found.append(int(value))
    lower, upper = found
    if upper < lower - 1:
        message = f"the {node.word} runs down, from {lower} to {upper}"
        raise DerivError(message, span=span, hint=f"write the smaller bound first: {upper}, {lower}")
    return lower, upper


def _not_whole(node: Tree, bound: Tree, span: Span) -> DerivError:
    from derivcli.language.printer import text_of

    message = f"the bounds of a {node.word} are constant whole numbers, and {text_of(bound)} is none"
    return DerivError(message, span=span, hint="write a whole number there")


@dataclass(slots=True)
class _Unrolling:
    """The terms so far, and how constant parts are looked at: with a span they are refused where they have no value."""

    span: Span | None = None
    rewrite_value: RewriteValue | None = None
    terms: int = 0
    nodes: int = 0

    def of(self, node: Tree) -> tuple[Tree, Constant | None]:
        """A binder with its sums and products unrolled, and its value where it is constant."""
        known = node.__dict__.get("unrolled")
        if known is not None and self.span is None:
            return known, None
        if isinstance(node, Integral):
            body, bound, *bounds = node.args
            return tree.rebuild(node, [unrolled(body), bound, *map(unrolled, bounds)]), None
        before = self.terms
        found = self._unrolled(node)
        node.__dict__["unrolled"], node.__dict__["terms"] = found[0], self.terms - before
        return found

    def _unrolled(self, node: Tree) -> tuple[Tree, Constant | None]:
        bounds = whole_bounds(node, self.span or Span(0, 0))
        assert bounds is not None, "an index is known once the sum around it is unrolled"
        lower, upper = bounds
        limits.check_terms(self.terms + upper - lower + 1, node.word, self.span)
        trees, values = [], []
        for made, value in self.instances(node, lower, upper):
            trees.append(made)
            values.append(value)
        is_sum = isinstance(node, Summation)
        if len(trees) == 1:
            return trees[0], values[0]
        known = [value for value in values if value is not None]
        whole = None
        if len(known) == len(values):
            fold = constant_folding.add if is_sum else constant_folding.multiply
            whole = self.guarded(lambda: fold(known), "")
        if not trees:
            return sympy.Integer(0 if is_sum else 1), whole
        return (tree.add if is_sum else tree.multiply)(trees), whole

    def instances(self, node: Tree, lower: int, upper: int) -> Iterator[tuple[Tree, Constant | None]]:
        """Each term with its value where it is constant: nodes without the index are shared."""
        body, index = node.args[:2]
        plan = _Plan.of(body, index)
        row = list(plan.nodes)
        values: list[Constant | None] = [None] * len(row)
        for place, each in enumerate(plan.nodes):
            if place not in plan.moving:
                rest = [row[part] for part in plan.parts[place]]
                same = all(one is other for one, other in zip(rest, each.args, strict=False))
                fixed = each if same or not rest else tree.rebuild(each, rest)
                row[place], values[place] = self.made(place, plan, values, fixed, "")
        for number in range(lower, upper + 1):
            self.terms += not plan.has_sums
            self.nodes += len(plan.moving)
            limits.check_unrolled(self.nodes, node.word, self.span)
            where = f", at {index.name} = {number}"
            for place in plan.moving:
                each, parts = plan.nodes[place], plan.parts[place]
                if isinstance(each, Binder):
                    made = substitute(each, {index: sympy.Integer(number)})
                else:
                    made = _decided(type(each), [row[part] for part in parts]) if parts else sympy.Integer(number)
                row[place], values[place] = self.made(place, plan, values, made, where)
            yield row[-1], values[-1]

    def made(
        self, place: int, plan: _Plan, values: Sequence[Constant | None], instance: Tree, where: str
    ) -> tuple[Tree, Constant | None]:
        """An instance of a node, unrolled, and its value if that is asked for and is computed in any case."""
        if isinstance(plan.nodes[place], Binder):
            return self.of(instance)
        if self.span is None or place in plan.chosen:
            return instance, None
        return instance, self.node_value(instance, [values[part] for part in plan.parts[place]], where)

    def value(self, node: Tree) -> Constant | None:
        """The value of a tree where it is constant."""
        return tree.fold(
            node, lambda each, parts: None if isinstance(each, Binder) else self.node_value(each, parts, ""),
            stop_at=Binder,
        )  # fmt: skip

    def node_value(self, node: Any, parts: Sequence[Constant | None], where: str) -> Constant | None:
        """The value of a node whose parts have theirs; refused where it has none."""
        if isinstance(node, sympy.Rational):
            return Fraction(node.p, node.q)
        if isinstance(node, sympy.NumberSymbol):
            return math.pi if node is sympy.pi else math.e
        row = row_of(node)
        if row is not None:
            self.check_call(row, parts, where)
        known = [part for part in parts if part is not None]
        if not parts or len(known) < len(parts):
            return None
        fold = _FOLDS.get(type(node))
        if fold is not None:
            return self.guarded(lambda: fold(*known), where)
        if row is None:
            return None
        value = self.guarded(lambda: constant_folding.apply(row, known), where)
        if value is None and row.definition is not None and self.rewrite_value is not None:
            rewrite = self.rewrite_value
            value = self.guarded(lambda: rewrite(row, tuple(known)), where)
        return value

    def check_call(self, row: Function, parts: Sequence[Constant | None], where: str) -> None:
        """Refuse a call whose divisor is 0 or whose order is no whole number at the index at hand."""
        for name, value in zip(row.parameters, parts, strict=False):
            if name in row.divisors and value == 0:
                raise self.refused(operands.divides_by_zero(self.span or Span(0, 0)), where)
            if name in row.whole and value is not None and (value < row.least or value != int(value)):
                message = f"{name} in {row.signature} is a constant whole number{where}"
                raise DerivError(message, span=self.span, hint=f"write {row.example}")

    def guarded(self, compute: Callable[[], Constant | None], where: str) -> Constant | None:
        try:
            return operands.guarded(compute, self.span or Span(0, 0))
        except DerivError as error:
            raise self.refused(error, where) from None

    def refused(self, error: DerivError, where: str) -> DerivError:
        return DerivError(error.message + where, span=error.span, hint=error.hint)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The nodes of a body, operands first, and the places of each one's parts.

    `moving` are those that have the index in them, `chosen` those inside of a choice, which may not take them.
    """

    nodes: list[Tree]
    parts: list[tuple[int, ...]]
    moving: dict[int, None]
    chosen: set[int]
    has_sums: bool

    @classmethod
    def of(cls, body: Tree, index: Tree) -> _Plan:
        nodes = list(postorder(body, stop_at=Binder))
        places = {id(node): place for place, node in enumerate(nodes)}
        parts = [() if isinstance(node, Binder) else tuple(places[id(part)] for part in node.args) for node in nodes]
        moving: dict[int, None] = {}
        for place, node in enumerate(nodes):
            inside = isinstance(node, Binder) and index in node.free_symbols
            if inside or node == index or any(part in moving for part in parts[place]):
                moving[place] = None
        choices = [node for node in nodes if isinstance(node, sympy.Piecewise)]
        chosen = {places[id(inner)] for node in choices for inner in postorder(node, stop_at=Binder)}
        has_sums = any(isinstance(node, Summation | IteratedProduct) for node in nodes)
        return cls(nodes, parts, moving, chosen, has_sums)


def _decided(kind: type[Tree], parts: Sequence[Any]) -> Tree:
    """A node over parts, of which comparisons of numbers are decided, and the choices that hang on them."""
    if issubclass(kind, sympy.core.relational.Relational) and all(part.is_Rational for part in parts):
        return tree.truth(_COMPARISONS[SIGN_OF[kind]](*(Fraction(part.p, part.q) for part in parts)))
    if issubclass(kind, sympy.And | sympy.Or | sympy.Not) and all(part in (sympy.true, sympy.false) for part in parts):
        return kind(*parts)
    if issubclass(kind, sympy.Piecewise):
        pairs = [pair for pair in parts if pair.cond != sympy.false]
        return pairs[0].expr if pairs and pairs[0].cond == sympy.true else tree.made(kind, pairs or parts)
    return tree.made(kind, parts)


_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def _power(base: Constant, exponent: Constant) -> Constant:
    return constant_folding.reciprocal(base) if exponent == -1 else constant_folding.power(base, exponent)


_FOLDS: dict[type[Tree], Callable[..., Constant]] = {
    sympy.Add: lambda *terms: constant_folding.add(terms),
    sympy.Mul: lambda *factors: constant_folding.multiply(factors),
    sympy.Pow: _power,
}
