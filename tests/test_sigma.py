"""Uncertainties of the variables, given beside the points or in columns, and what is shown of that of the value."""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from derivcli import DerivError, derive, explain, hessian, jacobian, script
from derivcli.propagated import LINEAR, NOT_DECIDED
from derivcli.render.documents.propagation import _linear, rounded
from derivcli.result import Result
from tests.support import deriv, each


def sigma_of(result: Result) -> list[float]:
    assert result.propagated is not None
    return list(result.propagated.sigma.tolist())


def test_a_product_by_hand() -> None:
    result = derive("m*g*h", at={"m": "2.00±0.01", "g": 9.81, "h": "1.50(2)"})
    assert result.propagated is not None
    assert sigma_of(result) == [pytest.approx(math.hypot(14.715 * 0.01, 19.62 * 0.02), rel=1e-14)]
    assert list(result.propagated.inputs) == ["m", "h"]
    assert sum(each[0] for each in result.propagated.shares.values()) == pytest.approx(1)


@each(
    ("at", "sigma"),
    [
        ({"x": "3±0.1", "y": "2±1%"}, None),
        ({"x": 3, "y": 2}, {"x": 0.1, "y": "1%"}),
        ({"x": "3±0.1", "y": 2}, {"y": "1/50"}),
        ({"x": 3, "y": 2}, {"x": Fraction(1, 10), "y": Decimal("0.02")}),
        ({"x": np.array([3.0]), "y": [2.0]}, {"x": np.array([0.1]), "y": [0.02]}),
        ("x=3±0.1,y=2.00(2)", None),
    ],
)
def test_ways_to_say_the_same(at: object, sigma: object) -> None:
    result = derive("x*y", at=at, sigma=sigma)  # type: ignore[call-overload]
    assert sigma_of(result) == [pytest.approx(math.hypot(0.2, 0.06), rel=1e-14)]


def test_correlations_against_the_matrix() -> None:
    """The quadratic form of the covariance matrix, by NumPy and not by pairs."""
    random_ = random.Random(2)
    for _ in range(20):
        root = np.array([[random_.uniform(-1, 1) for _ in range(3)] for _ in range(3)])
        covariance = root @ root.T
        sigmas = np.sqrt(np.diag(covariance))
        r = covariance / np.outer(sigmas, sigmas)
        pairs = {("x", "y"): r[0, 1], ("z", "x"): r[0, 2], ("y", "z"): r[1, 2]}
        given = dict(zip("xyz", sigmas.tolist(), strict=True))
        result = derive("x*y + sin(z)", at={"x": 1, "y": 2, "z": 3}, sigma=given, corr=pairs)
        slopes = np.array([2, 1, math.cos(3)])
        assert sigma_of(result) == [pytest.approx(math.sqrt(slopes @ covariance @ slopes), rel=1e-12)]
        assert result.propagated is not None
        shares = [each[0] for each in result.propagated.shares.values()]
        wanted = slopes * (covariance @ slopes) / (slopes @ covariance @ slopes)
        assert shares == pytest.approx(wanted.tolist(), rel=1e-9)


def test_only_what_was_asked_for_is_shown() -> None:
    result = derive("x*y", at={"x": "3.0±0.1", "y": "2.0±0.2"}, wrt="x")
    assert list(result.derivatives) == list(result.verdicts) == ["x"]
    assert sigma_of(result) == [pytest.approx(math.hypot(0.2, 0.6))]
    several = jacobian(["x*y", "x + y"], at={"x": 3, "y": 2}, sigma={"x": 0.1, "y": 0.2}, wrt="y")
    found = [sigma_of(each)[0] for each in several.results]
    assert found == pytest.approx([math.hypot(0.2, 0.6), math.hypot(0.1, 0.2)])
    assert several.matrix.shape == (1, 2, 1)


def test_results_copy_pickle_and_compare() -> None:
    result = derive("x*y", at={"x": "3.0±0.1", "y": [1, 2]}, sigma={"y": [0.1, 0.2]}, corr={("x", "y"): 0.5})
    for same in (copy.copy(result), copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert same == result
    assert (
        result.first(1).propagated
        == derive("x*y", at={"x": "3.0±0.1", "y": 1}, sigma={"y": 0.1}, corr={("x", "y"): 0.5}).propagated
    )
    assert derive("x*y", at={"x": "3.0±0.1", "y": [1, 2]}) != result


@each(
    ("at", "sigma", "corr", "message"),
    [
        ({"x": 3}, {"y": 1}, None, "no value"),
        ({"x": "3±1"}, {"x": 1}, None, "two uncertainties"),
        ({"x": 3}, {"x": -1}, None, "negative"),
        ({"x": 3}, {"x": "-1"}, None, "not negative"),
        ({"x": [1, 2, 3]}, {"x": [0.1, 0.2]}, None, "3 values, and its uncertainties are 2"),
        ({"x": 3}, {"x": math.inf}, None, "not finite"),
        ({"x": 3}, {"x": True}, None, "is no point"),
        ({"x": 3}, {"2": 1}, None, "no name"),
        ({"x": 3}, 0.1, None, "mapping"),
        ({"x": ["3±1", 2]}, None, None, "have no uncertainty"),
        (None, {"x": 1}, None, "are those of values"),
        ({"x": "3±1"}, None, {("x", "y"): 0.5}, "no uncertainty"),
        ({"x": "3±1"}, None, {("x", "x"): 0.5}, "two variables"),
        ({"x": "3±1"}, None, {("x", "y"): 2}, "from -1 to 1"),
        ({"x": "3±1"}, None, {("x", "y"): math.nan}, "from -1 to 1"),
        ({"x": "3±1"}, None, [1], "mapping of pairs"),
    ],
)
def test_refusals_in_python(at: object, sigma: object, corr: object, message: str) -> None:
    with pytest.raises(DerivError, match=message) as refusal:
        derive("x^2", at=at, sigma=sigma, corr=corr)  # type: ignore[call-overload]
    assert refusal.value.hint


def test_what_propagates_nothing_refuses_uncertainties() -> None:
    at = {"x": "3±1"}
    for refused in (
        lambda: hessian("x^2", at=at),
        lambda: derive("x^2", at=at, order=2),
        lambda: derive("x^2", at=at, mixed="x,x"),
        lambda: derive("diff(x^3, x, 2)", at=at),
        lambda: explain("x^2", at=at),
        lambda: script("x^2", at=at),
    ):
        with pytest.raises(DerivError, match="uncertaint"):
            refused()


def written(path: Path, rows: str) -> str:
    file = path / "data.csv"
    file.write_text(rows)
    return str(file)


def test_columns_of_uncertainties(tmp_path: Path) -> None:
    file = written(tmp_path, "x,ux,y\n1,0.1,2\n2,0.2,3\n3,0,4\n")
    output = deriv("x^2*y", "--data", file, "--sigma", "x=ux,y=2%", "--format", "csv", "--no-check").stdout
    rows = [line.split(",") for line in output.splitlines()]
    assert rows[0] == "x,ux,y,f,sigma f,df/dx,df/dy,share x,share y,bias f,linear f,f flags".split(",")
    for row, (x, ux, y) in zip(rows[1:], [(1, 0.1, 2), (2, 0.2, 3), (3, 0, 4)], strict=True):
        assert float(row[4]) == pytest.approx(math.hypot(2 * x * y * ux, x * x * y * 0.02), rel=1e-14)
        assert float(row[7]) + float(row[8]) == pytest.approx(1)
        assert row[10] == ""


def test_a_table_of_a_file_has_them_too(tmp_path: Path) -> None:
    file = written(tmp_path, "x,ux,y\n1,0.1,2\n2,0.2,3\n3,0,4\n")
    shown = json.loads(deriv("x*y", "--data", file, "--sigma", "x=ux", "--format", "json").stdout)
    assert shown["functions"][0]["uncertainty"]["sigma"] == [0.2, pytest.approx(0.6), 0]
    assert shown["functions"][0]["uncertainty"]["inputs"] == {"x": [0.1, 0.2, 0]}


def test_headers_win_over_constants_and_are_no_variables(tmp_path: Path) -> None:
    file = written(tmp_path, "x,e\n1,0.5\n2,0.25\n")
    output = deriv("x^2", "--data", file, "--sigma", "x=e", "--format", "csv").stdout
    assert [line.split(",")[3] for line in output.splitlines()] == ["sigma f", "1", "1"]
    refusal = deriv("x^2*u", "--data", written(tmp_path, "x,y\n1,2\n"), "--sigma", "x=y", status=2).stderr
    assert "'u' has no value" in refusal


def test_names_that_the_input_has(tmp_path: Path) -> None:
    file = written(tmp_path, "x,sigma f,share x\n1,2,3\n")
    header = deriv("x^2", "--data", file, "--sigma", "x=0.1", "--format", "csv").stdout.splitlines()[0].split(",")
    assert len(set(header)) == len(header)
    assert {"sigma g", "share g,x"} <= set(header) or '"share g' in ",".join(header)


def test_files_of_types(tmp_path: Path) -> None:
    from pyarrow import parquet

    file, output = written(tmp_path, "x,ux\n1,0.1\n2,0.2\n"), tmp_path / "out.parquet"
    deriv("x^2", "--data", file, "--sigma", "x=ux", "--output", str(output))
    table = parquet.read_table(output).to_pydict()
    assert table["sigma f"] == pytest.approx([0.2, 0.8])
    assert table["ux"] == [0.1, 0.2]
    assert {"share x", "bias f", "linear f"} <= table.keys()
    assert all(each is None or each in LINEAR for each in table["linear f"])


def by_hand(value: float, sigma: float) -> tuple[Fraction, Fraction]:
    """A value and its uncertainty to two digits of that, by whole numbers."""
    place = 0
    exact, spread = Fraction(repr(value)), Fraction(repr(sigma))
    while spread < 10:
        spread, exact, place = spread * 10, exact * 10, place - 1
    while spread >= Fraction(995, 10):
        spread, exact, place = spread / 10, exact / 10, place + 1
    return Fraction(round(exact)) * Fraction(10) ** place, Fraction(round(spread)) * Fraction(10) ** place


def test_rounding_to_two_digits_of_the_uncertainty() -> None:
    random_ = random.Random(3)
    for _ in range(500):
        sigma = random_.uniform(1, 10) * 10 ** random_.randrange(-12, 12)
        value = random_.uniform(-1, 1) * sigma * 10 ** random_.randrange(0, 8)
        shown, spread, power = rounded(value, sigma)
        scale = Fraction(10) ** power
        assert (Fraction(shown) * scale, Fraction(spread) * scale) == by_hand(value, sigma), (value, sigma)
        assert len(shown.partition(".")[2]) == len(spread.partition(".")[2])
        digits = spread.replace(".", "").lstrip("0")
        assert len(digits) == 2, spread


@each(
    ("value", "sigma", "wanted"),
    [
        (29.43, 0.41908, ("29.43", "0.42", 0)),
        (1.0, 0.02, ("1.000", "0.020", 0)),
        (0.0, 0.00999, ("0.000", "0.010", 0)),
        (123456.0, 99.6, ("1.2346", "0.0010", 5)),
        (5.0, 0.0, ("5", "0", 0)),
        (1e5, 1e-20, ("100000", "1e-20", 0)),
        (math.inf, 1.0, ("inf", "1", 0)),
        (math.nan, math.nan, ("nan", "nan", 0)),
    ],
)
def test_rounding_of_special_pairs(value: float, sigma: float, wanted: tuple[str, str, int]) -> None:
    assert rounded(value, sigma) == wanted


def session(*lines: str) -> list[str]:
    """What the lines of a piped session print."""
    return deriv("shell", stdin="\n".join([*lines, ""]).encode()).stdout.splitlines()


def test_a_session_keeps_uncertainties() -> None:
    assert session("m = 2.00±0.01", "h = 3.0(3)", "m*h")[-1].split("\t")[-1] == f"sigma f {math.hypot(0.03, 0.6)}"
    assert session("x = 3±0.1", "z = 2*x", "z^2")[-1].endswith("sigma f 2.4000000000000004")
    assert session("x = 0:1:3±10%", ":vars")[-1] == "x\t0:1:3±10%"
    assert session("x = 1±0.1,2±0.2", ":vars")[-1] == "x\t1±0.1,2±0.2"
    assert session("x = 3±0.1", "x = 4", "x^2")[-1] == "16\t8\tproved"


def test_a_session_asks_for_more_without_them() -> None:
    assert session("x = 3±0.1", ":hessian x^2")[-1] == "3\t9\t2"
    assert session("x = 3±0.1", ":steps x^2")[-1].startswith("df/dx")
    assert session("x = 3±0.1", "y = 2", ":sigma y=0.5 x*y")[-1].split("\t")[3] == str(math.hypot(0.2, 1.5))


def test_what_is_said_of_the_linear_estimate() -> None:
    for text, at in (("x^2", "x=1.0±0.1"), ("exp(x)", "x=0±0.01"), ("x*y", "x=1±0.01,y=2±0.03"), ("3*x", "x=1±1")):
        result = derive(text, at=at)
        assert result.propagated is not None
        bound = Fraction(float(result.propagated.error[0]))
        (told,) = re.findall(r"right(?: to (\S+) %)? \(proved\)", str(result))
        assert bound * 100 <= Fraction(told or 0) <= max(bound * 111, Fraction(1, 1000)), text
        ends = re.search(r"is between (\S+) and (\S+)", str(result))
        assert ends is not None
        assert float(ends[1]) <= result.propagated.low[0] < result.propagated.high[0] <= float(ends[2])


def test_an_estimate_that_is_off_is_the_exit_status() -> None:
    assert "off by more than 1 %: it says 0" in deriv("x^2", "--at", "x=0±0.1", columns=80).stdout
    deriv("x^2", "--at", "x=0±0.1", "--check", status=1)
    deriv("x^2", "--at", "x=1±0.1", "--check", status=0)
    streamed = deriv("x^2", "--at", "x=0:1:5±0.1", "--check", "--format", "csv", status=1)
    assert streamed.stdout.splitlines()[0].endswith("linear f,low f,high f")
    assert "3 good, 2 off" in streamed.stderr


def test_nobody_is_told_of_what_is_good_but_those_who_ask() -> None:
    words = ("x^2", "--at", "x=1±0.01", "--format", "csv")
    assert "linear" not in deriv(*words).stderr
    assert "linear estimates of the uncertainty of f: 1 good" in deriv(*words, "--check").stderr
    assert "are not checked" in deriv(*words, "--no-check").stderr


def test_a_function_without_a_value_has_no_uncertainty() -> None:
    result = derive("log(x)", at={"x": "-1±0.1"})
    assert np.isnan(sigma_of(result)).all()
    assert result.propagated is not None
    assert [LINEAR[code] for code in result.propagated.linear] == [None]
    shown = deriv("log(x)", "--at", "x=-1±0.1,2±0.1", "--format", "csv").stdout.splitlines()
    assert shown[1].split(",")[1:3] == ["nan", "nan"]
    assert shown[2].split(",")[2] == "0.05"


def test_typed_values_beside_a_file(tmp_path: Path) -> None:
    file = written(tmp_path, "x\n1\n2\n")
    for words in (("--at", "g=10±0.1"), ("--at", "g=10", "--sigma", "g=1%")):
        lines = deriv("x*g", "--data", file, *words, "--format", "csv").stdout.splitlines()
        assert [line.split(",")[3] for line in lines] == ["sigma f", "0.1", "0.2"]


def test_missing_uncertainties_are_blank(tmp_path: Path) -> None:
    file = written(tmp_path, "x,ux\n1,0.1\n2,NA\n3,0.3\n")
    lines = deriv("x^2", "--data", file, "--sigma", "x=ux", "--na", "NA", "--format", "csv").stdout.splitlines()
    assert [line.split(",")[3] for line in lines] == ["sigma f", "0.2", "", str(6 * 0.3)]
    assert "'NA' is not a number" in deriv("x^2", "--data", file, "--sigma", "x=ux", status=2).stderr


def test_headers_with_units(tmp_path: Path) -> None:
    file = written(tmp_path, "x [m],ux [m]\n1,0.1\n2,0.2\n")
    for name in ("ux", "ux [m]"):
        lines = deriv("x^2", "--data", file, "--sigma", f"x={name}", "--format", "csv").stdout.splitlines()
        assert [line.split(",")[3] for line in lines] == ["sigma f", "0.2", "0.8"]


def test_elasticities_stand_in_the_budget() -> None:
    result = derive("x^2*y", at={"x": "3±0.1", "y": 2})
    assert "elasticity" not in str(result)
    shown = str(replace(result, elasticities={"x": np.array([2.0]), "y": np.array([1.0])}))
    assert "elasticity" in shown


@each(
    ("text", "at", "width", "words"),
    [
        ("m*g*h", "m=2.00±0.01,g=9.81,h=1.50(2)", 80, ["sensitivity", "contribution"]),
        ("m*g*h", "m=2.00±0.01,g=9.81,h=1.50(2)", 50, ["slope", "part"]),
        ("m*g^2", "m=1.0±0.1,g=299792458", 80, ["slope", "share"]),
    ],
)
def test_budgets_fit_the_screen(text: str, at: str, width: int, words: list[str]) -> None:
    lines = deriv(text, "--at", at, columns=width).stdout.splitlines()
    assert max(map(len, lines)) <= width
    (head,) = [line for line in lines if "share" in line]
    assert all(word in head for word in words)


def test_what_is_not_decided_says_why() -> None:
    shown = " ".join(deriv("x^y", "--at", "x=1±0.4,y=2±1", "--format", "table").stdout.split())
    assert "is not decided: no bounds of the values were found, as where a pole" in shown
    spread = derive("x^2", at={"x": "3±0.1"}).propagated
    assert spread is not None
    cases: list[tuple[dict[str, float], str]] = [
        ({"error": 0.0314}, "it is off by at most 3.2 %, perhaps by less than 1 %"),
        ({"error": math.nan}, "no bounds were found that are close enough"),
        ({"sigma": math.inf}, "it is no number"),
    ]
    for changed, why in cases:
        record = replace(spread, linear=np.array([NOT_DECIDED], np.uint8))
        for name, value in changed.items():
            object.__setattr__(record, name, np.array([value]))
        assert _linear(record, 0) == f"whether the linear estimate is right to 1 % is not decided: {why}"


@each("kind", ["csv", "jsonl", "parquet"])
def test_negative_uncertainties_in_a_column(kind: str, tmp_path: Path) -> None:
    rows = [(1.0, 0.1), (2.0, -0.1), (3.0, -999.0), (4.0, 0.0)]
    table = pa.table({"x": [x for x, _ in rows], "u": [u for _, u in rows]})
    path = tmp_path / f"in.{kind}"
    if kind == "parquet":
        parquet.write_table(table, path)
    elif kind == "csv":
        path.write_text("x,u\n" + "".join(f"{x},{u}\n" for x, u in rows))
    else:
        path.write_text("".join(json.dumps({"x": x, "u": u}) + "\n" for x, u in rows))
    words = ["x^2", "--data", str(path), "--sigma", "x=u", "--na", "u=-999", "--format", "csv", "--columns", "sigma f"]
    said = deriv(*words, status=2).stderr
    assert "row 2" in said
    assert "column 'u': -0.1 is negative, and no uncertainty is" in said
    kept = deriv(*words, "--on-error", "keep", "--keep", "none")
    assert kept.stdout == "sigma f\n0.2\n\n\n0\n"
    assert "2 rows have no results" in kept.stderr
    left = deriv(*words, "--on-error", "skip", "--keep", "none")
    assert left.stdout == "sigma f\n0.2\n0\n"
    assert "2 rows were left out" in left.stderr
