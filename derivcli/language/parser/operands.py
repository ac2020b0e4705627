"""What the parser has read so far: a piece of tree with its place, its depth and, if constant, its value.

Every way of combining operands stands here, with the checks that belong to it: numbers are not conditions,
nesting has a limit, and a constant that float64 cannot hold is refused before it is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import constant_folding
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.tree import Tree

Folded = TypeVar("Folded")

ATOM, PRODUCT, SUM, RELATION, CONJUNCTION, DISJUNCTION = range(6)
"""What binds more loosely than where it stands needs a bracket there."""

REAL = "deriv works over the real numbers"


@dataclass(slots=True, eq=False)
class Operand:
    """A finished piece of the formula. (Not frozen, which would double the time to make one.)"""

    tree: Tree
    start: int
    stop: int
    depth: int = 0
    value: Constant | None = None
    condition: bool = False
    literal: bool = False
    """Is a number as typed, so that another number beside it is a slip."""
    rank: int = 0
    """How loosely its outermost sign binds: ATOM where there is none."""
    brackets: int = 0
    """How many brackets that it needs stand inside each other in it, however many were typed."""

    @property
    def span(self) -> Span:
        """Where the operand stands."""
        return Span(self.start, self.stop)


def number(text: str, start: int, stop: int) -> Operand:
    """A number as typed."""
    if len(text) > limits.MAX_DIGITS:
        limits.check_digits(text, Span(start, stop))
    try:
        value, made = _literal(text)
    except constant_folding.TooLargeError:
        raise _too_large(Span(start, stop)) from None
    return Operand(made, start, stop, 0, value, False, True)


@lru_cache(maxsize=4_096)
def _literal(text: str) -> tuple[Constant, Tree]:
    """The value and the tree of a number as typed; TooLargeError where float64 has nothing near it."""
    value = constant_folding.literal(text)
    return value, tree.number(value)


def superscript(token: Token) -> Operand:
    """The exponent that a run of superscript digits writes."""
    magnitude = number(token.text.lstrip("+-") or "0", token.start, token.stop)
    return negative(magnitude, token.start) if token.text[0] == "-" else magnitude


def constant(token: Token) -> Operand:
    """The number that a name of the language stands for."""
    return Operand(tree.constant(token.text), token.start, token.stop, value=CONSTANTS[token.text])


def add(terms: Sequence[Operand]) -> Operand:
    """The sum of several terms."""
    return _combine(terms, SUM, tree.add, constant_folding.add)


def multiply(factors: Sequence[Operand]) -> Operand:
    """The product of several factors."""
    return _combine(factors, PRODUCT, tree.multiply, constant_folding.multiply)


def negative(operand: Operand, start: int) -> Operand:
    """The operand behind a minus at `start`."""
    require_number(operand)
    value = None if operand.value is None else -operand.value
    depth = deepened([operand], Span(start, operand.stop))
    made = tree.negative(operand.tree)
    return Operand(made, start, operand.stop, depth, value, rank=max(operand.rank, PRODUCT), brackets=operand.brackets)


def reciprocal(operand: Operand) -> Operand:
    """The operand as a factor to divide by."""
    require_number(operand)
    divisor = operand.value
    value = None if divisor is None else guarded(lambda: constant_folding.reciprocal(divisor), operand.span)
    made, brackets = tree.reciprocal(operand.tree), brackets_in([operand], PRODUCT, operand.span)
    return Operand(made, operand.start, operand.stop, operand.depth, value, operand.condition, brackets=brackets)


def power(base: Operand, exponent: Operand) -> Operand:
    """base ** exponent."""
    require_number(base, exponent)
    span = Span(base.start, exponent.stop)
    value = None
    if base.value is not None and exponent.value is not None:
        b, e = base.value, exponent.value
        value = guarded(lambda: constant_folding.power(b, e), span)
    depth = deepened((base, exponent), span)
    made, brackets = tree.power(base.tree, exponent.tree), brackets_in((base, exponent), PRODUCT, span)
    return Operand(made, base.start, exponent.stop, depth, value, brackets=brackets)


def call(row: Function, arguments: Sequence[Operand], span: Span) -> Operand:
    """The row's function of the arguments, whose number has been checked; a rewrite's value is not known here."""
    require_number(*arguments)
    known = values_of(arguments)
    value = guarded(lambda: constant_folding.apply(row, known), span) if known else None
    made = tree.call(row, [argument.tree for argument in arguments])
    brackets = max([argument.brackets for argument in arguments])
    return Operand(made, span.start, span.stop, deepened(arguments, span), value, brackets=brackets)


def values_of(operands: Sequence[Operand]) -> tuple[Constant, ...] | None:
    """The values of operands that are all constant."""
    known: list[Constant] = []
    for operand in operands:
        if operand.value is None:
            return None
        known.append(operand.value)
    return tuple(known)


def piecewise(pairs: Sequence[tuple[Operand, Operand]], span: Span) -> Operand:
    """The value of the first pair whose condition holds."""
    for value, condition in pairs:
        require_number(value)
        require_condition(condition)
    parts = [part for pair in pairs for part in pair]
    made = tree.piecewise([(value.tree, condition.tree) for value, condition in pairs])
    brackets = max(part.brackets for part in parts)
    return Operand(made, span.start, span.stop, deepened(parts, span), brackets=brackets)


def comparison(parts: Sequence[Operand], operators: Sequence[str]) -> Operand:
    """A chain of comparisons, `1 < x <= 3` being two of them."""
    require_number(*parts)
    links = [
        tree.relation(operator, left.tree, right.tree)
        for operator, left, right in zip(operators, parts, parts[1:], strict=False)
    ]
    span = Span(parts[0].start, parts[-1].stop)
    return _condition(tree.all_of(links), parts, RELATION, span)


def junction(parts: Sequence[Operand], build: Callable[[Sequence[Tree]], Tree]) -> Operand:
    """Conditions joined by `and` or `or`."""
    for part in parts:
        require_condition(part)
    span = Span(parts[0].start, parts[-1].stop)
    rank = CONJUNCTION if build is tree.all_of else DISJUNCTION
    return _condition(build([part.tree for part in parts]), parts, rank, span)


def negation(operand: Operand, start: int) -> Operand:
    """The opposite of a condition behind a `not` at `start`."""
    require_condition(operand)
    return _condition(tree.negation(operand.tree), [operand], RELATION, Span(start, operand.stop))


def require_number(*operands: Operand) -> None:
    """Refuse a condition where a number is meant."""
    for operand in operands:
        if operand.condition:
            hint = "turn it into a number with if(x > 0, 1, 0)"
            raise DerivError("this is a condition where a number is needed", span=operand.span, hint=hint)


def require_condition(operand: Operand) -> None:
    """Refuse a number where a condition is meant."""
    if not operand.condition:
        hint = "compare it with something, as in x > 0"
        raise DerivError("this is a number where a condition is needed", span=operand.span, hint=hint)


def deepened(parts: Sequence[Operand], span: Span) -> int:
    """The depth of a node over `parts`, within the limit."""
    depth = 1 + max([part.depth for part in parts])
    limits.check_nesting(depth, span)
    return depth


def brackets_in(parts: Sequence[Operand], rank: int, span: Span) -> int:
    """How many brackets stand inside each other in a node of a rank over `parts`, within the limit."""
    most = 0
    for part in parts:
        brackets = part.brackets + (part.rank >= rank)
        if brackets > most:
            most = brackets
    limits.check_nesting(most, span)
    return most


def guarded(compute: Callable[[], Folded], span: Span) -> Folded:
    """The value of a constant, or the refusal of one that float64 cannot hold."""
    try:
        return compute()
    except constant_folding.TooLargeError:
        raise _too_large(span) from None
    except constant_folding.UndefinedError as reason:
        if "zero" in str(reason):
            raise divides_by_zero(span) from None
        raise DerivError("this constant is not a real number", span=span, hint=REAL) from None


def _too_large(span: Span) -> DerivError:
    message = "this constant is outside the range of float64, about 1e-308 to 1e308"
    return DerivError(message, span=span, hint="scale the formula")


def divides_by_zero(span: Span) -> DerivError:
    """The refusal of a constant divisor 0."""
    return DerivError("this divides by zero", span=span, hint=REAL)


def _combine(
    parts: Sequence[Operand],
    rank: int,
    build: Callable[[Sequence[Tree]], Tree],
    evaluate: Callable[[Sequence[Constant]], Constant],
) -> Operand:
    require_number(*parts)
    span = Span(parts[0].start, parts[-1].stop)
    known = values_of(parts)
    value = guarded(lambda: evaluate(known), span) if known else None
    made = build([part.tree for part in parts])
    depth = max([part.depth for part in parts])
    return Operand(made, span.start, span.stop, depth, value, rank=rank, brackets=brackets_in(parts, rank, span))


def _condition(made: Tree, parts: Sequence[Operand], rank: int, span: Span) -> Operand:
    depth, brackets = deepened(parts, span), brackets_in(parts, rank, span)
    return Operand(made, span.start, span.stop, depth, condition=True, rank=rank, brackets=brackets)
