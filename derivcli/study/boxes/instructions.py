"""Instructions on balls: what is computed, in order, for every box; what does not depend on the box only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import add, itemgetter, mul
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError

Register: TypeAlias = int
Instruction: TypeAlias = "tuple[Callable[..., Any], Any, int]"
"""A function, and two columns of operands."""

WIDE_BITS = 4
"""Of a ball with fewer bits than these the ends are squared, since the square of the whole is much wider."""

PACKED, ALONE, NULLARY = -1, -2, -3
"""Instead of a second operand: operands come as one list, there is no second one, or none at all."""


class UnsureBoxError(UnsureError):
    """The box is too wide to tell. `bits` has a bit for each variable of the operation at fault."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits


@dataclass(frozen=True, slots=True)
class Row:
    """An instruction and the registers of its operands. One that `fails` somewhere is never left out.

    `packed` is set where the function takes its operands as one sequence.
    """

    function: Callable[..., Any]
    operands: tuple[Register, ...]
    bits: int
    fails: bool
    moves: bool
    packed: bool = False


class Listing:
    """Instructions in the making. Equal ones are one."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.bits = 0
        self.rows: list[Row | None] = [None] * inputs
        self.known: dict[Any, Register] = {}
        self.one = self.constant(_one)

    def constant(self, find: Callable[[], arb]) -> Register:
        """A number that does not depend on the box."""
        key = (getattr(find, "func", find), *map(_hashed, getattr(find, "args", ())))
        return self.added(key, Row(find, (), 0, False, False))

    def emit(self, function: Callable[..., Any], *operands: Register, fails: bool = False) -> Register:
        """A function of registers."""
        moves = any(self.moves(each) for each in operands)
        return self.added((function, *operands), Row(function, operands, self.bits, fails and moves, moves))

    def emit_of(self, function: Callable[..., Any], operands: Sequence[Register], fails: bool = True) -> Register:
        """A function of a sequence of registers."""
        moves = any(self.moves(each) for each in operands)
        return self.added(len(self.rows), Row(function, tuple(operands), self.bits, fails, moves or fails, packed=True))

    def emit_over_all(self, function: Callable[..., Any]) -> Register:
        """A function of the box."""
        return self.emit_of(function, range(self.inputs))

    def added(self, key: Any, row: Row) -> Register:
        """The register of an instruction, the same one for equal keys."""
        place = self.known.get(key)
        if place is None:
            place = self.known[key] = len(self.rows)
            self.rows.append(row)
        return place

    def moves(self, register: Register) -> bool:
        """Whether a register depends on the box."""
        row = self.rows[register]
        return row is None or row.moves

    def product(self, one: Register, other: Register) -> Register:
        """The product of two registers."""
        if one == self.one or other == self.one:
            return other if one == self.one else one
        return self.emit(mul, *sorted((one, other)))

    def times(self, one: Register | None, other: Register | None) -> Register | None:
        """The product of two registers, None where one of them is None."""
        return None if one is None or other is None else self.product(one, other)

    def plus(self, one: Register | None, other: Register | None) -> Register | None:
        """The sum of two registers, None where both of them are None."""
        if one is None or other is None:
            return other if one is None else one
        return self.emit(add, *sorted((one, other)))

    def scaled(self, factor: int | fmpq, register: Register) -> Register:
        """A multiple of a register."""
        return register if factor == 1 else self.product(self.constant(_Rational(fmpq(factor))), register)

    def code(self, wanted: Sequence[Register | None]) -> Code:
        """The instructions that are needed for some registers."""
        needed = {each for each in wanted if each is not None}
        for place in range(len(self.rows) - 1, -1, -1):
            row = self.rows[place]
            if row is not None and (row.fails or place in needed):
                needed.add(place)
                needed.update(row.operands)
        order = sorted(needed - set(range(self.inputs)), key=lambda place: (self.moves(place), place))
        places = {place: place for place in range(self.inputs)}
        places |= {place: self.inputs + number for number, place in enumerate(order)}
        fixed: list[Instruction] = []
        moving: list[Instruction] = []
        bits: list[int] = []
        for place in order:
            row = self.rows[place]
            assert row is not None, "inputs need no instruction"
            (moving if row.moves else fixed).append(
                (row.function, *_operands([places[each] for each in row.operands], row))
            )
            if row.moves:
                bits.append(row.bits)
        return Code(self.inputs, fixed, moving, bits, [-1 if each is None else places[each] for each in wanted])


def _operands(places: list[int], row: Row) -> tuple[Any, int]:
    """The two columns of an instruction's operands."""
    if row.packed:
        return places, PACKED
    if not places:
        return 0, NULLARY
    return (places[0], places[1]) if len(places) == 2 else (places[0], ALONE)


@dataclass(frozen=True, slots=True)
class Code:
    """Instructions for boxes: a function and two columns of operands for each, `fixed` ones and those of the box."""

    inputs: int
    fixed: Sequence[Instruction]
    moving: Sequence[Instruction]
    bits: Sequence[int]
    wanted: Sequence[int]
    constants: dict[int, list[Any]] = field(default_factory=dict)

    def run(self, box: Sequence[arb]) -> list[Any]:
        """The registers that are wanted, over a box. One that is None in structure is 0."""
        known = self.constants.get(ctx.prec)
        if known is None:
            known = self.constants[ctx.prec] = _executed(self.fixed, [None] * self.inputs, ())[self.inputs :]
        registers = _executed(self.moving, [*box, *known], self.bits)
        return [_ZERO if each < 0 else registers[each] for each in self.wanted]


def _executed(rows: Sequence[Instruction], registers: list[Any], bits: Sequence[int]) -> list[Any]:
    """The registers after some instructions. `bits` are those of each one's variables."""
    append, start = registers.append, len(registers)
    try:
        for function, one, other in rows:
            if other >= 0:
                append(function(registers[one], registers[other]))
            elif other == ALONE:
                append(function(registers[one]))
            else:
                append(function([registers[each] for each in one]) if other == PACKED else function())
    except (NoValueError, UnsureBoxError):
        raise
    except (UnsureError, TouchError, ValueError, ZeroDivisionError, KeyError):
        raise UnsureBoxError(bits[len(registers) - start] if bits else 0) from None
    return registers


@cache
def pick(place: int) -> Callable[[Any], Any]:
    """What takes one of several results."""
    return itemgetter(place)


_ZERO, _ONE_BALL = arb(0), arb(1)
_SIZES = arb(0, 1)


def _one() -> arb:
    return _ONE_BALL


class _Rational:
    """What makes a rational number a ball."""

    __slots__ = ("args", "func")

    def __init__(self, number: fmpq) -> None:
        self.func, self.args = _Rational, (number,)

    def __call__(self) -> arb:
        return arb(self.args[0])


def _hashed(value: Any) -> Any:
    return (value.p, value.q) if isinstance(value, fmpq) else id(value)


def square(value: arb) -> arb:
    """The square of all numbers of a ball; none of them is far below 0."""
    if value.contains(_ZERO):
        most = value.abs_upper()
        return (most * most).union(_ZERO)
    if value.rel_accuracy_bits() > WIDE_BITS:
        return value * value
    least, most = value.abs_lower(), value.abs_upper()
    return (least * least).union(most * most)


def inverse(value: arb) -> arb:
    """1/u."""
    if value.contains(_ZERO):
        raise UnsureError
    return 1 / value


def root_of(value: arb) -> arb:
    """The square root of a positive number."""
    if value > 0:
        return value.sqrt()
    raise NoValueError if value < 0 else UnsureError


def log_of(value: arb) -> arb:
    """The logarithm of a positive number."""
    if value > 0:
        return value.log()
    raise NoValueError if value < 0 else UnsureError


def size_of(value: arb) -> arb:
    """|u|."""
    return value.abs_upper().union(_ZERO) if value.contains(_ZERO) else abs(value)


def slope_of_size(value: arb) -> arb:
    """The slope of |u| or, where u may be 0, all between its slopes on both sides."""
    return arb(1) if value > 0 else arb(-1) if value < 0 else _SIZES


def sign_of(value: arb) -> arb:
    """The sign of u, which is not 0."""
    if value.contains(_ZERO):
        raise UnsureError
    return arb(1) if value > 0 else arb(-1)
