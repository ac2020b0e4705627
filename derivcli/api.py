"""The functions for Python: formulas and points in, numbers, formulas and verdicts out.

Arguments that several of them share mean what `derive` says of them. An `expression` is a formula as text, a number,
or what `parse` made of a text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, overload

from derivcli import pipeline
from derivcli.errors import ArgumentError
from derivcli.request import Formula, Named, Wanted, formulas_of, lets_of, listed, mixed_of, names_of, reading, wrt_of

if TYPE_CHECKING:
    from derivcli.custom.load import CustomFunction
    from derivcli.language.expression import Expression
    from derivcli.language.functions.row import Function
    from derivcli.points.at_option import Item
    from derivcli.points.points import Points
    from derivcli.result import Jacobian, Result, SeriesResult, SymbolicResult

Lets = Mapping[str, str | float | Fraction | Decimal]
At = str | Mapping[str, "Item"]


@reading
def parse(
    text: str,
    *,
    declared: Collection[str] = (),
    let: Lets | None = None,
    use: Mapping[str, CustomFunction] | None = None,
) -> Expression:
    """The formula that `text` writes.

    `declared` are names that are one variable each, such as `speed`; `let` gives names to formulas that the
    text may use, and `use` makes a torch.autograd.Function of yours callable by a name.
    Raises DerivError with the place where the text is no formula.
    """
    from derivcli.language.definitions import read_definitions
    from derivcli.language.parse import parse_expression

    functions = _own(use or {})
    return parse_expression(text, declared, read_definitions(lets_of(let), declared, functions), functions)


@overload
def derive(
    expression: Formula,
    at: None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    along: At | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> SymbolicResult: ...


@overload
def derive(
    expression: Formula,
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    along: At | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result: ...


@reading
def derive(
    expression: Formula,
    at: At | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    along: At | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result | SymbolicResult:
    """The value and the derivatives of an expression at points, or its derivatives as formulas.

    `at` gives each variable a number, a formula as text, or several of them (a sequence, an array of shape (n,), a
    range such as "0:1:11"), or is one text, "x=0:1:11,y=2"; several variables are crossed, or `paired`. Without it
    the result is a SymbolicResult. Numbers and sequences are like what is typed: there are some, and they are finite.
    An array, of NumPy, PyTorch or another library, is like a column of a file: it may be empty, and points of NaN and
    infinities keep their place, without numbers, flagged "undefined". A float and each number of an array is the
    float64 that it is; a text, a whole number, a Fraction or a Decimal is exact, whatever stands beside it.
    `let` gives names to formulas that the expression may use.
    `wrt` names the variables to differentiate by, as a list or as "u,v"; all of them by default. `order` is
    that of every derivative, from 1 to 200. `mixed` asks for mixed partials instead: "x,x,y" or ["x", "x", "y"] is
    the one that Leibniz writes with dx^2 dy below; several of them make a list. `along` asks for the derivative along
    a vector, which is not scaled: "u=1,v=2" or {"u": 1, "v": 2}; of order n that is d^n/dt^n f(p + t*v) at t = 0.
    `engine` is "reverse" (nested backward passes), "taylor" (Taylor arithmetic), or "compiled" (backward passes up to
    order 3 as a compiled kernel, which takes seconds to make); "" is the first up to order 3, then the second.
    `dtype` is "float64" or "float32", and PyTorch computes on `device`, "cpu" or "cuda". `check` judges every number:
    True always, False never, None up to 100 of them.

    The result's `value` and each of its `derivatives`, keyed "x", "x,x", "x,x,y" or "along", have shape (points,);
    `gradient`, shape (points, variables), `gradient_norm` and `gradient_direction` are there where a gradient is;
    `verdicts` hold what the check found. Raises DerivError for input that is refused; for an argument of a type that
    has no meaning it is a TypeError too.
    """
    wanted = Wanted(wrt_of(wrt), order, mixed_of(mixed), points_of(along, what="along"), engine=engine)
    return _derived(expression, wanted, points_of(at, paired), Named(lets_of(let)), dtype, device, check)


@overload
def jacobian(
    expressions: Sequence[Formula],
    at: None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> list[SymbolicResult]: ...


@overload
def jacobian(
    expressions: Sequence[Formula],
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Jacobian: ...


@reading
def jacobian(
    expressions: Sequence[Formula],
    at: At | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Jacobian | list[SymbolicResult]:
    """The Jacobian of several functions: its `matrix` has shape (points, functions, variables).

    Its `value` has shape (points, functions). Without `at` it is a list of their partial derivatives as formulas.
    """
    from derivcli.result import Jacobian

    expressions = formulas_of(expressions, "expressions")
    wanted = Wanted(wrt_of(wrt), engine=engine)
    points = points_of(at, paired)
    if points is None:
        return pipeline.derive_formulas(expressions, wanted, Named(lets_of(let)))
    results = pipeline.derive_at(points, expressions, wanted, Named(lets_of(let)), dtype, check, device=device)
    return Jacobian(tuple(results))


@overload
def hessian(
    expression: Formula,
    at: None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> SymbolicResult: ...


@overload
def hessian(
    expression: Formula,
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result: ...


@reading
def hessian(
    expression: Formula,
    at: At | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result | SymbolicResult:
    """The Hessian: the result's `matrix` has shape (points, variables, variables).

    Its `derivatives` and `verdicts` hold the upper triangle: "u,u", "u,v", "v,v".
    """
    wanted = Wanted(wrt_of(wrt), hessian=True, engine=engine)
    return _derived(expression, wanted, points_of(at, paired), Named(lets_of(let)), dtype, device, check)


@overload
def implicit(
    equation: str,
    dependent: str,
    at: None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> SymbolicResult: ...


@overload
def implicit(
    equation: str,
    dependent: str,
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result: ...


@reading
def implicit(
    equation: str,
    dependent: str,
    at: At | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    engine: str = "",
    dtype: str = "float64",
    device: str = "cpu",
    check: bool | None = None,
) -> Result | SymbolicResult:
    """The derivatives of the variable `dependent` that an equation makes a function of its other variables.

    The equation is a text such as "x**2 + y**2 = 25"; without a sign of equality it says that the formula is 0.
    Points give every variable, `dependent` too. `wrt`, `order` and `mixed` are those of `derive`. Where a
    point does not solve the equation the numbers are those of the level curve through it, and flagged "off".
    """
    (name,) = names_of([dependent], "y")
    wanted = Wanted(wrt_of(wrt), order, mixed_of(mixed), dependent=name, engine=engine)
    return _derived(equation, wanted, points_of(at, paired), Named(lets_of(let)), dtype, device, check)


@reading
def series(
    expression: Formula,
    degree: int,
    at: At,
    variable: str = "",
    *,
    on: tuple[float | str, float | str] | None = None,
    let: Lets | None = None,
    paired: bool = False,
    dtype: str = "float64",
    check: bool | None = None,
) -> SeriesResult:
    """The Taylor polynomial of a degree about every point, in the variable named or in the only one there is.

    Its `coefficients` have shape (points, degree + 1). With `on`, two values of the variable, `remainder` of shape
    (points, 2) encloses what the function is more than the polynomial anywhere between them.
    """
    from derivcli.points.at_option import read_interval

    name = names_of([variable], "x") if variable else None
    points = points_of(at, paired)
    if points is None:
        raise ArgumentError("a series has points", hint='give them, as in at={"x": 0}')
    wanted = Wanted(name, series=degree)
    # Where there is neither a variable nor a point, the series itself is refused.
    by = [*(name or points.names), "x"][0]
    interval = None if on is None else read_interval(f"{by}={_ends(on)}")
    return pipeline.series_at(points, [expression], wanted, interval, Named(lets_of(let)), dtype, check)[0]


@reading
def polynomial(result: SeriesResult, point: int = 0) -> str | None:
    """The Taylor polynomial about one of the points, as a formula that `parse` reads back.

    None where one of its coefficients is no finite number.
    """
    from derivcli.render.polynomial import polynomial_text
    from derivcli.result import SeriesResult

    if not isinstance(result, SeriesResult):
        raise ArgumentError(f"a polynomial is that of a SeriesResult, not of {type(result).__name__}")
    count = len(result.coefficients)
    if point not in range(-count, count):
        raise ArgumentError(f"there is no point {point} among {count}", hint="the first one is 0")
    return polynomial_text(result, point)


def _ends(on: object) -> str:
    """The two ends of an interval as the text that says so."""
    ends = listed(on, "on", "a pair of numbers or texts", float | int | str) if not isinstance(on, str) else []
    if len(ends) != 2 or any(isinstance(end, bool) for end in ends):
        raise ArgumentError("on is a pair of numbers or texts", hint="write it like on=(0, 1)")
    return ":".join(map(str, ends))


def _own(use: Mapping[str, CustomFunction]) -> dict[str, Function]:
    """The user's own functions as rows."""
    if not use:
        return {}
    from derivcli.custom.load import row_of_class

    return {name: row_of_class(name, function) for name, function in use.items()}


def _derived(
    expression: Formula,
    wanted: Wanted,
    points: Points | None,
    named: Named,
    dtype: str,
    device: str,
    check: bool | None,
) -> Result | SymbolicResult:
    """The derivatives of one expression: numbers at points, else formulas."""
    if points is None:
        return pipeline.derive_formulas([expression], wanted, named)[0]
    return pipeline.derive_at(points, [expression], wanted, named, dtype, check, device=device)[0]


def points_of(at: At | None, paired: bool = False, what: str = "at") -> Points | None:
    """The points that Python values give, if there are any."""
    from derivcli.points.at_option import points_from, read_points

    if not isinstance(at, str | Mapping | None):
        hint = f'write it like {what}={{"x": 3}}'
        raise ArgumentError(f"{what} is a text or a mapping of names to values, not {type(at).__name__}", hint=hint)
    if at is None:
        return None
    return read_points([at], paired) if isinstance(at, str) else points_from(at, paired)
