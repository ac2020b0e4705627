"""Gradients, divergences, curls, Laplacians and differentials: against SymPy and mpmath, and with verdicts."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from derivcli import DerivError, curl, differential, divergence, gradient, laplacian, parse, steps
from derivcli.engines import sums
from derivcli.result import FloatArray, Result, Sum, VectorField
from derivcli.vector_operators import VECTOR_OPERATORS
from tests.support import deriv, each

X, Y, Z = sympy.symbols("x y z", real=True)
AXES = (X, Y, Z)
POINT = {"x": 0.75, "y": -1.25, "z": 0.5}

FIELDS = [
    ("x^2*y", "y^2*z", "x*z^2"),
    ("sin(x*y)", "exp(-z)*x", "log(x^2 + y^2)"),
    ("y*z/x", "atan(x*y)", "sqrt(1 + x^2)"),
    ("1", "x", "y - z^3"),
]

SCALARS = ["x^2*y^3*z", "exp(x*y)*cos(z)", "1/sqrt(x^2 + y^2 + z^2)", "log(x^2 + y^4) + x*z", "3"]


def read(text: str) -> Any:
    """A formula as SymPy's own, by none of our readers."""
    return sympy.sympify(text.replace("^", "**"), locals={"x": X, "y": Y, "z": Z})


def value(formula: Any) -> float:
    """What a formula of SymPy's is at the point, in 40 digits."""
    with mpmath.workdps(40):
        f = sympy.lambdify(AXES, formula, "mpmath")
        return float(f(*map(mpmath.mpf, POINT.values())))


def by_hand(operator: str, formulas: Sequence[Any]) -> dict[str, Any]:
    """The operator as books have it."""
    if operator == "div":
        return {"div": sum(f.diff(axis) for f, axis in zip(formulas, AXES, strict=True))}
    f, g, h = formulas
    return {"curl,x": h.diff(Y) - g.diff(Z), "curl,y": f.diff(Z) - h.diff(X), "curl,z": g.diff(X) - f.diff(Y)}


def assert_like(found: VectorField, formulas: VectorField, expected: dict[str, Any]) -> None:
    """Expect numbers that are proved, and formulas with the same values."""
    assert [*found.derivatives] == [*formulas.derivatives] == [*expected]
    for key, truth in expected.items():
        assert found.derivatives[key][0] == pytest.approx(value(truth), rel=1e-13, abs=1e-13)
        verdict = found.verdicts[key][0]
        assert verdict is not None
        assert verdict.kind == "proved"
        assert verdict.truth == pytest.approx(value(truth), rel=1e-15, abs=1e-300)
        assert value(read(formulas.derivatives[key].canonical_text)) == pytest.approx(value(truth), rel=1e-14)


@each("field", FIELDS)
@each("operator", ["div", "curl"])
def test_fields(operator: str, field: tuple[str, str, str]) -> None:
    operate = divergence if operator == "div" else curl
    expected = by_hand(operator, [read(text) for text in field])
    assert_like(operate(field, POINT, wrt="x,y,z"), operate(field, wrt="x,y,z"), expected)


def test_a_field_in_the_plane_has_one_curl() -> None:
    field = ["-y*x", "x^3"]
    (found,) = curl(field, {"x": 2, "y": 3}).derivatives.values()
    assert found[0] == 3 * 4 + 2
    assert curl(field).derivatives["curl"].text == "x*(3*x + 1)"


@each("text", SCALARS)
@each("engine", ["", "taylor"])
def test_laplacians(text: str, engine: str) -> None:
    truth = sum(read(text).diff(axis, 2) for axis in AXES)
    found = laplacian(text, POINT, wrt="x,y,z", engine=engine)
    assert found.derivatives["laplacian"][0] == pytest.approx(value(truth), rel=1e-12, abs=1e-12)
    assert found.verdicts["laplacian"].names() != ["wrong"]
    formula = laplacian(text, wrt="x,y,z").derivatives["laplacian"]
    assert value(read(formula.canonical_text)) == pytest.approx(value(truth), rel=1e-12, abs=1e-25)


def test_a_gradient_is_the_vector_of_steepest_ascent() -> None:
    found = gradient("x^2 - 3*y", {"x": 2, "y": 1})
    assert found.gradient_norm is not None
    assert found.gradient_norm[0] == 5
    assert {name: part[0] for name, part in found.gradient_direction.items()} == {"x": 0.8, "y": -0.6}
    assert str(gradient("x^2 - 3*y")).endswith("∇f = (2*x, -3)")


@each(
    ("text", "expected"),
    [
        ("x^2", "df = 2*x dx"),
        ("x + y", "df = dx + dy"),
        ("x - y", "df = dx - dy"),
        ("y - x*z", "df = -z dx + dy - x dz"),
        ("x*y + x", "df = (y + 1) dx + x dy"),
        ("sin(t)/u", "df = cos(t)/u dt - sin(t)/u^2 du"),
        ("5", "df = 0"),
        ("g(s) = s^3", "dg = 3*s^2 ds"),
    ],
)
def test_differentials(text: str, expected: str) -> None:
    line = str(differential(text)).splitlines()[-1]
    assert line.replace("**", "^") == expected


def test_a_differential_at_a_point_is_told_only_where_the_function_is_smooth() -> None:
    assert "df = 6 dx + 8 dy\n" in str(differential("x^2 + y^2", {"x": 3, "y": 4}))
    assert "df =" not in str(differential("sqrt(abs(x*y))", {"x": 0, "y": 0}))  # both partial derivatives are 0
    assert "df =" not in str(differential("abs(x)*y", {"x": 0, "y": 1}))


@each("text", ["x^2*sin(y)*z", "exp(x*y - z)", "atan(x/y)*z^2", "sqrt(x^2 + y^2 + z^2)"])
def test_the_curl_of_a_gradient_is_zero(text: str) -> None:
    formulas = [each.text for each in gradient(text, wrt="x,y,z").derivatives.values()]
    assert all(formula.tree == 0 for formula in curl(formulas, wrt="x,y,z").derivatives.values())
    found = curl(formulas, POINT, wrt="x,y,z", check=True)
    for key, verdicts in found.verdicts.items():
        verdict = verdicts[0]
        assert verdict is not None
        assert verdict.truth == 0
        assert verdict.kind in ("proved", "lossy")
        assert abs(found.derivatives[key][0]) < 1e-13


@each("field", FIELDS)
def test_the_divergence_of_a_curl_is_zero(field: tuple[str, str, str]) -> None:
    formulas = [formula.text for formula in curl(field, wrt="x,y,z").derivatives.values()]
    assert divergence(formulas, wrt="x,y,z").derivatives["div"].tree == 0
    verdict = divergence(formulas, POINT, wrt="x,y,z").verdicts["div"][0]
    assert verdict is not None
    assert verdict.truth == 0
    assert verdict.kind in ("proved", "lossy")


# Verdicts

DIFFER = ("corner", "vertical", "undefined", "hole", "jump")
"""There a number that is printed misleads."""


@each(
    ("field", "at", "kind", "truth", "message"),
    [
        (["abs(x)", "y"], "x=0,y=1", "corner", None, "a corner in the derivative of component 1 by x: left -1"),
        (["abs(x)", "-abs(y)"], "x=0,y=0", "corner", None, "a corner"),  # one-sided sums would cancel
        (["x", "cbrt(y)"], "x=0,y=0", "vertical", None, "component 2 by y"),
        (["log(x)", "y"], "x=-1,y=1", "undefined", None, "component 1: log has no real value at -1"),
        (["x", "sin(y)/y"], "x=1,y=0", "hole", None, "component 2: the formula has no value here"),
        (["x", "floor(y)"], "x=1,y=2", "jump", None, "component 2"),
        (["x^2*sqrt(x)", "3*y"], "x=0,y=1", "edge", 3, "one side"),
        (["sqrt(x)", "y"], "x=0,y=1", "edge", math.inf, "one side"),
        (["sqrt(x)", "-sqrt(y)"], "x=0,y=0", "undefined", None, "opposite signs"),
        (["abs(x)^3", "y"], "x=0,y=1", "agrees", 1, ""),
        (["relu(x) - relu(-x)", "y"], "x=0,y=1", "wrong", 2, ""),
        (["exp(x)", "y"], "x=800,y=1", "overflow", math.inf, "the true number is 2.72637e347"),
        (["exp(x) - exp(x)", "y"], "x=800,y=1", "lossy", 1, "overflow on the way"),
        (["(1 - cos(x))/x^2", "y"], "x=1e-8,y=1", "lossy", 1 - 1e-8 / 12, "cancellation in the derivative of"),
        (["1e9*sin(x)", "x - 1e9*y*cos(x) + y*x/1e9"], "x=0.1,y=1", "lossy", 1e-10, "cancellation"),
    ],
)
def test_verdicts(field: list[str], at: str, kind: str, truth: float | None, message: str) -> None:
    found = divergence(field, at)
    verdict = found.verdicts["div"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.truth) == (kind, truth if truth is None else pytest.approx(truth, rel=1e-15))
    assert message in verdict.message
    printed = found.derivatives["div"][0]
    assert verdict.differs == (kind in ("wrong", "lossy") or (kind in DIFFER and math.isfinite(printed)))


def test_components_that_do_not_matter_do_not_matter() -> None:
    """A component's derivatives that are no terms may be what they are."""
    verdict = divergence(["x + abs(y)", "y"], {"x": 1, "y": 0}).verdicts["div"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.truth) == ("proved", 2)


def test_exact_values_are_those_of_the_sum() -> None:
    found = divergence(["sin(x)*y", "cos(x)*y^2"], {"x": "pi/3", "y": 2}, exact=True)
    assert [known and known.text for known in found.exact["div"]] == ["3"]
    zero = divergence(["sin(x)", "-y*cos(x)"], {"x": "pi/7", "y": 2}, exact=True)
    assert [known and known.text for known in zero.exact["div"]] == ["0"]


@each("operator", [("div", divergence), ("curl", curl)])
def test_a_planted_fault_in_the_sum_is_told(operator: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    original = sums._total

    def faulty(results: Sequence[Result], total: Sum) -> FloatArray:
        return original(results, total) * (1 + 5e-4)

    key, operate = operator
    assert operate(["x*y", "x*y"], "x=2,y=5").verdicts[key].names() == ["proved"]
    monkeypatch.setattr(sums, "_total", faulty)
    assert operate(["x*y", "x*y"], "x=2,y=5").verdicts[key].names() == ["wrong"]


@each("key", ["curl,x", "curl,y", "curl,z"])
def test_a_planted_sign_in_the_table_is_told(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a component of the curl, whose numbers agree with their formulas."""
    row = VECTOR_OPERATORS["curl"]

    def faulty(functions: int, variables: Sequence[str]) -> Any:
        *rest, last = row.sums(functions, variables)
        return [*rest, {**last, key: tuple(replace(term, sign=-term.sign) for term in last[key])}]

    monkeypatch.setitem(VECTOR_OPERATORS, "curl", replace(row, sums=faulty))
    expected = by_hand("curl", [read(text) for text in FIELDS[1]])
    with pytest.raises(AssertionError):
        assert_like(curl(FIELDS[1], POINT), curl(FIELDS[1]), expected)


# Surfaces


def test_many_points_are_summed_part_after_part() -> None:
    x = np.linspace(-2, 2, 150_001)
    found = divergence(["x^3*y", "sin(x*y)"], {"x": x, "y": np.cos(x)}, paired=True)
    y = np.cos(x)
    np.testing.assert_allclose(found.derivatives["div"], 3 * x**2 * y + x * np.cos(x * y), rtol=1e-12, atol=1e-12)


def test_float32() -> None:
    found = divergence(["x^2", "y*x"], {"x": 3, "y": 1}, dtype="float32")
    assert found.derivatives["div"].dtype == np.float32
    assert found.verdicts["div"].digits.tolist() == [7]


def test_json_has_exact_values_of_all_functions() -> None:
    found = deriv("sin(x)", "y^2", "--div", "--at", "x=pi/3,y=3", "--exact", "--format", "json").json["functions"]
    assert [each["exact_value"] for each in found] == [["sqrt(3)/2"], ["9"]]
    assert found[-1]["exact"] == {"div": ["13/2"]}
    assert found[-1]["layout"] == "div"


def test_functions_of_which_nothing_is_known() -> None:
    assert laplacian("u(x,y)").derivatives["laplacian"].text == "u_xx(x, y) + u_yy(x, y)"
    assert str(divergence(["1", "2"], wrt="x,y")) == "f1 = 1\nf2(x, y) = 2\ndiv f = 0"


def test_the_order_of_variables_is_that_of_wrt() -> None:
    assert divergence(["t*r", "t"], wrt="t,r").derivatives["div"].text == "r"
    assert divergence(["t*r", "t"], wrt="r,t").derivatives["div"].text == "t + 1"
    assert divergence(["F(b,a) = a*b^2", "G(b,a) = a"]).derivatives["div"].text == "2*a*b + 1"


def test_steps_end_with_what_is_printed() -> None:
    for operator, field in (("div", FIELDS[0]), ("curl", FIELDS[1]), ("laplacian", ("x^2*y^3",))):
        found = steps(field, operator=operator)
        closing = [one for one in found if one.result.sums]
        last = deriv(*field, f"--{operator}", "--format", "value").stdout.split("\n")
        assert [one.steps[-1].text for one in closing] == last[: len(closing)]
        for one in closing:
            values = {value(read(re.sub(r"\^", "**", step.text))) for step in one.steps}
            assert max(values) - min(values) < 1e-12


def test_a_wrong_count_is_refused_with_a_way_out() -> None:
    with pytest.raises(DerivError, match="as many expressions as variables") as refused:
        divergence(["x*z", "y"])
    assert refused.value.hint == 'name 2, as in wrt="x,y"'
    assert divergence(["x*z", "y"], wrt="x,y").derivatives["div"].text == "z + 1"


def test_parsed_formulas_are_fields_too() -> None:
    assert divergence([parse("x^2"), 3], wrt="x,y").derivatives["div"].text == "2*x"
