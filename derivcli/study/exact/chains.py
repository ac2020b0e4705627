"""Inner formulas of a formula that determine the variable: of sin(1/x) these are 1/x, and the wave itself.

Each is a chain of steps from the variable, forward in balls and back in exact numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, fmpq

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.integers import only_whole
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.tree import Tree, fold, made, postorder, row_of
from derivcli.study.exact.constant_formulas import canonical
from derivcli.study.exact.linear_form import LinearForm, atom, called, pi_times, rational

ALGEBRAIC, SCALED, EXPONENTIAL, POWER = "algebraic", "scaled", "exponential", "power"
LOGARITHM, WAVE = "logarithm", "wave"
"""What the last step of a chain is. A scaled one is algebraic and has irrational constants; a power has a base other
than e."""

CONSTANT_BITS = 320
"""The precision of a formula's constants."""

MAX_CHAINS = 12

Forward = Callable[[arb], arb]
Back = Callable[[LinearForm, arb], LinearForm | None]
"""From a value of a step, exact, and the ball that its operand lies in, to the operand."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Steps from the variable to an inner formula, and what kind of step the last one is."""

    steps: tuple[tuple[Forward, Back], ...] = ()
    kind: str = ALGEBRAIC

    def then(self, forward: Forward, back: Back, kind: str) -> Chain:
        """The chain with a step more."""
        return Chain((*self.steps, (forward, back)), kind)

    def value(self, x: arb) -> arb:
        """The inner formula's value."""
        for forward, _ in self.steps:
            x = forward(x)
        return x

    def solved(self, value: LinearForm, x: arb) -> LinearForm | None:
        """The variable, in a ball, where the inner formula has an exact value; None where it is none of the usual."""
        operands = [x]
        for forward, _ in self.steps[:-1]:
            operands.append(forward(operands[-1]))
        for (_, back), operand in zip(reversed(self.steps), reversed(operands), strict=True):
            before = back(value, operand)
            if before is None:
                return None
            value = before
        return value


def chains_of(tree: Tree) -> list[Chain]:
    """The chains of a formula, the shortest first, that of the variable alone among them."""
    found: dict[Any, Chain] = {}
    with suppress(_TooManyError):
        fold(unrolled(tree), lambda node, parts: _chain(node, parts, found))
    return sorted(found.values(), key=lambda each: len(each.steps))


def constants_of(tree: Tree) -> list[Tree]:
    """The irrational constants that stand in a formula beside what varies, such as e in x^e."""
    found: dict[Tree, None] = {}

    def varies(node: Tree, parts: list[bool]) -> bool:
        if node.is_Symbol or any(parts):
            found.update(dict.fromkeys(part for part, moves in zip(node.args, parts, strict=True) if not moves))
            return True
        return False

    fold(unrolled(tree), varies)
    return [*dict.fromkeys(_without_number(each) for each in found if _is_irrational(each))]


def _without_number(tree: Tree) -> Tree:
    """A constant without a rational factor."""
    if not isinstance(tree, sympy.Mul):
        return tree
    parts = [each for each in tree.args if not each.is_Rational]
    return _without_number(parts[0]) if len(parts) == 1 else made(sympy.Mul, parts)


def _is_irrational(tree: Tree) -> bool:
    if tree.is_Rational or tree.is_Boolean:
        return False
    with suppress(TouchError, UnsureError, *SYMPY_FAILURES):
        return not isinstance(coordinate(tree), fmpq)
    return False


def has_waves(tree: Tree) -> bool:
    """Whether multiples of pi are likely numbers for a formula."""
    return any(row.name in PERIODIC for node in postorder(tree) if (row := row_of(node)) is not None)


PERIODIC = ("sin", "cos", "tan", "cot", "sec", "csc", "sinc")


class _TooManyError(Exception):
    pass


def _chain(node: Any, parts: Sequence[Any], found: dict[Any, Chain]) -> Chain | bool | None:
    """The chain of a node. It is None for a constant, and False for what has none."""
    if isinstance(node, sympy.Symbol):
        return _noted(node, Chain(), found)
    if not parts or all(part is None for part in parts):
        return None
    moving = [part for part in parts if part is not None]
    if isinstance(node, sympy.Pow) and isinstance(parts[0], Chain) and parts[1] is not None:
        _noted(("log", node.base), parts[0].then(arb.log, lambda value, _: value.exp(), LOGARITHM), found)
    if len(moving) > 1 or not isinstance(moving[0], Chain):
        return False
    with suppress(TouchError, UnsureError, _NoStepError):
        for key, chain in _steps(node, parts, moving[0]):
            _noted(key, chain, found)
        return found.get(node, False)
    return False


def _noted(key: Any, chain: Chain, found: dict[Any, Chain]) -> Chain:
    if len(found) >= MAX_CHAINS and key not in found:
        raise _TooManyError
    return found.setdefault(key, chain)


class _NoStepError(Exception):
    pass


def _steps(node: Any, parts: Sequence[Any], inner: Chain) -> Iterator[tuple[Any, Chain]]:
    """The chains that a node adds to that of its operand, with keys: its own, and those of related functions."""
    place = next(place for place, part in enumerate(parts) if part is not None)
    is_exponent = isinstance(node, sympy.Pow) and place
    if (
        isinstance(node, sympy.Add | sympy.Mul | sympy.Pow)
        and inner.kind not in (ALGEBRAIC, SCALED)
        and not is_exponent
    ):
        raise _NoStepError  # what it is is no simpler than its operand
    if isinstance(node, sympy.Add | sympy.Mul):
        others = [each for where, each in enumerate(node.args) if where != place]
        yield node, _shifted(node, others, inner)
    elif isinstance(node, sympy.Pow):
        yield node, _power(node, place, inner)
    else:
        row, operand = row_of(node), node.args[place]
        name = row.name if row is not None else ""
        if name in WAVES:
            for wave, (forward, back) in WAVES.items():
                yield node if wave == name else (wave, operand), inner.then(forward, back, WAVE)
        elif name in EXPONENTIALS:
            yield ("exp", operand), inner.then(arb.exp, lambda value, _: value.log(), EXPONENTIAL)
        elif name == "log" and len(node.args) == 1:
            yield node, inner.then(arb.log, lambda value, _: value.exp(), LOGARITHM)
        else:
            raise _NoStepError


EXPONENTIALS = ("exp", "expm1", "sinh", "cosh", "tanh", "sech", "csch", "coth", "sigmoid", "softplus")
"""Functions of e to their argument."""


def _shifted(node: Any, others: Sequence[Tree], inner: Chain) -> Chain:
    """A constant more, or times a constant."""
    rest = others[0] if len(others) == 1 else made(node.func, others)
    where = coordinate(rest)
    ball = ball_of(where, CONSTANT_BITS)
    if isinstance(node, sympy.Add):
        minus = rational(-where) if isinstance(where, fmpq) else atom(rest).times(fmpq(-1))
        kind = inner.kind if isinstance(where, fmpq) else SCALED
        return inner.then(lambda x: x + ball, lambda value, _: value.plus(minus), kind)
    if isinstance(where, fmpq):
        return inner.then(lambda x: x * ball, lambda value, _: value.times(1 / where), inner.kind)
    return inner.then(lambda x: x * ball, lambda value, _: canonical(value.over(rest)), SCALED)


def _power(node: Any, place: int, inner: Chain) -> Chain:
    rest = node.args[1 - place]
    where = coordinate(rest)
    if place and rest == sympy.E:
        return inner.then(arb.exp, lambda value, _: value.log(), EXPONENTIAL)
    if place:
        base = rational(where) if isinstance(where, fmpq) else atom(rest)
        ball = ball_of(where, CONSTANT_BITS).log()
        return inner.then(lambda x: (x * ball).exp(), lambda value, _: _quotient(value.log(), base.log()), POWER)
    if not isinstance(where, fmpq) or where == 0:
        raise _NoStepError
    return inner.then(lambda x: x**where, lambda value, x: _root(value, where, x), inner.kind)


def _quotient(above: LinearForm, below: LinearForm) -> LinearForm:
    return above.over(below.tree) if below.terms else above.times(1 / below.constant)


def _root(value: LinearForm, exponent: fmpq, x: arb) -> LinearForm:
    """The number in a ball whose power is a value."""
    if x < 0:
        size = value if exponent.p % 2 == 0 else value.times(fmpq(-1))
        return _root(size, exponent, -x).times(fmpq(-1))
    size = value if exponent > 0 else value.reciprocal()
    if exponent.q != 1:
        size = size.raised(int(exponent.q))
    degree = abs(int(exponent.p))
    return size if degree == 1 else size.root(degree)


def _one_of(x: arb, starts: Sequence[LinearForm], turns: int) -> LinearForm | None:
    """The number in a ball that is one of some with whole multiples of so many times pi."""
    period = arb.pi() * turns
    for start in starts:
        count = only_whole((x - ball_of(coordinate(start.tree), CONSTANT_BITS)) / period)
        if count is not None:
            return start.plus(pi_times(fmpq(turns * count)))
    return None


def _odd(name: str, value: LinearForm, is_negative: bool) -> LinearForm:
    """An odd function of a number."""
    return called(name, value.times(fmpq(-1))).times(fmpq(-1)) if is_negative else called(name, value)


def _from_sine(value: LinearForm, x: arb) -> LinearForm | None:
    arc = _odd("asin", value, bool(x.sin() < 0))
    return _one_of(x, [arc, HALF_TURN.plus(arc.times(fmpq(-1)))], 2)


def _from_cosine(value: LinearForm, x: arb) -> LinearForm | None:
    arc = called("acos", value.times(fmpq(-1)) if x.cos() < 0 else value)
    arc = HALF_TURN.plus(arc.times(fmpq(-1))) if x.cos() < 0 else arc
    return _one_of(x, [arc, arc.times(fmpq(-1))], 2)


def _from_tangent(value: LinearForm, x: arb) -> LinearForm | None:
    return _one_of(x, [_odd("atan", value, bool(x.tan() < 0))], 1)


HALF_TURN = pi_times(fmpq(1))

WAVES: dict[str, tuple[Forward, Back]] = {
    "sin": (arb.sin, _from_sine),
    "cos": (arb.cos, _from_cosine),
    "tan": (arb.tan, _from_tangent),
}
