"""Elasticities x/f df/dx, against mpmath, and what is known of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from derivcli import derive
from derivcli.check.elasticity import elasticity
from tests.support import deriv, each

FORMULAS: dict[str, Callable[[Any], Any]] = {
    "x^3": lambda x: x**3,
    "exp(2x)": lambda x: mpmath.exp(2 * x),
    "x*sin(x)+2": lambda x: x * mpmath.sin(x) + 2,
    "1/(1+x^2)": lambda x: 1 / (1 + x**2),
    "log(x+5)": lambda x: mpmath.log(x + 5),
    "sqrt(x^2+1)-x/3": lambda x: mpmath.sqrt(x**2 + 1) - x / 3,
}


@each("text", FORMULAS)
def test_elasticities_are_right(text: str) -> None:
    draw = random.Random(text)
    points = [draw.uniform(-3, 3) for _ in range(20)]
    found = derive(text, {"x": points}, elasticity=True, check=True)
    with mpmath.workdps(40):
        for place, point in enumerate(points):
            function = FORMULAS[text]
            true = point * mpmath.diff(function, point) / function(mpmath.mpf(point))
            assert found.elasticities["x"][place] == pytest.approx(float(true), rel=1e-12)
    assert set(found.elasticity_verdicts["x"].names()) == {"proved"}


def test_as_formulas_they_are_right_and_short() -> None:
    draw = random.Random(8)
    for text, function in FORMULAS.items():
        found = derive(text, elasticity=True)
        formula = found.elasticities["x"].canonical_text
        for point in [draw.uniform(0.1, 3) for _ in range(5)]:
            with mpmath.workdps(40):
                true = point * mpmath.diff(function, point) / function(mpmath.mpf(point))
            assert derive(formula, {"x": point}, wrt=["x"]).value[0] == pytest.approx(float(true), rel=1e-10)
    for text, short in {"x^3": "3", "exp(2x)": "2*x", "1/x": "-1", "sqrt(x)": "1/2", "5": "0"}.items():
        assert derive(text, wrt=["x"], elasticity=True).elasticities["x"].canonical_text == short


def test_formulas_of_several_functions() -> None:
    words = ["m*x^2", "x+m", "--elasticity"]
    assert "elasticity f1 by x\t2\n" in deriv(*words).stdout
    assert deriv(*words, "--format", "json").json["functions"][1]["elasticities"] == {
        "m": "m/(m + x)",
        "x": "x/(m + x)",
    }
    assert r"\varepsilon_{x}(f_{1}) &= 2" in deriv(*words, "--format", "latex").stdout
    assert "elasticity" not in deriv(*words[:2]).stdout
    assert "there is no elasticity where" in deriv(*words).stderr


def test_a_wrong_number_is_seen() -> None:
    right = derive("x^3", {"x": [2.0]}, elasticity=True, check=True).elasticity_verdicts["x"]
    assert right.names() == ["proved"]
    lost = derive("(1-cos(x))/x^2", {"x": [1e-7]}, elasticity=True, check=True).elasticity_verdicts["x"]
    assert lost.names() == ["lossy"]
    assert lost.truth[0] == pytest.approx(-1.6666666e-15, rel=1e-6)


def test_no_overflow_on_the_way_and_none_hidden() -> None:
    cases = [(1e300, 1e-300, 1e-300, 1e300), (1e-300, 1e-300, 1e-300, 1e-300), (1e200, 1e200, 1e200, 1e200)]
    for x, f, slope, want in cases:
        assert elasticity(np.array([x]), np.array([f]), np.array([slope]))[0] == pytest.approx(want, rel=1e-15)
    assert np.isinf(elasticity(np.array([1e300]), np.array([1.0]), np.array([1e300])))[0]
    assert math.isnan(elasticity(np.array([1.0]), np.array([0.0]), np.array([1.0]))[0])
    assert elasticity(np.array([0.0]), np.array([2.0]), np.array([5.0]))[0] == 0


def test_numbers_near_the_ends_of_float64() -> None:
    small = derive("x^2", {"x": [1e-160]}, elasticity=True, check=True)
    verdict = small.elasticity_verdicts["x"][0]
    assert verdict is None or verdict.kind != "proved" or abs(small.elasticities["x"][0] - 2) < 1e-12
    assert np.isnan(derive("x*y", {"x": 1e200, "y": 1e200}, elasticity=True).elasticities["x"])[0]
    zero = deriv("x", "--at", "x=0", "--elasticity", "--check", "--format", "table")
    assert "-1 digits" not in zero.stdout
    assert "1 elasticity is not defined" in zero.stderr
    assert str(derive("x^2-4", {"x": [0.0]}, elasticity=True).elasticities["x"][0]) == "0.0"


HARD: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "x": lambda x: (x, 1),
    "x^2": lambda x: (x**2, 2 * x),
    "3*x^5": lambda x: (3 * x**5, 15 * x**4),
    "1/x": lambda x: (1 / x, -1 / x**2),
    "(x-10)^2+1": lambda x: ((x - 10) ** 2 + 1, 2 * (x - 10)),
    "x^2-x": lambda x: (x**2 - x, 2 * x - 1),
    "exp(-x)": lambda x: (mpmath.exp(-x), -mpmath.exp(-x)),
    "x+1e-300": lambda x: (x + mpmath.mpf("1e-300"), 1),
}
"""Values and derivatives, at points where they are tiny, huge, cancel, or are 0."""


@each("text", HARD)
def test_no_false_word_at_hard_points(text: str) -> None:
    draw = random.Random(text)
    points = [0.0, 1.0, 0.5, 10.0, 1e-320, 5e-324, -1e-310, 745.0, 800.0]
    points += [draw.choice([1, -1]) * 10 ** draw.uniform(-320, 300) for _ in range(30)]
    points += [1 + draw.uniform(-1, 1) * 10 ** draw.uniform(-16, -1) for _ in range(10)]
    with mpmath.workdps(1500):
        found = derive(text, {"x": points}, elasticity=True, check=True)
        verdicts = found.elasticity_verdicts["x"]
        for place, point in enumerate(points):
            verdict, x = verdicts[place], mpmath.mpf(point)
            if verdict is None or verdict.kind == "unchecked":
                continue
            value, slope = HARD[text](x)
            true = x * slope / value
            error = abs(mpmath.mpf(float(found.elasticities["x"][place])) - true)
            right, wrong = (abs(true) * mpmath.mpf(bound) + mpmath.mpf(2) ** -1022 for bound in (0.9e-12, 1.1e-12))
            assert (verdict.kind in ("proved", "agrees")) == (error <= right) or right < error < wrong, (point, verdict)


@each("dtype", ["float64", "float32"])
def test_the_point_is_the_one_that_was_typed(dtype: str) -> None:
    points = {"2.04": "2.04", "0.1": "0.1", "1e-310": "1e-310", "-2.46": "-2.46", "pi/7": mpmath.pi / 7}
    found = derive("sin(x)", {"x": [*points]}, elasticity=True, check=True, dtype=dtype)
    with mpmath.workdps(40):
        for place, x in enumerate(map(mpmath.mpf, points.values())):
            verdict = found.elasticity_verdicts["x"][place]
            assert verdict is not None
            if verdict.kind != "unchecked":
                assert verdict.truth == pytest.approx(float(x * mpmath.cot(x)), rel=1e-15)


def test_what_is_too_small_to_be_known_is_unchecked() -> None:
    for text, at in (("1/x", {"x": [1e308]}), ("x*y^2", {"x": [5e-324], "y": [-1.42]})):
        found = derive(text, at, elasticity=True, check=True).elasticity_verdicts["x"]
        assert found.names() == ["unchecked"]


def test_one_without_a_verdict_hides_no_other(tmp_path: Path) -> None:
    outcome = deriv("1-cos(x)", "--at", "x=1e-8,0", "--elasticity", "--check", "--format", "csv", status=1)
    assert "the elasticity by x lost all its digits" in outcome.stderr
    path = tmp_path / "e.csv"
    path.write_text("x\n1e-6\n0\n2\n")
    words = ["1-cos(x)", "--data", str(path), "--elasticity", "--check", "--format", "csv"]
    assert "x = 1e-6: the elasticity by x lost" in deriv(*words, status=1).stderr


def test_a_stream_tells_which_are_not_defined(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("x\n1\n0\n")
    said = deriv("x^2", "--data", str(tmp_path / "e.csv"), "--elasticity", "--format", "csv").stderr
    assert "1 elasticity is not defined, or not known" in said


def test_columns_and_formats() -> None:
    words = ["x^3*y", "--at", "x=2,y=3", "--elasticity"]
    header = "x\ty\tf\tdf/dx\tdf/dy\telasticity f by x\telasticity f by y\n2\t3\t24\t36\t8\t3\t1\n"
    assert deriv(*words, "--format", "tsv").stdout == header
    (function,) = deriv(*words, "--format", "json", "--check").json["functions"]
    assert function["elasticities"] == {"x": [3], "y": [1]}
    assert [each["kind"] for key in "xy" for each in function["elasticity_verdicts"][key]] == ["proved", "proved"]
    assert r"\varepsilon_{x}(f)" in deriv(*words, "--format", "latex").stdout
    assert "elasticity f by x" in deriv(*words, "--format", "table").stdout


@each("option", [["--order", "2"], ["--hessian"], ["--series", "2"], ["--sum"], ["--along", "x=1"]])
def test_what_has_none(option: list[str]) -> None:
    said = deriv("x^2", "--at", "x=1", "--elasticity", *option, status=2).stderr
    assert f"--elasticity and {option[0]} do not go together" in said
