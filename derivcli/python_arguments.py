"""What Python's functions are given: types that have no meaning are refused in a sentence, all else is read."""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from types import UnionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from derivcli.errors import ArgumentError, DerivError, Span
from derivcli.hints import Surface
from derivcli.language.expression import Expression
from derivcli.language.functions.row import Function
from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.language.notations.formula_lists import listed_formulas
from derivcli.python_options import DEFAULTS, At, Correlations, Formula, On, Partials, Sigma, Use
from derivcli.result import DTYPES, ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.language.functions.row import Function
    from derivcli.points.at_option import Interval
    from derivcli.points.points import Points

MAX_INTEGER_BITS = 1100
"""Bits of whole numbers a little longer than those that float64 reaches; longer ones are never written out."""

MAX_ITEMS = 10_000
"""Names or formulas in a list."""


def names_of(names: str | Iterable[str], option: str, what: str = "wrt") -> list[str]:
    """Names as a text "u,v" or one by one, in one spelling; `option` shows how to write them."""
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
    return None if names is None else list(dict.fromkeys(names_of(names, "`--wrt u,v`")))


def mixed_of(names: Partials | None) -> list[Partial]:
    """Partials from "x,x,y", from ["x", "x", "y"], or from several of these."""
    if names is None:
        return []
    parts = [names] if isinstance(names, str) else listed(names, "mixed", "a text or a list of names")
    if all(isinstance(part, str) and "," not in part for part in parts):
        parts = [parts]
    return [_partial(part) for part in parts]


def _partial(names: str | Iterable[str]) -> Partial:
    found = tuple(names_of(names, "`--mixed x,x,y`", "mixed"))
    if len(found) not in ORDERS:
        raise DerivError(f"derivatives of order {len(found)} are not computed", hint=f"at most {ORDERS[-1]} are")
    return found


def text_in(formula: Formula, what: str = "an expression") -> str | Expression:
    """What Python gives for a formula: its text, that of a number, or what was parsed; others are refused."""
    if isinstance(formula, str | Expression):
        return formula
    if isinstance(formula, Decimal):
        return str(formula)
    whole = _index(formula)
    if whole is not None or (isinstance(formula, numbers.Rational) and not isinstance(formula, numbers.Integral)):
        ratio = Fraction(formula) if whole is None else Fraction(whole)
        if max(ratio.numerator.bit_length(), ratio.denominator.bit_length()) > MAX_INTEGER_BITS:
            raise ArgumentError(f"{what} is a number of too many digits", hint="round it, as in float(value)")
        return str(ratio)
    if isinstance(formula, numbers.Real) and not isinstance(formula, numbers.Rational):
        if not math.isfinite(formula):
            raise ArgumentError(f"{what} is a number that is not finite", hint="give a finite number or a formula")
        return repr(float(formula))
    if any((kind.__module__ or "").startswith("sympy.") for kind in type(formula).__mro__):
        return _read_sympy(formula, what)
    raise ArgumentError(f"{what} is a text, a number or what parse returns, not {type(formula).__name__}")


def _read_sympy(formula: object, what: str) -> Expression:
    """A formula of SymPy's, read from the text that it has; each of its symbols is one variable."""
    from derivcli.language.notations.sympy_text import reason_against, symbols_of, text_of_sympy
    from derivcli.language.parse import parse_expression

    reason = reason_against(formula)
    if reason:
        raise ArgumentError(f"{what} of SymPy {reason}", hint="give a formula of real numbers, or a text")
    return parse_expression(text_of_sympy(formula), symbols_of(formula))


def listed(values: Any, what: str, expected: str, kind: type | UnionType = object) -> list[Any]:
    """The values of a list that a parameter was given; what has no order, or other values in it, is refused."""
    ordered = isinstance(values, Iterable) and not isinstance(values, bytes | bytearray | Mapping | set | frozenset)
    found = list(islice(values, MAX_ITEMS + 1)) if ordered and getattr(values, "ndim", 1) == 1 else [None]
    if len(found) > MAX_ITEMS:
        raise ArgumentError(f"{what} is a list of more than {MAX_ITEMS:,}", hint="give fewer")
    for value in found if ordered else [values]:
        if value is None or not isinstance(value, kind) or not ordered:
            inside = f", and one of these is {type(value).__name__}" if ordered else f", not {type(value).__name__}"
            raise ArgumentError(f"{what} is {expected}{inside}", hint='write it like ["u", "v"]')
    return found


def formulas_of(values: object, what: str) -> list[Formula]:
    """The formulas of a list."""
    if isinstance(values, str) and listed_formulas(values) != [values]:
        return [*listed_formulas(values)]
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


def _format(value: Any, what: str) -> str:
    """The name of a number format, given as a text or as what PyTorch, NumPy or Python calls by it."""
    if isinstance(value, str):
        found = str(value)
    elif value is float:
        found = "float64"
    elif isinstance(value, type) and value.__module__.partition(".")[0] == "numpy":
        found = value.__name__
    elif type(value).__module__.partition(".")[0] in ("torch", "numpy") and "dtype" in type(value).__name__.lower():
        found = str(value).removeprefix("torch.")
    else:
        given = value if isinstance(value, type) else type(value)
        raise ArgumentError(f"{what} is a text or a format of PyTorch or NumPy, not {given.__name__}")
    if found not in DTYPES:
        raise ArgumentError(f"'{found}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
    return found


def _device(value: object, what: str) -> str:
    """The name of a device, given as a text or as PyTorch's own."""
    return _text(str(value) if type(value).__name__ == "device" else value, what)


def _whole(value: Any, what: str) -> int:
    whole = _index(value)
    if whole is not None:
        if whole.bit_length() > MAX_INTEGER_BITS:
            raise ArgumentError(f"{what} is a number of too many digits", hint="choose a smaller one")
        return whole
    raise ArgumentError(f"{what} is a whole number, not {type(value).__name__}", hint=f"write it like {what}=2")


def _orders(value: Any, what: str) -> int | tuple[int, ...]:
    """One order, or several in a list."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        return _whole(value, what)
    found = tuple(dict.fromkeys(_whole(each, what) for each in listed(value, what, "a whole number or a list of them")))
    if not found:
        raise ArgumentError(f"{what} is a list of orders, and this is empty", hint="write it like order=[1, 2]")
    return found


def _size(value: Any, what: str) -> str | tuple[float, float]:
    """A text such as 16x9cm, or a width and a height in inches."""
    if isinstance(value, str):
        return value
    found = listed(value, what, "a text such as '16x9cm', or a width and a height in inches", numbers.Real)
    if len(found) != 2:
        raise ArgumentError(f"{what} is a width and a height", hint=f"write it like {what}=(6, 4)")
    return float(found[0]), float(found[1])


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
    **dict.fromkeys(
        (
            "text",
            "engine",
            "variable",
            "dependent",
            "parameter",
            "angle",
            "operator",
            "plot",
            "language",
            "file",
            "theme",
            "total",
        ),
        _text,
    ),
    **dict.fromkeys(("degree", "point", "dpi"), _whole),
    "order": _orders,
    **dict.fromkeys(("paired", "hessian", "compile", "study", "surface", "equal", "transparent", "elasticity"), _flag),
    "size": _or_none(_size),
    "dtype": _format,
    "device": _device,
    **dict.fromkeys(("check", "exact"), _or_none(_flag)),
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


def reading(options: type | None = None) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """Have the `PARAMETERS` of a public function read, so that wrong types are refused in a sentence.

    A function that takes some of its parameters as `options` shows them like all others. Every refusal that leaves it
    names options as it has them, as its parameters.
    """

    def reader(function: Callable[Given, Found]) -> Callable[Given, Found]:
        signature = _signature(function, options)
        surface = Surface(is_python=True, options=frozenset(signature.parameters))

        @functools.wraps(function)
        def read(*args: Given.args, **kwargs: Given.kwargs) -> Found:
            bound = signature.bind(*args, **kwargs)
            try:
                for name in bound.arguments.keys() & PARAMETERS.keys():
                    bound.arguments[name] = PARAMETERS[name](bound.arguments[name], name)
                return function(*bound.args, **bound.kwargs)
            except DerivError as error:
                error.surface = surface
                raise

        vars(read)["__signature__"] = signature
        return read

    return reader


def _signature(function: Callable[..., object], options: type | None) -> inspect.Signature:
    """The signature with the options written out, each with its type and its default."""
    signature = inspect.signature(function)
    found = {name: each for name, each in signature.parameters.items() if each.kind is not each.VAR_KEYWORD}
    for name, hint in inspect.get_annotations(options).items() if options else ():
        kind = inspect.Parameter.KEYWORD_ONLY
        found[name] = inspect.Parameter(name, kind, default=DEFAULTS[name], annotation=hint.__forward_arg__)
    order = [name for name in found if name not in DEFAULTS] + [*DEFAULTS]

    def place(each: inspect.Parameter) -> tuple[int, int]:
        return each.kind, order.index(each.name) if each.kind is each.KEYWORD_ONLY else 0

    return signature.replace(parameters=sorted(found.values(), key=place))


def points_of(at: At | None, paired: bool = False, what: str = "at", uncertain: bool = False) -> Points | None:
    """The points that Python values give, if there are any; they may be `uncertain`, or are refused if they are."""
    if at is None:
        return None
    from derivcli.points.at_option import points_from, read_points
    from derivcli.points.points import Points

    if isinstance(at, Points):
        return at
    if not isinstance(at, str | Mapping):
        hint = f'write it like {what}={{"x": 3}}'
        raise ArgumentError(f"{what} is a text or a mapping of names to values, not {type(at).__name__}", hint=hint)
    if isinstance(at, str):
        return read_points([at], paired, uncertain)
    return points_from(at, paired, uncertain)


def sigma_of(points: Points | None, sigma: Sigma | None) -> Points | None:
    """The points with uncertainties that are given beside them."""
    if sigma is None:
        return points
    given = _named(sigma, "sigma")
    if points is None:
        raise ArgumentError("uncertainties are those of values", hint='give these, as in at={"x": 3}')
    from derivcli.points.standard_uncertainties import with_sigma

    return with_sigma(points, given)


def correlations_of(corr: Correlations | None) -> dict[tuple[str, str], float]:
    """Correlations by pairs of names."""
    hint = 'write it like corr={("x", "y"): 0.5}'
    found: dict[tuple[str, str], float] = {}
    if corr is None:
        return found
    if not isinstance(corr, Mapping):
        raise ArgumentError(f"corr is a mapping of pairs of names to numbers, not {type(corr).__name__}", hint=hint)
    for pair, value in corr.items():
        names = names_of(pair, hint.removeprefix("write it like "), "the key of a correlation")
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if len(set(names)) != 2 or len(names) != 2 or not is_number or not -1 <= value <= 1:
            raise ArgumentError("a correlation is one of two variables, from -1 to 1", hint=hint)
        found[names[0], names[1]] = float(value)
    return found


def interval_ends(on: object) -> str:
    """The two ends of an interval as the text that says so."""
    kinds = numbers.Real | Decimal | str
    ends = listed(on, "on", "a pair of numbers or texts", kinds) if not isinstance(on, str) else []
    if len(ends) != 2 or any(isinstance(end, bool) for end in ends):
        raise ArgumentError("on is a pair of numbers or texts", hint="write it like on=(0, 1)")
    return ":".join(map(str, ends))


def intervals_of(on: On | None) -> list[Interval]:
    """The intervals of a study: of several variables by their names, or of the only one."""
    if on is None:
        return []
    from derivcli.points.at_option import read_intervals

    if not isinstance(on, Mapping):
        return read_intervals(on if isinstance(on, str) else interval_ends(on))
    named = {name: ends if isinstance(ends, str) else interval_ends(ends) for name, ends in _named(on, "on").items()}
    if not named:
        raise ArgumentError("on names no variable", hint='write it like on={"x": (0, 1)}')
    return read_intervals(",".join(f"{name}={ends}" for name, ends in named.items()))


def functions_of(use: Use | None) -> dict[str, Function]:
    """The user's own functions as rows."""
    if not use:
        return {}
    from derivcli.custom.loading.custom_function import custom_function
    from derivcli.custom.loading.formula_call import row_of

    return {
        name: each if isinstance(each, Function) else row_of(custom_function(name, each)) for name, each in use.items()
    }
