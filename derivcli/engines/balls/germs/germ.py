"""A germ: what a function of t does for t > 0 near 0, as a generalized power series.

    sum of c t^e log(t)^k  +  O(t^limit),    with rational e and exact constants c,

where O(t^limit) is less than every lower power of t. A germ that is smaller than every power of t, such as
exp(-1/t), is `flat`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant

Exponent: TypeAlias = int | Fraction
"""Whole numbers stay whole, since they are looked up a thousand times."""

TermExponents: TypeAlias = tuple[Exponent, int]
"""The exponents of t and, negated, of log(t): the lower, the larger the term."""

CONSTANT_TERM: TermExponents = (0, 0)
"""The place of the term without t."""

BRANCH_CUT = "branch cut"
"""Stands among decisions for a root or a logarithm of what is 0 or infinite at the point, or an exponential of that."""

OSCILLATION = "oscillation"
"""Stands among decisions for a wave or step that runs on without end: what is left out is bounded and not smooth."""

UNKNOWN_SIGN = 2
"""Stands for the sign of a flat germ that is not known."""


class ShortError(UnsureError):
    """The terms that are known do not tell. More terms might."""


class NoGermError(Exception):
    """The function has no germ of this kind, or none that is known here."""


@dataclass(frozen=True, slots=True, eq=False)
class Germ:
    """A function beside a point: its terms, up to where they are known (None: all are), and the sign of a flat part."""

    terms: dict[TermExponents, ExactConstant]
    limit: Exponent | None = None
    flat: int = 0

    @property
    def is_constant(self) -> bool:
        """Whether it is a number for all t."""
        return self.limit is None and not self.flat and all(place == CONSTANT_TERM for place in self.terms)

    @property
    def is_zero(self) -> bool:
        """Whether it is 0 for all t."""
        return self.is_constant and not self.terms

    def reflected(self) -> Germ | None:
        """What a meromorphic function does for t < 0, as a germ in -t. It is None where it is not one."""
        if self.flat or any(logs or exponent.denominator != 1 for exponent, logs in self.terms):
            return None
        terms = {place: each.negative() if place[0] % 2 else each for place, each in self.terms.items()}
        return Germ(terms, self.limit)

    def low(self) -> Exponent | None:
        """The lowest exponent of t that it may have. It is None where it has none."""
        exponents = [exponent for exponent, _ in self.terms]
        return min([*exponents, *([] if self.limit is None else [self.limit])], default=None)


def exponent_of(number: fmpq) -> Exponent:
    """A rational number as an exponent."""
    return int(number.p) if number.q == 1 else Fraction(int(number.p), int(number.q))


def rational(exponent: Exponent) -> fmpq:
    """An exponent as a rational number."""
    return fmpq(exponent.numerator, exponent.denominator)
