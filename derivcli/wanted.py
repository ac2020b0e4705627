"""Which derivatives are asked for: from names and options to partials, and which engine computes them."""

from __future__ import annotations

import math
import numbers
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, TypeAlias

from derivcli.errors import DerivError, Span
from derivcli.language.function import Functions
from derivcli.result import ALONG, ENGINES, NESTED, NESTED_BY_DEFAULT, ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.grid import Points

Formula: TypeAlias = "str | float | Fraction | Decimal | Expression"
"""What a formula is given as: a text, a number, or what was parsed."""

COEFFICIENTS = 10_000
"""The most Taylor coefficients that a mixed derivative may need: the product of its orders plus one."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the user gives names to: formulas as texts, each of which may use those before it, and functions."""

    formulas: Mapping[str, str] = field(default_factory=dict)
    functions: Functions = field(default_factory=dict)


NOTHING = Named()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The derivatives that are asked for: of some order in each variable, or what one of the others says.

    `wrt` are the variables to differentiate by, all of them if None; `mixed` are partials written out; `along` is a
    vector as one point; `hessian` asks for all of order two; `dependent` is the variable that an equation makes
    a function of the others; `series` is the degree of a Taylor polynomial; `engine` is one of ENGINES, and ""
    leaves it to the order.
    """

    wrt: Sequence[str] | None = None
    order: int = 1
    mixed: Sequence[Partial] = ()
    along: Points | None = None
    hessian: bool = False
    dependent: str = ""
    series: int | None = None
    engine: str = ""

    def __post_init__(self) -> None:
        if operator.index(self.order) not in ORDERS:
            hint = f"choose one from {ORDERS[0]} to {ORDERS[-1]}"
            raise DerivError(f"derivatives of order {self.order} are not computed", hint=hint)
        if self.series is not None and self.series not in range(ORDERS[-1] + 1):
            hint = f"choose one from 0 to {ORDERS[-1]}"
            raise DerivError(f"a Taylor polynomial of degree {self.series} is not computed", hint=hint)
        if self.engine not in ("", *ENGINES):
            raise DerivError(f"'{self.engine}' is no engine", hint=f"choose {' or '.join(ENGINES)}")
        if self.engine not in ("", "taylor") and self.series is not None:
            raise DerivError("a series comes from Taylor arithmetic", hint=f"leave out --engine {self.engine}")
        self._check_company()
        if self.along is not None and self.along.count > 1:
            raise DerivError("a direction is one vector", hint="write it like --along u=1,v=2")
        if self.along is not None and not any(values.any() for values in self.along.at.values()):
            raise DerivError("a direction has a component that is not 0", hint="write it like --along u=1,v=2")

    def _check_company(self) -> None:
        """Refuse options that contradict each other."""
        given = {
            "order": self.order > 1,
            "wrt": self.wrt is not None,
            "mixed": bool(self.mixed),
            "along": self.along is not None,
            "hessian": self.hessian,
            "implicit": bool(self.dependent),
            "series": self.series is not None,
        }
        for one, others in APART.items():
            for other in others:
                if given[one] and given[other]:
                    raise DerivError(f"--{one} and --{other} do not go together", hint="leave out one of the two")

    @property
    def names(self) -> set[str]:
        """Every variable that is named."""
        named = {*(self.wrt or ()), *(self.along.at if self.along else ()), self.dependent} - {""}
        return named | {name for partial in self.mixed for name in partial}

    @property
    def layout(self) -> str:
        """How the derivatives are laid out, as in a `Result`."""
        return "hessian" if self.hessian else "columns"

    def by(self, variables: Sequence[str]) -> list[str]:
        """The variables to differentiate by, of those that there are."""
        if self.along is not None:
            return list(self.along.at)
        if self.mixed:
            return list(dict.fromkeys(name for partial in self.mixed for name in partial))
        return list(self.wrt or (name for name in variables if name != self.dependent))

    def partials(self, variables: Sequence[str]) -> list[Partial]:
        """The derivatives, of the variables that there are."""
        if self.along is not None:
            return [(ALONG,) * self.order]
        if self.mixed:
            return list(dict.fromkeys(self.mixed))
        if self.hessian:
            return list(combinations_with_replacement(self.by(variables), 2))
        return [(name,) * self.order for name in self.by(variables)]

    def engine_for(self, partials: Sequence[Partial]) -> str:
        """The engine that computes the partials: nested backward passes where there are few."""
        highest = max(map(len, partials), default=1)
        if self.engine == ENGINES[0] and highest not in NESTED:
            message = f"nested backward passes of order {highest} would take too long"
            raise DerivError(message, hint=f"leave out --engine reverse, which goes to {NESTED[-1]}")
        if self.engine == "compiled" and highest not in NESTED_BY_DEFAULT:
            message = f"nested backward passes of order {highest} are not compiled"
            raise DerivError(message, hint=f"leave out --engine compiled, which goes to {NESTED_BY_DEFAULT[-1]}")
        for partial in partials:
            if math.prod(count + 1 for count in Counter(partial).values()) > COEFFICIENTS:
                message = f"the derivative in {','.join(partial)} needs too many Taylor coefficients"
                raise DerivError(message, hint=f"at most {COEFFICIENTS:,} are computed")
        return self.engine or ENGINES[highest not in NESTED_BY_DEFAULT]


APART = {
    "mixed": ("order", "wrt", "along", "hessian"),
    "along": ("wrt", "hessian", "implicit"),
    "hessian": ("order",),
    "series": ("order", "mixed", "along", "hessian", "implicit"),
}
"""Options that ask for different things."""


def names_of(names: str | Iterable[str], option: str) -> list[str]:
    """Names as a text "u,v" or one by one, in one spelling; `option` shows how to write them."""
    from derivcli.language.tokens import canonical_name, is_name

    parts = names.split(",") if isinstance(names, str) else list(names)
    source, start = ",".join(parts), 0
    for part in parts:
        name = part.strip()
        if not is_name(name):
            place = start + len(part) - len(part.lstrip())
            message = f"'{name}' is no name of a variable" if name else "the name of a variable is missing"
            span = Span(place, place + max(1, len(name)))
            raise DerivError(message, source, span, f"write it like {option}")
        start += len(part) + 1
    return [canonical_name(part.strip()) for part in parts]


def wrt_of(names: str | Sequence[str] | None) -> list[str] | None:
    """The names to differentiate by, each once."""
    return None if names is None else list(dict.fromkeys(names_of(names, "--wrt u,v")))


def mixed_of(names: str | Sequence[str] | None) -> list[Partial]:
    """Partials from "x,x,y", from ["x", "x", "y"], or from several of these."""
    if names is None:
        return []
    if not isinstance(names, str) and any("," in name or not isinstance(name, str) for name in names):
        return [partial for text in names for partial in mixed_of(text)]
    found = tuple(names_of(names, "--mixed x,x,y"))
    if len(found) not in ORDERS:
        raise DerivError(f"derivatives of order {len(found)} are not computed", hint=f"at most {ORDERS[-1]} are")
    return [found]


def text_in(formula: Formula, what: str = "an expression") -> str | Expression:
    """What Python gives for a formula: its text, that of a number, or what was parsed; else raises TypeError."""
    from derivcli.language.expression import Expression

    if isinstance(formula, str | Expression):
        return formula
    if isinstance(formula, numbers.Integral | Fraction | Decimal) and not isinstance(formula, bool):
        return str(formula)
    if isinstance(formula, numbers.Real) and not isinstance(formula, bool):
        return repr(float(formula))
    raise TypeError(f"{what} is a text, a number or what parse returns, not {type(formula).__name__}")
