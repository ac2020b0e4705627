"""Derivatives of any order and shape by both engines, against closed forms and other systems' mathematics."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp, mpf

from derivcli import DerivError, derive, hessian, implicit, jacobian, series
from derivcli.engines.engine_table import REVERSE
from derivcli.engines.taylor import engine as taylor
from derivcli.flag_table import FLAGS
from tests.support import deriv, each

BOTH = ("reverse", "taylor")
both_engines = each("engine", BOTH)


def key(name: str, order: int) -> str:
    return ",".join([name] * order)


def nth(text: str, at: str, order: int, **options: Any) -> float:
    """The derivative of an order in x."""
    return float(derive(text, at, "x", order=order, check=False, **options).derivatives[key("x", order)][0])


CLOSED: dict[str, Any] = {
    "sin(x)": lambda x, n: mpmath.sin(x + n * mp.pi / 2),
    "cosh(2x)": lambda x, n: mpf(2) ** n * (mpmath.cosh(2 * x) if n % 2 == 0 else mpmath.sinh(2 * x)),
    "1/x": lambda x, n: (-1) ** n * mpmath.factorial(n) / x ** (n + 1),
    "log(1+x)": lambda x, n: (-1) ** (n - 1) * mpmath.factorial(n - 1) / (1 + x) ** n,
    "x*exp(x)": lambda x, n: (x + n) * mpmath.exp(x),
    "exp(-x^2)": lambda x, n: (-1) ** n * mpmath.hermite(n, x) * mpmath.exp(-(x**2)),
    "sqrt(x)": lambda x, n: mpmath.ff(mpf(1) / 2, n) * x ** (mpf(1) / 2 - n),
    "2^x": lambda x, n: mpmath.log(2) ** n * mpf(2) ** x,
    "atan(x)": lambda x, n: (-1) ** (n - 1) * mpmath.factorial(n - 1) * mpmath.im((x - 1j) ** -n),
}
"""The n-th derivatives of some functions for n > 0."""


@each("text", CLOSED)
@each("order", [1, 2, 3, 4, 7, 20, 50, 120, 200])
def test_closed_forms(text: str, order: int) -> None:
    with mp.workdps(60):
        wanted = CLOSED[text](mpf(0.75), order)
    tolerance = 1e-11 if order <= 20 else 1e-9
    if abs(wanted) < 1e308:
        assert nth(text, "x=0.75", order) == pytest.approx(float(wanted), rel=tolerance)
    else:
        assert nth(text, "x=0.75", order) == math.copysign(math.inf, wanted)


def test_high_orders_need_the_scale_of_the_series(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coefficients of order 200 are below what float64 holds where the derivative is not."""
    monkeypatch.setattr(taylor, "speeds", lambda terms, place: (np.empty(0, int), np.empty(0, int)))
    assert nth("sin(x)", "x=0.75", 200) == 0


@each("order", [1, 3, 6])
@each("text", ["sin(x)*exp(-x^2)+log(1+x^2)", "x^x/(1+sigmoid(x))", "if(x > 0, besselj(1, x), x)"])
def test_the_engines_agree(text: str, order: int) -> None:
    for x in (0.25, 1.5, 3.0):
        numbers = [nth(text, f"x={x}", order, engine=engine) for engine in BOTH]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-11)


@both_engines
def test_polynomials_end_in_exact_zeros(engine: str) -> None:
    assert [nth("(x-3)^4/2", "x=1.7", order, engine=engine) for order in (4, 5, 6)] == [12, 0, 0]
    assert derive("x^2*y", "x=3,y=2", mixed="x,x,y,y", engine=engine).derivatives["x,x,y,y"].tolist() == [0]
    assert nth("7", "x=2", 3, engine=engine) == 0


def test_the_engine_is_chosen_by_the_order() -> None:
    highest = REVERSE.orders_unasked[-1]
    assert [derive("sin(x)", "x=1", order=order).engine for order in (1, highest, highest + 1)] == [
        "reverse", "reverse", "taylor",
    ]  # fmt: skip
    assert derive("sin(x)", "x=1", engine="taylor").engine == "taylor"
    assert derive("sin(x)", "x=1", order=5, engine="reverse").engine == "reverse"
    assert deriv("sin(x)", "--at", "x=1", "--order", "5", "--format", "json").json["functions"][0]["engine"] == "taylor"


@both_engines
def test_a_corner_of_a_higher_derivative(engine: str) -> None:
    result = derive("abs(x)^3", "x=0", order=3, engine=engine)
    verdict = result.verdicts["x,x,x"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.left, verdict.right) == ("corner", -6, 6)
    assert result.derivatives["x,x,x"].tolist() == [0]


@both_engines
def test_batches_are_their_points(engine: str) -> None:
    text = "if(x > 1, sin(x)*exp(x), sqrt(abs(x)))+max(x, x^2)"
    order = 4 if engine == "reverse" else 12
    batch = derive(text, "x=-2:3:11", order=order, engine=engine, check=False).derivatives[key("x", order)]
    alone = [nth(text, f"x={x!r}", order, engine=engine) for x in np.linspace(-2, 3, 11).tolist()]
    assert batch.tolist() == pytest.approx(alone, rel=1e-13, nan_ok=True)


MIXED = [
    ("x^2*y^3*z", "x,x,y,z,y", {"x": 2.0, "y": 3.0, "z": 5.0}),
    ("sin(x*y)*exp(x/y)", "x,y,y,x", {"x": 0.5, "y": 1.5}),
    ("x^y", "x,y", {"x": 1.5, "y": 2.0}),
    ("hypot(x, y)", "x,x,y", {"x": 3.0, "y": 4.0}),
    ("exp(x+2y)", "x,x,x,y,y,y,y", {"x": 0.5, "y": -0.25}),
]


@both_engines
@each(("text", "partial", "at"), MIXED)
def test_mixed_derivatives(text: str, partial: str, at: dict[str, float], engine: str) -> None:
    """Against SymPy's formula in 40 digits."""
    names = {name: sympy.Symbol(name, positive=True) for name in at}
    formula = sympy.sympify(
        text.replace("^", "**").replace("hypot(x, y)", "sqrt(x**2+y**2)").replace("2y", "2*y"), locals=names
    )
    for name in partial.split(","):
        formula = formula.diff(names[name])
    wanted = float(formula.evalf(40, subs={names[name]: sympy.Rational(value) for name, value in at.items()}))
    result = derive(text, at, mixed=partial, engine=engine)
    assert result.derivatives[partial][0] == pytest.approx(wanted, rel=1e-12)
    assert result.verdicts[partial].names() == ["proved"]


def test_several_mixed_derivatives_in_their_order() -> None:
    result = derive("x^2*y^3", "x=3,y=2", mixed=["x,y", "y,y,x"])
    assert {name: values.tolist() for name, values in result.derivatives.items()} == {"x,y": [72], "y,y,x": [72]}
    assert derive("x^2*y^3", "x=3,y=2", mixed=["x", "y"]).derivatives["x,y"].tolist() == [72]


@both_engines
@each("order", [1, 2, 3, 5])
def test_derivatives_along_a_vector(order: int, engine: str) -> None:
    """d^n/dt^n exp(u + 2 v) at (u, v) + t (3, sqrt(2)) is (3 + 2 sqrt(2))^n times the value."""
    result = derive("exp(u+2v)", "u=0.5,v=0.25", along="u=3,v=sqrt(2)", order=order, engine=engine)
    found = result.derivatives[key("along", order)][0]
    assert found == pytest.approx((3 + 2 * math.sqrt(2)) ** order * math.e, rel=1e-13)
    assert result.verdicts[key("along", order)].names() == ["proved"]


def test_a_vector_may_leave_variables_out_and_point_anywhere() -> None:
    assert derive("u*v", "u=2,v=3", along={"v": -2}).derivatives["along"].tolist() == [-4]
    assert derive("abs(u)", "u=0", along="u=-1").verdicts["along"].names() == ["corner"]


@both_engines
def test_the_hessian(engine: str) -> None:
    result = hessian("u^2*v^3+w*u", "u=1,2,v=2,w=7", engine=engine)
    assert result.matrix.tolist() == [
        [[16, 24, 1], [24, 12, 0], [1, 0, 0]],
        [[16, 48, 1], [48, 48, 0], [1, 0, 0]],
    ]
    assert list(result.derivatives) == ["u,u", "u,v", "u,w", "v,v", "v,w", "w,w"]
    assert hessian("u^2*v", at="u=1,v=2", wrt="v,u").matrix.tolist() == [[[0, 2], [2, 4]]]
    assert [formula.canonical_text for formula in hessian("u^2*v").derivatives.values()] == ["2*v", "2*u", "0"]


@both_engines
def test_the_jacobian(engine: str) -> None:
    found = jacobian(["u^2*v", "u+v"], "u=1,2,v=3", engine=engine)
    assert found.value.tolist() == [[3, 4], [12, 5]]
    assert found.matrix.tolist() == [[[6, 1], [1, 1]], [[12, 4], [1, 1]]]
    assert [list(each.derivatives) for each in jacobian(["u^2*v", "u+v"])] == [["u", "v"], ["u", "v"]]


CURVES = [
    ("x^2+y^2=25", {"x": 3, "y": 4}, "x"),
    ("x^3+y^3=6*x*y", {"x": 3, "y": 3}, "x"),
    ("x*z+y^3+y=1+x", {"x": 1, "y": 1, "z": 0}, "x"),
    ("x*z+y^3+y=1+x", {"x": 1, "y": 1, "z": 0}, "z"),
]


@both_engines
@pytest.mark.parametrize(("text", "at", "by"), CURVES)
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_implicit_functions(text: str, at: dict[str, int], by: str, order: int, engine: str) -> None:
    """Against SymPy's own implicit differentiation."""
    left, right = (sympy.sympify(side.replace("^", "**")) for side in text.split("="))
    wanted = sympy.idiff(left - right, sympy.Symbol("y"), sympy.Symbol(by), order).subs(at)
    result = implicit(text, "y", at, by, order=order, engine=engine)
    assert result.derivatives[key(by, order)][0] == pytest.approx(float(wanted), rel=1e-13)
    assert result.verdicts[key(by, order)].names() == ["proved"]


@both_engines
def test_a_mixed_derivative_of_an_implicit_function(engine: str) -> None:
    """y = (x + z^2)^(1/3) + 1 solves (y-1)^3 = x + z^2."""
    result = implicit("(y-1)^3=x+z^2", "y", "x=4,y=3,z=2", mixed="x,z", engine=engine)
    assert result.derivatives["x,z"][0] == pytest.approx(-2 / 9 * 8 ** (-5 / 3) * 4, rel=1e-14)


def test_implicit_functions_say_where_there_is_none() -> None:
    found = implicit("x^2+y^2=25", "y", {"x": [3, 5, 3, 0], "y": [4, 0, 5, 5]}, paired=True)
    assert found.verdicts["x"].names() == ["proved", "vertical", "undefined", "proved"]
    assert found.derivatives["x"].tolist() == [-0.75, -math.inf, -0.6, 0], "the engine's numbers, as they are"
    assert found.verdicts["x"].differs.tolist() == [False, False, True, False]
    assert "the left side minus the right side is 9" in found.verdicts["x"].messages[2]
    assert implicit("x*y", "y", "x=0,y=0").verdicts["x"].names() == ["undefined"]


def test_points_off_a_curve_are_told_without_a_check() -> None:
    outcome = deriv("x^2+y^2=25", "--implicit", "y", "--at", "x=3,y=4,5", "--no-check", "--format", "csv")
    assert outcome.stdout == "x,y,dy/dx\n3,4,-0.75\n3,5,-0.6\n"
    assert "not on the curve at x = 3, y = 5" in outcome.stderr


ON_CURVES = [
    ("exp(x)+exp(y)+0.1+0.2=2.3", "x=0,y=0"),
    ("y+x+sin(pi)=0", "x=0,y=0"),
    ("sqrt(x)+sqrt(y)=1", "x=0,y=1"),
    ("cbrt(x)+y=1", "x=0,y=1"),
    ("x^2+y^2=1e-10", "x=6e-6,y=8e-6"),
]


@pytest.mark.parametrize(("text", "at"), ON_CURVES)
def test_points_on_a_curve_pass_for_it_whatever_rounding_leaves(text: str, at: str) -> None:
    result = implicit(text, "y", at, check=False)
    assert not result.flags[0] >> FLAGS.index("off") & 1
    kind = implicit(text, "y", at).verdicts["x"].names()[0]
    assert kind not in ("wrong", "undefined")


def test_implicit_derivatives_as_formulas() -> None:
    assert implicit("x^2+y^2=25", "y").derivatives["x"].canonical_text == "-x/y"
    second = implicit("x^2+y^2=25", "y", order=2)
    assert second.derivatives["x,x"].canonical_text == "-25/y**3"
    assert "the equation itself" in second.remarks[0]


def test_a_series() -> None:
    result = series("exp(x)", 6, "x=0,1", on=(-1, 2))
    wanted = [[math.exp(x) / math.factorial(n) for n in range(7)] for x in (0, 1)]
    assert result.coefficients == pytest.approx(np.array(wanted), rel=1e-15)
    assert all(set(verdicts.names()) == {"proved"} for verdicts in result.verdicts)
    assert result.remainder is not None
    for (low, high), x in zip(result.remainder.tolist(), (0, 1), strict=True):
        grid = np.linspace(-1, 2, 200)
        polynomial = sum(c * (grid - x) ** n for n, c in enumerate(wanted[x]))
        beyond = np.exp(grid) - polynomial
        assert low <= beyond.min() + 1e-12
        assert high >= beyond.max() - 1e-12
        assert high - low <= 1.1 * (beyond.max() - beyond.min()) + 1e-12


def test_a_series_in_one_of_several_variables() -> None:
    result = series("x^2*y", 3, "x=1,y=5", "x")
    assert result.coefficients.tolist() == [[5, 10, 5, 0]]


@both_engines
def test_several_functions_along_a_vector(engine: str) -> None:
    outcome = deriv("x^2*y^3", "x+y", "--along", "x=1,y=2", "--at", "x=1,y=2", "--engine", engine, "--format", "csv")
    assert outcome.stdout == "x,y,f1,Df1,f2,Df2\n1,2,8,40,3,3\n"


@both_engines
def test_the_hessian_of_an_implicit_function(engine: str) -> None:
    """z = sqrt(9 - x^2 - y^2) at (1, 2, 2)."""
    words = ("x^2+y^2+z^2=9", "--implicit", "z", "--hessian", "--at", "x=1,y=2,z=2", "--engine", engine)
    found = deriv(*words, "--format", "json").json["functions"][0]
    assert found["derivatives"] == {"x,x": [-0.625], "x,y": [-0.25], "y,y": [-1]}
    assert all(verdicts[0]["kind"] == "proved" for verdicts in found["verdicts"].values())


def test_letters_of_either_side_of_an_equation_make_products() -> None:
    for text in ("xy=x+y", "x+y=xy"):
        assert implicit(text, "y").expression.variables == ("x", "y"), text


def test_the_polynomial_reads_back() -> None:
    text = deriv("sin(x)/x", "--series", "7", "--at", "x=1.5", "--format", "value").stdout.strip()
    assert derive(text, "x=1.6").value[0] == pytest.approx(math.sin(1.6) / 1.6, rel=1e-10)


def test_contradictions_are_refused() -> None:
    with pytest.raises(DerivError, match="mixed and order"):
        derive("x*y", "x=1,y=2", mixed="x,y", order=2)
    with pytest.raises(DerivError, match="no engine"):
        derive("x", "x=1", engine="fast")
    with pytest.raises(DerivError, match="degree 201"):
        series("x", 201, "x=1")
    with pytest.raises(DerivError, match="order 201"):
        derive("x", "x=1", order=201)
