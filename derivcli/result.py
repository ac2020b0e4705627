"""What a calculation gives back: the structure that every format reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from derivcli.propagated import Propagated
from derivcli.record_equality import equal
from derivcli.showing import html, latex, mime_bundle, plot, pretty, short, text, to_arrow, to_pandas

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivcli.check.verdict import Verdicts
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points

FloatArray: TypeAlias = "NDArray[np.floating[Any]]"
KindArray: TypeAlias = "NDArray[np.uint8]"

DTYPES = ("float64", "float32")

DEVICES = ("cpu", "cuda")

ORDERS = range(1, 201)

ALONG = "along"
"""Stands for the direction where a derivative is taken along one and not by a variable."""

Partial: TypeAlias = tuple[str, ...]
"""What a derivative is taken by, the last name first: ("x",), ("x", "x", "y"), or ("along", "along")."""


@dataclass(frozen=True, slots=True)
class Term:
    """A partial derivative in a sum: of the function at a place of a field, with its sign, 1 or -1."""

    sign: int
    place: int
    partial: Partial


Sum: TypeAlias = tuple[Term, ...]
Sums: TypeAlias = Mapping[str, Sum]
"""Sums of partial derivatives by the keys under which they stand: "div", "laplacian", "curl", or "curl,x"."""

Exact: TypeAlias = "tuple[Expression | None, ...]"
"""At every point the number as a formula such as sqrt(2)/2, or None where none is known."""


def derivative_key(partial: Partial) -> str:
    """The key of a derivative: "x", "x,x,y", or "along"."""
    return ",".join(partial)


def partial_of(key: str) -> Partial:
    """What the derivative with a key is taken by."""
    return tuple(key.split(","))


def finite_points(at: Mapping[str, FloatArray], count: int) -> NDArray[np.bool_]:
    """Where a point is made of finite numbers, shape (points,); others come from files and arrays."""
    import numpy as np

    finite = np.ones(count, np.bool_)
    for values in at.values():
        finite &= np.isfinite(values)
    return finite


def partials_taken(result: Result | SymbolicResult) -> list[Partial]:
    """What the derivatives of a result are taken by, or those of which they are the sums."""
    terms = [term.partial for total in result.sums.values() for term in total]
    return terms or [partial_of(key) for key in result.derivatives]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One function and its derivatives at every point.

    `at`, `value` and each of `derivatives` are NumPy arrays of shape (points,), in the dtype that was
    asked for; the keys of `at` are names of variables, those of `derivatives` too or, above order one, the
    order spelled out: "x,x", and "x,x,y" for the derivative that Leibniz writes with dx^2 dy below, in which the
    last variable is taken first. A directional derivative has the key "along", and `direction` then
    holds the vector as one point; of order two it is "along,along".
    `flags`, shape (points,), has bit k set where a step of the computation touched a place of kind `FLAGS[k]`:
    there PyTorch's derivative of that step may be a convention. What the function does there only a verdict says.
    `verdicts` holds what the check found for each derivative, and `value_verdicts` for the value: None in
    place of a verdict, and no verdicts at all, where nothing was checked.
    `engine` is the name of the one that computed the derivatives. `layout` is "columns", "hessian" where the
    derivatives are the upper triangle of that matrix, or the name of an operator of vector calculus. Where
    `dependent` names a variable, the expression is an equation's left side minus its right side, `value` is that
    difference, and the derivatives are those of this variable as a function of the others. `remark` says why another
    engine than this one was asked for in vain. What an operator such as div makes of several `functions` has `sums`,
    which say by the keys of `derivatives` of which partial derivatives of these each one is the sum. `total` is "sum"
    or "mean" where the one point stands for `rows` points, of whose values and derivatives it holds the total, and
    `at` has only the variables that are the same at all of them. `elasticities`, by the variable, shape (points,), are
    x/f df/dx, where they are asked for, with `elasticity_verdicts` where these are known, and `propagated` is what
    uncertainties of the variables make of the value. `typed` has, by
    the variable, the texts of points that were typed as formulas, such as "pi/4", and "" for those typed as numbers.
    `exact_value` and `exact`, by the keys of `derivatives`, hold for every point the number as an Expression such as
    sqrt(2)/2, which is the truth to 77 digits, or None where none is known; they are empty where no point was typed
    as a formula or none was asked for. `exact_remark` says how many are not known of those that were asked for. Two
    results are equal if all of this is: arrays in format, shape and numbers, NaN where the other has NaN,
    dictionaries in the same order.
    """

    expression: Expression
    at: dict[str, FloatArray]
    value: FloatArray
    derivatives: dict[str, FloatArray]
    flags: KindArray
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    value_verdicts: Verdicts | None = None
    engine: str = "reverse"
    layout: str = "columns"
    direction: Points | None = None
    dependent: str = ""
    remark: str = ""
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exact_value: Exact = ()
    exact: dict[str, Exact] = field(default_factory=dict)
    exact_remark: str = ""
    sums: Sums = field(default_factory=dict)
    functions: tuple[Expression, ...] = ()
    total: str = ""
    rows: int = 0
    elasticities: dict[str, FloatArray] = field(default_factory=dict)
    elasticity_verdicts: dict[str, Verdicts] = field(default_factory=dict)
    propagated: Propagated | None = None

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot
    to_arrow = to_arrow
    to_pandas = to_pandas

    def first(self, count: int) -> Result:
        """The result at the first points."""
        values = self.value_verdicts and self.value_verdicts.first(count)
        return replace(
            self,
            at={name: each[:count] for name, each in self.at.items()},
            value=self.value[:count],
            derivatives={key: each[:count] for key, each in self.derivatives.items()},
            flags=self.flags[:count],
            verdicts={key: each.first(count) for key, each in self.verdicts.items()},
            value_verdicts=values,
            typed={name: texts[:count] for name, texts in self.typed.items()},
            exact_value=self.exact_value[:count],
            exact={key: values[:count] for key, values in self.exact.items()},
            elasticities={name: values[:count] for name, values in self.elasticities.items()},
            elasticity_verdicts={name: each.first(count) for name, each in self.elasticity_verdicts.items()},
            propagated=self.propagated and self.propagated.first(count),
        )

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Where the point is made of finite numbers, shape (points,)."""
        return finite_points(self.at, len(self.flags))

    @property
    def gradient(self) -> FloatArray | None:
        """The gradient, shape (points, variables), where all first derivatives by two or more variables are there.

        Its columns are in the order of `derivatives`; None where these are anything else.
        """
        import numpy as np  # late, since the public list names this class

        missing = {*(self.expression.arguments or self.expression.variables)} - {self.dependent} - {*self.derivatives}
        first = self.direction is None and not self.sums and all(len(partial_of(key)) == 1 for key in self.derivatives)
        whole = first and not missing and len(self.derivatives) > 1
        return np.stack(list(self.derivatives.values()), axis=1) if whole else None

    @property
    def gradient_norm(self) -> FloatArray | None:
        """The gradient's length, shape (points,); NaN where a derivative is not finite, None without a gradient."""
        parts = self._gradient_parts()
        return None if parts is None else parts[0]

    @property
    def gradient_direction(self) -> dict[str, FloatArray]:
        """The gradient over its length, shape (points,) for each variable; NaN where it is 0 or not finite."""
        parts = self._gradient_parts()
        return {} if parts is None else dict(zip(self.derivatives, parts[1].T, strict=True))

    def _gradient_parts(self) -> tuple[FloatArray, FloatArray] | None:
        """Length and direction of the gradient, over a power of two so that no square overflows or is rounded away."""
        import numpy as np

        gradient = self.gradient
        if gradient is None:
            return None
        with np.errstate(all="ignore"):
            finite = np.isfinite(gradient).all(axis=1, keepdims=True)
            largest = np.where(finite, np.abs(gradient).max(axis=1, keepdims=True), 0)
            exponent = np.frexp(largest)[1]
            scaled = np.where(finite, np.ldexp(gradient, -exponent), np.nan)
            length = np.sqrt((scaled**2).sum(axis=1, keepdims=True))
            return np.ldexp(length, exponent)[:, 0], scaled / length

    @property
    def matrix(self) -> FloatArray:
        """The Hessian, of shape (points, variables, variables); of other layouts there is none (ValueError)."""
        import numpy as np

        if self.layout != "hessian":
            raise ValueError("these derivatives make no matrix; ask for a Hessian or a Jacobian")
        names = dict.fromkeys(partial_of(key)[0] for key in self.derivatives)
        places = {name: place for place, name in enumerate(names)}
        matrix = np.empty((len(self.value), len(places), len(places)), dtype=self.value.dtype)
        for key, values in self.derivatives.items():
            row, column = (places[name] for name in partial_of(key))
            matrix[:, row, column] = matrix[:, column, row] = values
        return matrix


@dataclass(frozen=True, slots=True, eq=False)
class Jacobian:
    """Several functions with all their first partial derivatives."""

    results: tuple[Result, ...]

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot
    to_arrow = to_arrow
    to_pandas = to_pandas

    def first(self, count: int) -> Jacobian:
        """The Jacobian at the first points."""
        return Jacobian(tuple(result.first(count) for result in self.results))

    @property
    def value(self) -> FloatArray:
        """The functions, of shape (points, functions)."""
        import numpy as np

        return np.stack([result.value for result in self.results], axis=-1)

    @property
    def matrix(self) -> FloatArray:
        """The Jacobian, of shape (points, functions, variables)."""
        import numpy as np

        return np.stack([np.stack([*result.derivatives.values()], axis=-1) for result in self.results], axis=-2)


@dataclass(frozen=True, slots=True, eq=False)
class SeriesResult:
    """The Taylor polynomial of one function in one variable about every point.

    `at` and `flags` are as in a `Result`; `coefficients`, shape (points, degree + 1), holds the n-th derivative
    over n! for every n. `points` knows the centres as they were typed. `verdicts` holds one `Verdicts` for each n,
    or nothing where nothing was checked. `remainder`, shape (points, 2), encloses what the function is more than
    the polynomial anywhere between the two ends of `interval`; NaN where no enclosure was found. `exact` holds for each
    n the coefficient at every point as an Expression or None, as in a `Result`.
    """

    expression: Expression
    at: dict[str, FloatArray]
    variable: str
    coefficients: FloatArray
    flags: KindArray
    points: Points
    verdicts: tuple[Verdicts, ...] = ()
    interval: tuple[float, float] | None = None
    remainder: FloatArray | None = None
    exact: tuple[Exact, ...] = ()
    exact_remark: str = ""

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot

    def first(self, count: int) -> SeriesResult:
        """The polynomials about the first centres."""
        rest = None if self.remainder is None else self.remainder[:count]
        return replace(
            self,
            at={name: values[:count] for name, values in self.at.items()},
            coefficients=self.coefficients[:count],
            flags=self.flags[:count],
            points=next(self.points.parts(count)),
            verdicts=tuple(each.first(count) for each in self.verdicts),
            remainder=rest,
            exact=tuple(values[:count] for values in self.exact),
        )

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Where the centre is made of finite numbers, shape (points,)."""
        return finite_points(self.at, len(self.flags))


@dataclass(frozen=True, slots=True, eq=False)
class SymbolicResult:
    """One function and its derivatives as formulas, keyed and laid out as in a `Result`.

    `remarks` say where they state no derivative since there is none, or none is known. `elasticities`, by the variable,
    are x/f df/dx, where they are asked for.
    """

    expression: Expression
    derivatives: dict[str, Expression]
    layout: str = "columns"
    direction: Points | None = None
    dependent: str = ""
    remarks: tuple[str, ...] = ()
    sums: Sums = field(default_factory=dict)
    functions: tuple[Expression, ...] = ()
    elasticities: dict[str, Expression] = field(default_factory=dict)

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot


@dataclass(frozen=True, slots=True, eq=False)
class VectorField:
    """The components of a vector field, with its divergence or its curl, as numbers or as formulas.

    `derivatives`, `verdicts` and `exact` are as in a `Result`, with the keys "div", "curl", or "curl,x" and others.
    """

    results: tuple[Result | SymbolicResult, ...]

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot
    to_arrow = to_arrow
    to_pandas = to_pandas

    def first(self, count: int) -> VectorField:
        """The field at the first points."""
        return VectorField(tuple(each.first(count) for each in self.results if isinstance(each, Result)))

    @property
    def derivatives(self) -> Mapping[str, Any]:
        """The divergence or the components of the curl, shape (points,), or as formulas."""
        return self.results[-1].derivatives

    @property
    def verdicts(self) -> dict[str, Verdicts]:
        """What the check found of them."""
        last = self.results[-1]
        return last.verdicts if isinstance(last, Result) else {}

    @property
    def exact(self) -> dict[str, Exact]:
        """Their exact values, where they are known."""
        last = self.results[-1]
        return last.exact if isinstance(last, Result) else {}


AnyResult: TypeAlias = Result | SeriesResult | SymbolicResult
