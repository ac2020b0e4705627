"""The types and the defaults of what Python's functions are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from derivcli.result import DEVICES, DTYPES, Partial

if TYPE_CHECKING:
    import sympy

    from derivcli.language.expression import Expression
    from derivcli.language.functions.row import Function
    from derivcli.points.at_option import Item
    from derivcli.points.points import Points

Formula: TypeAlias = "str | float | Fraction | Decimal | Expression | sympy.Expr"
"""What a formula is given as: a text, a number, what was parsed, or a formula of SymPy's."""

Names: TypeAlias = "str | Sequence[str]"
Partials: TypeAlias = "Names | Sequence[Partial]"
Sigma: TypeAlias = "Mapping[str, Item]"
Correlations: TypeAlias = "Mapping[tuple[str, str], float]"
At: TypeAlias = "str | Mapping[str, Item] | Points"
Ends: TypeAlias = "tuple[float | str | Fraction | Decimal, float | str | Fraction | Decimal]"
On: TypeAlias = "str | Ends | Mapping[str, str | Ends]"
Lets: TypeAlias = "Mapping[str, str | float | Fraction | Decimal]"
Use: TypeAlias = "Mapping[str, Callable[..., Any] | Function]"


class FormulaOptions(TypedDict, total=False):
    """The parameters of functions that tell of one formula's derivatives without points."""

    let: Lets | None
    order: int | Sequence[int]
    mixed: Partials | None


class StepsOptions(FormulaOptions, total=False):
    """The parameters of a derivation."""

    dependent: str
    operator: str


class PointOptions(TypedDict, total=False):
    """The parameters of those that tell of one formula at points."""

    let: Lets | None
    paired: bool
    dtype: object
    check: bool | None


class ExactOptions(PointOptions, total=False):
    """The parameters of those that tell exact values too."""

    exact: bool | None


class EngineOptions(ExactOptions, total=False):
    """The parameters of those that compute derivatives."""

    engine: str
    device: object


class OrderOptions(EngineOptions, FormulaOptions, total=False):
    """The parameters of those that compute derivatives of any order."""


class UncertaintyOptions(TypedDict, total=False):
    """The parameters of those that propagate uncertainties."""

    sigma: Sigma | None
    corr: Correlations | None


class JacobianOptions(EngineOptions, UncertaintyOptions, total=False):
    """The parameters of those that compute first derivatives of several formulas."""


class MadeOptions(TypedDict, total=False):
    """The parameters of what is made of derivatives."""

    total: str
    elasticity: bool


class DerivativeOptions(OrderOptions, UncertaintyOptions, MadeOptions, total=False):
    """The parameters of those that compute them along a direction too."""

    along: At | None


class ScriptOptions(FormulaOptions, total=False):
    """The parameters of a script."""

    paired: bool
    along: At | None
    hessian: bool
    dependent: str
    series: int | None
    dtype: object
    device: object


DEFAULTS: Mapping[str, Any] = {
    "let": None, "use": None, "paired": False, "order": 1, "mixed": None, "along": None, "hessian": False,
    "dependent": "", "parameter": "", "angle": "", "operator": "", "series": None, "language": "torch", "plot": "",
    "sigma": None, "corr": None, "total": "",
    "elasticity": False, "engine": "", "dtype": DTYPES[0], "device": DEVICES[0], "check": None, "exact": None,
}  # fmt: skip
"""The values of these parameters where none is given, in the order in which help shows them."""
