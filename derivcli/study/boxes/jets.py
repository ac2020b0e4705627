"""Jets: a tape's value, gradient and Hessian, each enclosed for all points of a box at once.

A tape is differentiated once, by the chain rule, into a list of instructions on balls; each box runs through it. Rules
of their own have only the operations that formulas are mostly made of. For all others the ball rules give the power
series along each operand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, NamedTuple, TypeAlias

from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.evaluation import ball_of
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import Tape, TapeNode, moving
from derivcli.study.boxes.instructions import (
    Code,
    Listing,
    Register,
    inverse,
    log_of,
    pick,
    root_of,
    sign_of,
    size_of,
    slope_of_size,
    square,
)

Box: TypeAlias = Sequence[arb]
"""A ball for each variable that moves."""

MAX_WHOLE_POWER = 64
"""Whole powers up to this one are products; greater ones go by the ball rules."""


class Jet(NamedTuple):
    """A value, its gradient, and its second derivatives in the order of `pairs`, as far as the order asked for goes.

    None stands for a derivative that is 0 since the formula does not depend on a variable.
    """

    value: Any
    slopes: Sequence[Any] = ()
    curvatures: Sequence[Any] = ()


@cache
def pairs(count: int) -> tuple[tuple[int, int], ...]:
    """The second derivatives of a function of so many variables."""
    return tuple((row, column) for row in range(count) for column in range(row, count))


@cache
def pair_places(count: int) -> dict[tuple[int, int], int]:
    """Where each second derivative stands among them, in both orders of its variables."""
    found = {}
    for place, (row, column) in enumerate(pairs(count)):
        found[row, column] = found[column, row] = place
    return found


@dataclass(slots=True, eq=False)
class Jets:
    """A tape whose variables `free` move over boxes, while all others stay at a point."""

    tape: Tape
    free: tuple[str, ...]
    fixed: Mapping[str, Coordinate] = field(default_factory=dict)
    codes: dict[int, Code] = field(default_factory=dict)

    def at(self, box: Box, order: int) -> Sequence[arb]:
        """The value or, of order 1, the gradient or, of order 2, the gradient and the second derivatives over a box.

        Raises NoValueError where the formula has a real value nowhere in the box, and UnsureBoxError where it may have
        no such derivative at a point of it.
        """
        code = self.codes.get(order)
        if code is None:
            differentiated = _Differentiated(self.tape, self.free, self.fixed, order)
            jet = differentiated.block(self.tape.order)
            wanted = [jet.value] if order == 0 else [*jet.slopes, *jet.curvatures]
            code = self.codes[order] = differentiated.listing.code(wanted)
        return code.run(box)

    def system(self, box: Box) -> tuple[Sequence[arb], Sequence[Sequence[arb]]]:
        """The gradient and the Hessian over a box."""
        found, count = self.at(box, 2), len(self.free)
        places = pair_places(count)
        return found[:count], [[found[count + places[row, column]] for column in range(count)] for row in range(count)]


class _Differentiated:
    """The instructions of a tape's nodes and of their derivatives."""

    def __init__(self, tape: Tape, free: tuple[str, ...], fixed: Mapping[str, Coordinate], order: int) -> None:
        self.tape, self.free, self.fixed, self.order = tape, free, fixed, order
        self.bits, self.places = moving(tape, free), [tape.variables.index(name) for name in free]
        self.listing = Listing(len(free))
        self.jets: dict[int, Jet] = {}
        self.constant_only: Sequence[Register | None] = [None] * len(free)
        self.flat: Sequence[Register | None] = [None] * len(pairs(len(free)))

    def block(self, numbers: Sequence[int]) -> Jet:
        """The jet of the last of some nodes."""
        for number in numbers:
            if number not in self.jets:
                node = self.tape.nodes[number]
                self.listing.bits = sum(1 << place for place, bit in enumerate(self.places) if node.varies >> bit & 1)
                self.jets[number] = self.made(number, node)
        return self.jets[numbers[-1]]

    def made(self, number: int, node: TapeNode) -> Jet:
        operation = node.operation
        if operation == "choice":
            return self.choice(node)
        if operation == "variable":
            return self.variable(self.tape.variables[node.data])
        if operation == "number":
            return self.constant(partial(_number, node.data))
        parts = [self.jets[part] for part in node.parts]
        rule = RULES.get(operation) if node.varies & self.bits else None
        jet = None if rule is None else rule(self, node, parts)
        return self.general(number, node, parts) if jet is None else jet

    def variable(self, name: str) -> Jet:
        if name not in self.free:
            return self.constant(partial(_coordinate, self.fixed[name]))
        place = self.free.index(name)
        slopes = [self.listing.one if each == place else None for each in range(len(self.free))]
        return Jet(place, slopes if self.order else (), self.flat if self.order > 1 else ())

    def constant(self, find: Callable[[], arb]) -> Jet:
        return self.flat_jet(self.listing.constant(find))

    def flat_jet(self, value: Register) -> Jet:
        return Jet(value, self.constant_only if self.order else (), self.flat if self.order > 1 else ())

    def chained(
        self,
        value: Register,
        jets: Sequence[Jet],
        first: Sequence[Register | None],
        second: Mapping[tuple[int, int], Register],
    ) -> Jet:
        """The chain rule, from the partial derivatives of an operation by its operands."""
        if not self.order:
            return Jet(value)
        times, plus = self.listing.times, self.listing.plus
        slopes, curvatures = [*self.constant_only], [*self.flat] if self.order > 1 else []
        for slope, jet in zip(first, jets, strict=True):
            slopes = [plus(total, times(slope, inner)) for total, inner in zip(slopes, jet.slopes, strict=True)]
            curvatures = [
                plus(all_, times(slope, inner)) for all_, inner in zip(curvatures, jet.curvatures, strict=True)
            ]
        if self.order > 1:
            for (one, other), factor in second.items():
                for place, product in enumerate(self.outer(jets[one].slopes, jets[other].slopes, one == other)):
                    curvatures[place] = plus(curvatures[place], times(factor, product))
        return Jet(value, slopes, curvatures)

    def outer(self, one: Any, other: Any, same: bool) -> list[Register | None]:
        """The products a_i a_j of a gradient with itself, and a_i b_j + a_j b_i with another."""
        times, found = self.listing.times, []
        for row, column in pairs(len(one)):
            if same and row == column:
                found.append(None if one[row] is None else self.listing.emit(square, one[row]))
            else:
                product = times(one[row], other[column])
                found.append(product if same else self.listing.plus(product, times(one[column], other[row])))
        return found

    def choice(self, node: TapeNode) -> Jet:
        """The first branch whose condition holds on the whole box, each with instructions of its own."""
        branches = []
        for branch in node.data:
            condition, value = (_Differentiated(self.tape, self.free, self.fixed, order) for order in (0, self.order))
            holds, jet = condition.block(branch.condition), value.block(branch.value)
            wanted = [jet.value, *jet.slopes, *jet.curvatures]
            branches.append((condition.listing.code([holds.value]), value.listing.code(wanted)))
        made = self.listing.emit_over_all(partial(_chosen, branches, len(self.free)))
        values = [self.listing.emit(pick(place), made) for place in range(1 + len(self.free) + len(self.flat))]
        count = len(self.free)
        return Jet(
            values[0], values[1 : 1 + count] if self.order else (), values[1 + count :] if self.order > 1 else ()
        )

    def general(self, number: int, node: TapeNode, parts: Sequence[Jet]) -> Jet:
        """An operation by the ball rules: its power series along each operand, and along each two of them."""
        moves = [bool(self.tape.nodes[part].varies & self.bits) for part in node.parts]
        order = self.order if any(moves) and node.operation not in CONDITIONS else 0
        rule = partial(self.partials, node, moves, order)
        if not any(moves) and node.operation not in CONDITIONS:
            exact = Constants(self.tape, self.fixed, 192).of(number)
            if exact is not None and exact.rational is not None:  # such as sin(pi), which no ball tells from 0
                return self.constant(partial(_number, exact.rational))
            return self.flat_jet(self.listing.emit_of(rule, [part.value for part in parts], fails=False))
        made = self.listing.emit_of(rule, [part.value for part in parts])
        if node.operation in CONDITIONS:
            return Jet(made)
        taken = [part for part, moved in zip(parts, moves, strict=True) if moved]
        value, *rest = (
            self.listing.emit(pick(place), made) for place in range(1 + len(taken) + len(pairs(len(taken))))
        )
        first, second = rest[: len(taken)], rest[len(taken) :]
        return self.chained(
            value,
            taken,
            first if order else (None,) * len(taken),
            dict(zip(pairs(len(taken)), second, strict=True)) if order > 1 else {},
        )

    def partials(self, node: TapeNode, moves: Sequence[bool], order: int, values: Sequence[Any]) -> Any:
        """The value of an operation, and its first and second partial derivatives by the operands that move."""
        places = [place for place, moved in enumerate(moves) if moved]
        if not order:
            made = self.series(node, values, (), 0)
            return made if node.operation in CONDITIONS or not places else (made[0],)
        alone = [self.series(node, values, (place,), order) for place in places]
        found = [alone[0][0], *(series[1] for series in alone)]
        if order > 1:
            for one, other in pairs(len(places)):
                if one == other:
                    found.append(2 * alone[one][2])
                else:
                    both = self.series(node, values, (places[one], places[other]), 2)
                    found.append(both[2] - alone[one][2] - alone[other][2])
        return found

    def series(self, node: TapeNode, values: Sequence[Any], along: Sequence[int], order: int) -> Any:
        """What the ball rule of a node gives where some operands move."""
        moves = node.varies & self.bits
        run = Run(self.tape, {}, order, ctx.prec)
        run.bits, run.at = (self.bits if order else 0), self.fixed
        run.constants = None if moves else Constants(self.tape, self.fixed, ctx.prec)
        ctx.cap = order + 1
        for place, (part, value) in enumerate(zip(node.parts, values, strict=True)):
            run.values[part] = arb_series([value, _ONE] if place in along else [value]) if type(value) is arb else value
        made = BALL_RULES[node.operation](run, node, [Number(run, part) for part in node.parts])
        if type(made) is not arb_series:
            return made
        if not all(made[place].is_finite() for place in range(order + 1)):
            raise UnsureError
        return made if moves else made[0]


def _chosen(branches: Sequence[tuple[Code, Code]], count: int, box: Box) -> Sequence[Any]:
    """The values of the first branch whose condition holds."""
    for condition, value in branches:
        if condition.run(box)[0]:
            return value.run(box)
    raise NoValueError


def _number(number: fmpq) -> arb:
    return arb(number)


def _coordinate(value: Coordinate) -> arb:
    return ball_of(value, ctx.prec)


_ONE = arb(1)


def _add(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    plus, total = made.listing.plus, parts[0]
    for part in parts[1:]:
        value, slopes, curvatures = (
            [plus(a, b) for a, b in zip(one, other, strict=True)]
            for one, other in zip(_rows(total), _rows(part), strict=True)
        )
        total = Jet(value[0], slopes, curvatures)
    return total


def _rows(jet: Jet) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    return [jet.value], jet.slopes, jet.curvatures


def _multiply(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    total = parts[0]
    for part in parts[1:]:
        value = made.listing.times(total.value, part.value)
        assert value is not None, "values are no zeros of structure"
        total = made.chained(value, (total, part), (part.value, total.value), {(0, 1): made.listing.one})
    return total


def _whole(made: _Differentiated, base: Register, exponent: int) -> Register:
    """A whole power."""
    if exponent < 0:
        return _whole(made, made.listing.emit(inverse, base, fails=True), -exponent)
    if exponent < 2:
        return base if exponent else made.listing.one
    half = made.listing.emit(square, _whole(made, base, exponent // 2))
    return made.listing.product(half, base) if exponent % 2 else half


def _power(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet | None:
    """A whole power or a square root of a base; none for others."""
    exponent = made.tape.nodes[node.parts[1]]
    if exponent.operation != "number":
        return None
    if exponent.data == fmpq(1, 2):
        return _root(made, node, parts[:1])
    if exponent.data.q != 1 or abs(exponent.data.p) > MAX_WHOLE_POWER:
        return None
    base, power, scaled = parts[0].value, int(exponent.data.p), made.listing.scaled
    first = scaled(power, _whole(made, base, power - 1)) if power else None
    second = scaled(power * (power - 1), _whole(made, base, power - 2)) if power not in (0, 1) else None
    value = _whole(made, base, power)
    return made.chained(value, parts[:1], (first,), {} if second is None else {(0, 0): second})


def _root(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    emit, scaled = made.listing.emit, made.listing.scaled
    root = emit(root_of, parts[0].value, fails=True)
    first = scaled(fmpq(1, 2), emit(inverse, root, fails=True))
    second = scaled(fmpq(-1, 2), made.listing.product(first, emit(inverse, parts[0].value, fails=True)))
    return made.chained(root, parts, (first,), {(0, 0): second})


def _log(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    emit = made.listing.emit
    value = emit(log_of, parts[0].value, fails=True)
    first = emit(inverse, parts[0].value, fails=True)
    return made.chained(value, parts, (first,), {(0, 0): made.listing.scaled(-1, emit(square, first))})


def _circle(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    both = made.listing.emit(arb.sin_cos, parts[0].value)
    sine, cosine = (made.listing.emit(pick(place), both) for place in (0, 1))
    value, first = (sine, cosine) if node.operation == "sin" else (cosine, made.listing.scaled(-1, sine))
    return made.chained(value, parts, (first,), {(0, 0): made.listing.scaled(-1, value)})


def _exp(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    value = made.listing.emit(arb.exp, parts[0].value)
    return made.chained(value, parts, (value,), {(0, 0): value})


def _size(made: _Differentiated, node: TapeNode, parts: list[Jet]) -> Jet:
    """|u|. Its slope, where u may be 0 and no second derivative is asked, is any number between those on both sides."""
    value = made.listing.emit(size_of, parts[0].value)
    slope = made.listing.emit(sign_of if made.order > 1 else slope_of_size, parts[0].value, fails=True)
    return made.chained(value, parts, (slope,), {})


RULES: dict[str, Callable[[_Differentiated, TapeNode, list[Jet]], Jet | None]] = {
    "add": _add,
    "multiply": _multiply,
    "power": _power,
    "sin": _circle,
    "cos": _circle,
    "exp": _exp,
    "log": _log,
    "abs": _size,
}
"""Operations with a rule of their own, which gives None where the general one does better."""

CONDITIONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "true", "false"})
"""Operations whose value is true or false."""
