"""The complex interpretation of a tape, for integrals: series in h whose coefficients are balls around complex numbers.

FLINT's quadrature encloses an integral where it knows that the integrand is analytic on a disk, and takes a bound of
its values where it does not need that. So a rule gives no number, which is nan, where the function may have a pole or
a cut, or where it is not the real function of the language on the real line. Where a step has a kink or a jump it is
one of its pieces beside it; over the kink itself it is bounded, if nobody asks for an analytic function, and has no
derivative in h that integrals could be made of but the first of a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any, TypeAlias

from flint import acb, acb_series, arb, ctx, fmpq

from derivcli.engines.balls.tape import Tape, TapeNode

ComplexSeries: TypeAlias = acb_series


class UnknownError(Exception):
    """Nothing is known of the integrand here."""


@dataclass(slots=True, eq=False)
class Piece:
    """One evaluation of an integrand: the order in h, whether it has to be analytic, and what is known to be exact."""

    tape: Tape
    order: int
    analytic: bool
    exact: Callable[[int], fmpq | None]
    values: dict[int, Any]

    def value(self, numbers: Sequence[int]) -> Any:
        """The value of the last of some nodes, after all of them."""
        for number in numbers:
            if number not in self.values:
                self.values[number] = self.node(self.tape.nodes[number])
        return self.values[numbers[-1]]

    def node(self, node: TapeNode) -> Any:
        """The value of a node whose operands have theirs."""
        if node.operation == "choice":
            return self.choice(node)
        if node.operation == "number":
            return acb_series([acb(node.data)])
        rule = COMPLEX_RULES.get(node.operation)
        if rule is None:
            raise UnknownError
        return rule(self, node, [self.values[part] for part in node.parts])

    def choice(self, node: TapeNode) -> ComplexSeries:
        """The branch that is taken, or a bound of all that may be."""
        found: list[ComplexSeries] = []
        for branch in node.data:
            holds = self.value(branch.condition)
            if holds is not False:
                found.append(self.value(branch.value))
            if holds is True:
                return found[0] if len(found) == 1 else self.joined(found)
        raise UnknownError

    def joined(self, pieces: Sequence[ComplexSeries]) -> ComplexSeries:
        """A bound of pieces that meet somewhere, at a place that does not depend on h."""
        if self.analytic:
            raise UnknownError
        return acb_series([reduce(acb.union, [each[n] for each in pieces]) for n in range(self.order + 1)])

    def moves(self, series: ComplexSeries) -> bool:
        """Whether a series depends on h."""
        return any(not series[n].is_zero() for n in range(1, self.order + 1))

    def side(self, series: ComplexSeries) -> int | None:
        """On which side of 0 a number lies; None where that is not known and does not depend on h."""
        place = series[0].real
        if place > 0:
            return 1
        if place < 0:
            return -1
        if not place.is_finite() or self.analytic or self.moves(series):
            raise UnknownError
        return None

    def positive(self, series: ComplexSeries) -> ComplexSeries:
        """The series, where it lies in the right half of the plane: there the real function has no cut."""
        if not series[0].real > 0:
            raise UnknownError
        return series

    def real(self, series: ComplexSeries) -> arb:
        """The value of a series that is real."""
        if not series[0].imag.is_zero():
            raise UnknownError
        return series[0].real


Rule: TypeAlias = Callable[[Piece, TapeNode, list[Any]], Any]


def _plain(function: Callable[..., ComplexSeries]) -> Rule:
    """A function that is analytic but for poles, at which FLINT has no number."""
    return lambda piece, node, parts: function(*parts)


def _right(function: Callable[[ComplexSeries], ComplexSeries]) -> Rule:
    """A function of the right half of the plane."""
    return lambda piece, node, parts: function(piece.positive(parts[0]))


def _within(clear: Callable[[ComplexSeries], Sequence[ComplexSeries]], function: Callable[..., ComplexSeries]) -> Rule:
    """A function of x where what `clear` gives lies in the right half of the plane."""

    def rule(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
        return function(parts[0], *map(piece.positive, clear(parts[0])))

    return rule


def _power(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    """base**exponent over the real numbers."""
    base, exponent = parts
    if piece.tape.nodes[node.parts[0]].operation == "e":
        return exponent.exp()
    known = piece.exact(node.parts[1])
    if known is not None and known.q == 1:
        return _whole_power(base, int(known.p))
    if known is not None and known > 0 and not piece.analytic and not piece.moves(base):
        return _from_zero(piece, base, known)
    if known == fmpq(1, 2):
        return piece.positive(base).sqrt()
    return (exponent * piece.positive(base).log()).exp()


def _from_zero(piece: Piece, base: ComplexSeries, exponent: fmpq) -> ComplexSeries:
    """A fractional power of a real number that may be 0."""
    if base[0].real > 0:
        return (acb_series([acb(exponent)]) * base.log()).exp()
    size = piece.real(base)
    if not size.lower() >= 0:
        raise UnknownError
    top = size.upper() ** exponent
    return acb_series([acb(top / 2 + arb(0, (top / 2).upper()))])


def _whole_power(base: ComplexSeries, exponent: int) -> ComplexSeries:
    power = acb_series([acb(1)])
    size = abs(exponent)
    while size:
        if size & 1:
            power = power * base
        size >>= 1
        base = base * base if size else base
    return _inverse(power) if exponent < 0 else power


def _inverse(series: ComplexSeries) -> ComplexSeries:
    if series[0].contains(0):
        raise UnknownError
    return 1 / series


def _bent(piece: Piece, series: ComplexSeries, left: int, right: int) -> ComplexSeries:
    """left*x for x < 0, right*x for x > 0."""
    place = series[0].real
    if place > 0:
        return series * right
    if place < 0:
        return series * left
    if piece.analytic or (piece.order > 1 and piece.moves(series)):
        raise UnknownError
    real = piece.real(series)
    ends = [acb(each) for each in (left * real, right * real)]
    slopes = arb(left).union(arb(right))
    return acb_series([ends[0].union(ends[1]), *(series[n] * slopes for n in range(1, piece.order + 1))])


def _abs(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    return _bent(piece, parts[0], -1, 1)


def _relu(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    return _bent(piece, parts[0], 0, 1)


def _max(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    return reduce(lambda x, y: y + _bent(piece, x - y, 0, 1), parts)


def _min(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    return reduce(lambda x, y: y + _bent(piece, x - y, 1, 0), parts)


def _sign(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    side = piece.side(parts[0])
    return acb_series([acb(arb(0, 1)) if side is None else acb(side)])


def _floor(piece: Piece, node: TapeNode, parts: list[Any]) -> ComplexSeries:
    place = parts[0][0].real
    low, high = place.lower().floor(), place.upper().floor()
    if low.is_exact() and high.is_exact() and low == high and place > low:
        return acb_series([acb(low)])
    if not place.is_finite() or piece.analytic or piece.moves(parts[0]):
        raise UnknownError
    return acb_series([acb(low.union(high))])


def _compared(name: str) -> Rule:
    """Whether a comparison holds; None where it does at some places and not at others."""

    def rule(piece: Piece, node: TapeNode, parts: list[Any]) -> bool | None:
        side = piece.side(parts[0] - parts[1])
        if side is None:
            return None
        return {"<": side < 0, "<=": side < 0, ">": side > 0, ">=": side > 0, "==": False, "!=": True}[name]

    return rule


def _and(piece: Piece, node: TapeNode, parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _or(piece: Piece, node: TapeNode, parts: list[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _not(piece: Piece, node: TapeNode, parts: list[bool | None]) -> bool | None:
    return None if parts[0] is None else not parts[0]


def _exp_difference(x: ComplexSeries, sign: int) -> ComplexSeries:
    return (x.exp() + sign * (-x).exp()) / 2


COMPLEX_RULES: dict[str, Rule] = {
    "pi": _plain(lambda: acb_series([acb.pi()])),
    "e": _plain(lambda: acb_series([acb(arb.const_e())])),
    "add": _plain(lambda *x: reduce(add, x)),
    "multiply": _plain(lambda *x: reduce(mul, x)),
    "power": _power,
    "exp": _plain(acb_series.exp),
    "expm1": _plain(lambda x: x.exp() - 1),
    "log": _right(acb_series.log),
    "log2": _right(lambda x: x.log() / acb(arb.const_log2())),
    "log10": _right(lambda x: x.log() / acb(arb.const_log10())),
    "log1p": _within(lambda x: [1 + x], lambda x, y: y.log()),
    "sin": _plain(acb_series.sin),
    "cos": _plain(acb_series.cos),
    "tan": _plain(lambda x: x.sin() * _inverse(x.cos())),
    "sinh": _plain(lambda x: _exp_difference(x, -1)),
    "cosh": _plain(lambda x: _exp_difference(x, 1)),
    "tanh": _plain(lambda x: 1 - 2 * _inverse((2 * x).exp() + 1)),
    "sech": _plain(lambda x: _inverse(_exp_difference(x, 1))),
    "csch": _plain(lambda x: _inverse(_exp_difference(x, -1))),
    "coth": _plain(lambda x: _exp_difference(x, 1) * _inverse(_exp_difference(x, -1))),
    "asinh": _within(lambda x: [1 + x * x, x + (1 + x * x).sqrt()], lambda x, square, y: y.log()),
    "acosh": _within(lambda x: [x - 1], lambda x, y: (x + y.sqrt() * (x + 1).sqrt()).log()),
    "atanh": _within(lambda x: [1 + x, 1 - x], lambda x, one, other: (one.log() - other.log()) / 2),
    "asin": _within(lambda x: [1 + x, 1 - x], lambda x, one, other: (x * _inverse((one * other).sqrt())).atan()),
    "acos": _within(
        lambda x: [1 + x, 1 - x], lambda x, one, other: acb.pi() / 2 - (x * _inverse((one * other).sqrt())).atan()
    ),
    "atan": _within(lambda x: [1 + x * x], lambda x, square: x.atan()),
    "hypot": lambda piece, node, parts: piece.positive(parts[0] * parts[0] + parts[1] * parts[1]).sqrt(),
    "sigmoid": _plain(lambda x: _inverse(1 + (-x).exp())),
    "erf": _plain(acb_series.erf),
    "erfc": _plain(acb_series.erfc),
    "erfi": _plain(acb_series.erfi),
    "Si": _plain(acb_series.si),
    "Shi": _plain(acb_series.shi),
    "Ei": _right(acb_series.ei),
    "loggamma": _right(acb_series.lgamma),
    "gamma": _plain(acb_series.gamma),
    "abs": _abs,
    "relu": _relu,
    "max": _max,
    "min": _min,
    "sign": _sign,
    "floor": _floor,
    **{name: _compared(name) for name in ("<", "<=", ">", ">=", "==", "!=")},
    "and": _and,
    "or": _or,
    "not": _not,
    "true": lambda piece, node, parts: True,
    "false": lambda piece, node, parts: False,
}
"""The rule of every operation that integrals are proved of. Of others nothing is known."""


def integrand_values(
    tape: Tape, exact: Callable[[int], fmpq | None], inputs: Sequence[ComplexSeries], order: int, analytic: bool
) -> list[acb] | None:
    """The coefficients of an integrand's series in h, None where nothing is known of them."""
    values = {number: inputs[node.data] for number, node in tape.inputs()}
    before = ctx.cap
    ctx.cap = order + 1
    try:
        series = Piece(tape, order, analytic, exact, values).value(tape.order)
        found = [series[n] for n in range(order + 1)]
    except (UnknownError, ValueError, ArithmeticError):
        return None
    finally:
        ctx.cap = before
    return found if all(each.is_finite() for each in found) else None
