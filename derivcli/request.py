"""Which derivatives are asked for: from names and options to partials, and which engine computes them."""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, islice
from types import UnionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from derivcli.engines.engine_table import TAYLOR, engine_named
from derivcli.errors import ArgumentError, DerivError, Span
from derivcli.language.functions.row import Functions
from derivcli.result import ALONG, DTYPES, ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points

Formula: TypeAlias = "str | float | Fraction | Decimal | Expression"
"""What a formula is given as: a text, a number, or what was parsed."""

LONG = 1100
"""Bits of whole numbers a little longer than those that float64 reaches; longer ones are never written out."""

MANY = 10_000
"""The most names or formulas in a list."""


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
    a function of the others; `series` is the degree of a Taylor polynomial; `engine` is the name of one, and ""
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
        if self.engine:
            engine_named(self.engine)
        if self.engine not in ("", TAYLOR.name) and self.series is not None:
            raise DerivError("a series comes from Taylor arithmetic", hint=f"leave out --engine {self.engine}")
        self._check_company()
        if self.along is not None:
            _check_vector(self.along)

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


def _check_vector(along: Points) -> None:
    """Refuse points that are no direction."""
    hint = "write it like --along u=1,v=2"
    if along.count != 1:
        raise DerivError("a direction is one vector", hint=hint)
    if not any(values.any() for values in along.at.values()):
        raise DerivError("a direction has a component that is not 0", hint=hint)
    if not all(math.isfinite(values[0]) for values in along.at.values()):
        raise ArgumentError("a direction has finite components", hint=hint)


APART = {
    "mixed": ("order", "wrt", "along", "hessian"),
    "along": ("wrt", "hessian", "implicit"),
    "hessian": ("order",),
    "series": ("order", "mixed", "along", "hessian", "implicit"),
}
"""Options that ask for different things."""


def names_of(names: str | Iterable[str], option: str, what: str = "wrt") -> list[str]:
    """Names as a text "u,v" or one by one, in one spelling; `option` shows how to write them."""
    from derivcli.language.tokens import canonical_name, is_name

    parts = names.split(",") if isinstance(names, str) else listed(names, what, "a text or a list of names", str)
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
    parts = [names] if isinstance(names, str) else listed(names, "mixed", "a text or a list of names")
    if all(isinstance(part, str) and "," not in part for part in parts):
        parts = [parts]
    return [_partial(part) for part in parts]


def _partial(names: str | Iterable[str]) -> Partial:
    found = tuple(names_of(names, "--mixed x,x,y", "mixed"))
    if len(found) not in ORDERS:
        raise DerivError(f"derivatives of order {len(found)} are not computed", hint=f"at most {ORDERS[-1]} are")
    return found


def text_in(formula: Formula, what: str = "an expression") -> str | Expression:
    """What Python gives for a formula: its text, that of a number, or what was parsed; others are refused."""
    from derivcli.language.expression import Expression

    if isinstance(formula, str | Expression):
        return formula
    if isinstance(formula, Decimal):
        return str(formula)
    whole = _index(formula)
    if whole is not None or (isinstance(formula, numbers.Rational) and not isinstance(formula, numbers.Integral)):
        ratio = Fraction(formula) if whole is None else Fraction(whole)
        if max(ratio.numerator.bit_length(), ratio.denominator.bit_length()) > LONG:
            raise ArgumentError(f"{what} is a number of too many digits", hint="round it, as in float(value)")
        return str(ratio)
    if isinstance(formula, numbers.Real) and not isinstance(formula, numbers.Rational):
        if not math.isfinite(formula):
            raise ArgumentError(f"{what} is a number that is not finite", hint="give a finite number or a formula")
        return repr(float(formula))
    raise ArgumentError(f"{what} is a text, a number or what parse returns, not {type(formula).__name__}")


def listed(values: Any, what: str, meant: str, kind: type | UnionType = object) -> list[Any]:
    """The values of a list that a parameter was given; what has no order, or other values in it, is refused."""
    ordered = isinstance(values, Iterable) and not isinstance(values, bytes | bytearray | Mapping | set | frozenset)
    found = list(islice(values, MANY + 1)) if ordered and getattr(values, "ndim", 1) == 1 else [None]
    if len(found) > MANY:
        raise ArgumentError(f"{what} is a list of more than {MANY:,}", hint="give fewer")
    for value in found if ordered else [values]:
        if value is None or not isinstance(value, kind) or not ordered:
            inside = f", and one of these is {type(value).__name__}" if ordered else f", not {type(value).__name__}"
            raise ArgumentError(f"{what} is {meant}{inside}", hint='write it like ["u", "v"]')
    return found


def formulas_of(values: object, what: str) -> list[Formula]:
    """The formulas of a list."""
    if isinstance(values, str):
        raise ArgumentError(f"{what} is a list of formulas, not a text", hint="put it in brackets, as in ['x^2']")
    found = listed(values, what, "a list of formulas")
    if not found:
        raise ArgumentError(f"{what} is a list of formulas, and this is empty", hint="give one or more")
    return found


def _index(value: Any) -> int | None:
    """The whole number that a value of Python or NumPy is; spans of time are none, though NumPy says so."""
    try:
        return operator.index(value) if isinstance(value, numbers.Integral) and not isinstance(value, bool) else None
    except TypeError:
        return None


def _text(value: object, what: str) -> str:
    if isinstance(value, str):
        return str(value)
    raise ArgumentError(f"{what} is a text, not {type(value).__name__}", hint="put it in quotes")


def _format(value: object, what: str) -> str:
    if _text(value, what) not in DTYPES:
        raise ArgumentError(f"'{value}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
    return str(value)


def _whole(value: Any, what: str) -> int:
    whole = _index(value)
    if whole is not None:
        if whole.bit_length() > LONG:
            raise ArgumentError(f"{what} is a number of too many digits", hint="choose a smaller one")
        return whole
    raise ArgumentError(f"{what} is a whole number, not {type(value).__name__}", hint=f"write it like {what}=2")


def _flag(value: Any, what: str) -> bool:
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):  # NumPy's are no subclass
        return bool(value)
    raise ArgumentError(f"{what} is True or False, not {type(value).__name__}", hint=f"write it like {what}=True")


def lets_of(let: object) -> dict[str, str]:
    """Names with the texts of their formulas."""
    found: dict[str, str] = {}
    for name, formula in ({} if let is None else _named(let, "let")).items():
        text = text_in(formula, f"'{name}' in let")
        if not isinstance(text, str):
            raise ArgumentError(f"'{name}' in let is a text or a number, not Expression", hint="give its text")
        found[name] = text
    return found


def _named(value: object, what: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return value
    kind = "other keys" if isinstance(value, Mapping) else type(value).__name__
    hint = f'write it like {what}={{"a": ...}}'
    raise ArgumentError(f"{what} is a mapping with names as keys, not {kind}", hint=hint)


def _or_none(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, what: None if value is None else read(value, what)


PARAMETERS: Mapping[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("text", "engine", "device", "variable", "dependent", "plot"), _text),
    **dict.fromkeys(("order", "degree", "point"), _whole),
    **dict.fromkeys(("paired", "hessian"), _flag),
    "dtype": _format,
    "check": _or_none(_flag),
    "series": _or_none(_whole),
    "against": _or_none(_text),
    "use": _or_none(_named),
    "declared": lambda value, what: names_of(
        sorted(value, key=str) if isinstance(value, set | frozenset) else value, 'declared=["speed"]', what
    ),
}
"""How parameters of public functions are read that have one simple type; the functions read the others."""

Given = ParamSpec("Given")
Found = TypeVar("Found")


def reading(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The public function with its `PARAMETERS` read, so that wrong types are refused in a sentence."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def read(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        bound = signature.bind(*args, **kwargs)
        for name in bound.arguments.keys() & PARAMETERS.keys():
            bound.arguments[name] = PARAMETERS[name](bound.arguments[name], name)
        return function(*bound.args, **bound.kwargs)

    return read
