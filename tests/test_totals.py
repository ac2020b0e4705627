"""Totals over all points: exact sums in any order, gradients of losses, and what is said of them."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest

from derivcli import derive
from derivcli.check.total import TrueTotal
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.engines import exact_sum
from derivcli.engines.exact_sum import ExactSum
from tests.support import deriv, each


def exactly(numbers: Sequence[float]) -> float:
    """The sum, rounded once."""
    total = sum(map(Fraction, numbers), Fraction(0))
    try:
        return total.numerator / total.denominator
    except OverflowError:
        return math.copysign(math.inf, total)


def hard_numbers(draw: random.Random, count: int) -> list[float]:
    """Numbers of all sizes, many of which cancel."""
    found = [draw.uniform(-1, 1) * 2.0 ** draw.randint(-1070, 1020) for _ in range(count)]
    found += [-each for each in draw.sample(found, count // 2)]
    draw.shuffle(found)
    return found


def test_a_sum_is_rounded_once_whatever_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_sum, "PIECE_NUMBERS", 7)
    draw = random.Random(1)
    for count in (0, 1, 2, 30, 200):
        numbers = hard_numbers(draw, count)
        want = exactly(numbers)
        for _ in range(3):
            draw.shuffle(numbers)
            total = ExactSum()
            for start in range(0, len(numbers), 11):
                total.add(np.array(numbers[start : start + 11]))
            assert total.over(1) == want
            assert total.over(3) == exactly(numbers) / 3 or total.over(3) == float(total.exact / 3)
    assert sum([1e16, 1.0, -1e16]) != exactly([1e16, 1.0, -1e16]), "plain sums are others"


def test_many_numbers_fill_no_piece() -> None:
    total = ExactSum()
    numbers = np.full(3_000_000, 1.0 + 2.0**-52)
    total.add(numbers)
    assert total.exact == 3_000_000 * Fraction(1.0 + 2.0**-52)


def test_what_is_not_finite_stays_so() -> None:
    for values, want in (([1, math.inf], math.inf), ([math.inf, -math.inf], math.nan), ([math.nan, 1], math.nan)):
        total = ExactSum()
        total.add(np.array(values))
        assert str(total.over(1)) == str(want)


def line(tmp_path: Path, count: int, draw: random.Random) -> tuple[Path, list[tuple[float, float]]]:
    rows = [(draw.uniform(-3, 3), draw.uniform(-3, 3)) for _ in range(count)]
    path = tmp_path / "line.csv"
    path.write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    return path, rows


@each("kind", ["sum", "mean"])
@each("count", [1, 5, 3_000])
def test_a_loss_and_its_gradient(kind: str, count: int, tmp_path: Path) -> None:
    path, rows = line(tmp_path, count, random.Random(count))
    found = deriv("(y-a*x-b)^2", "--data", str(path), "--at", "a=1.5,b=0.25", f"--{kind}", "--format", "json").json
    (function,) = found["functions"]
    errors = [(Fraction(y) - Fraction(1.5) * Fraction(x) - Fraction(0.25), Fraction(x)) for x, y in rows]
    over = count if kind == "mean" else 1
    true = [sum(e * e for e, _ in errors), sum(-2 * e * x for e, x in errors), sum(-2 * e for e, _ in errors)]
    shown = [function["value"][0], function["derivatives"]["a"][0], function["derivatives"]["b"][0]]
    assert shown == pytest.approx([float(each / over) for each in true], rel=1e-12)
    assert (function["total"], function["rows"], found["at"]) == (kind, count, {"a": [1.5], "b": [0.25]})


def test_columns_of_a_total(tmp_path: Path) -> None:
    path, _ = line(tmp_path, 4, random.Random(2))
    words = ["(y-a*x)^2", "--data", str(path), "--at", "a=1"]
    for kind in ("sum", "mean"):
        header, *rows = csv.reader(io.StringIO(deriv(*words, f"--{kind}", "--format", "csv").stdout))
        assert header == ["a", f"{kind} f", f"d({kind} f)/da"]
        assert len(rows) == 1
    deriv(*words, "--sum", "--output", str(tmp_path / "t.parquet"))
    assert parquet.read_table(tmp_path / "t.parquet").num_rows == 1
    shown = deriv(*words, "--sum", "--columns", "sum f=loss,d(sum f)/da=slope", "--format", "csv").stdout
    assert shown.startswith("loss,slope\n")
    assert "∂(sum f)/∂a" in deriv(*words, "--sum", "--format", "table").stdout
    assert r"\sum f" in deriv(*words, "--sum", "--format", "latex").stdout


def test_hessians_and_several_functions_have_totals() -> None:
    found = deriv("a^2*x", "a*x", "--at", "x=1,2,3,a=2", "--sum", "--order", "2", "--format", "value").stdout
    assert found.split() == ["12", "0"]
    python = derive("a^2*x", at={"x": [1, 2, 3], "a": 2}, order=2, total="mean")
    assert (python.value.tolist(), python.derivatives["a,a"].tolist(), python.rows) == ([8.0], [4.0], 3)


def test_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x\n1\n-999\nNA\n2\n")
    outcome = deriv("a*x", "--data", str(path), "--na", "-999,NA", "--at", "a=3", "--sum", "--format", "value")
    assert outcome.stdout == "3\n"
    assert "2 rows have no results" in outcome.stderr


def test_a_row_without_a_number_makes_no_total() -> None:
    outcome = deriv("log(x)*a", "--at", "x=-1,1,2,a=1", "--sum", "--format", "json")
    assert outcome.json["functions"][0]["value"] == ["nan"]
    assert "1 point has a number that is not finite, so that the sum has none that is" in outcome.stderr


def test_a_total_says_which_of_it_is_not_finite() -> None:
    outcome = deriv("sqrt(x)", "--at", "x=0,1,4", "--sum", "--format", "csv")
    assert outcome.stdout.splitlines()[1] == "3,inf"
    assert "so that not all numbers of the sum are" in outcome.stderr


def test_a_total_beyond_float64_is_infinite(tmp_path: Path) -> None:
    for sign, dtype, size in (("", "float64", "1e308"), ("-", "float64", "1e308"), ("", "float32", "3e38")):
        path = tmp_path / "huge.csv"
        path.write_text(f"x\n{sign}{size}\n{sign}{size}\n")
        words = ["x", "--data", str(path), "--sum", "--check", "--dtype", dtype, "--format", "json"]
        (function,) = deriv(*words).json["functions"]
        assert function["value"] == [f"{sign}inf"]
        assert function["value_verdicts"][0]["kind"] == "overflow"


def test_a_total_that_cancels_is_said_to_be_unchecked(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x\n1e16\n1\n-1e16\n")
    outcome = deriv("a*x", "--data", str(path), "--at", "a=1", "--sum", "--check", "--format", "value")
    assert outcome.stdout == "1\n"
    assert "sum f is unchecked: the true numbers of the points, each known to 16 digits" in outcome.stderr


def test_a_total_of_an_equation_is_one_of_its_derivatives() -> None:
    words = ["x^2+y^2=1", "--implicit", "y", "--at", "x=0.6,y=0.8", "--sum", "--format", "tsv"]
    assert deriv(*words).stdout.splitlines()[0] == "x\ty\td(sum y)/dx"


def test_chosen_columns_are_refused_before_all_points_are_added(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x\n" + "1\n" * 200_000)
    words = ["a*x", "--data", str(path), "--at", "a=1", "--sum", "--columns", "f=q"]
    said = deriv(*words, status=2).stderr
    assert "there are a, sum f, d(sum f)/da, f flags" in said
    assert "200,000 points done" not in said


def test_a_shift_is_told() -> None:
    assert "those by a shift of all its values" in deriv("x^2", "--at", "x=1,2", "--sum").stderr
    assert "shift" not in deriv("a*x^2", "--at", "x=1,2,a=1", "--sum").stderr


def true_total(numbers: Sequence[float], kind: str = "proved") -> TrueTotal:
    verdicts = Verdicts.empty(len(numbers))
    for point, number in enumerate(numbers):
        verdicts.put(point, Verdict(kind, 16, number))
    found = TrueTotal()
    found.add(verdicts)
    return found


def test_verdicts_of_totals_bound_the_error() -> None:
    numbers = [0.1, 0.2, 0.3]
    total = true_total(numbers)
    right, wrong = total.verdicts(exactly(numbers), "float64", 1), total.verdicts(0.6001, "float64", 1)
    assert right is not None
    assert right.names() == ["proved"]
    assert wrong is not None
    assert wrong.names() == ["lossy"], "a planted error of a ten-thousandth is seen"
    cancelled = true_total([1e16, 1.0, -1e16]).verdicts(1.0, "float64", 1)
    assert cancelled is not None
    assert cancelled.names() == ["unchecked"], "the true numbers are known to half a unit, which is more than the total"
    agrees = true_total(numbers, "agrees").verdicts(exactly(numbers), "float64", 1)
    assert agrees is not None
    assert agrees.names() == ["agrees"]
    assert true_total(numbers, "corner").verdicts(0.6, "float64", 1) is None


@each(
    ("words", "said"),
    [
        (["x^2", "--sum", "--mean", "--at", "x=1"], "--sum and --mean do not go together"),
        (["x^2", "--sum"], "--sum needs points"),
        (["x^2", "--sum", "--at", "x=1", "--series", "3"], "--sum and --series do not go together"),
        (["x^2", "--mean", "--at", "x=1", "--exact"], "--mean and --exact do not go together"),
        (["x^2", "--sum", "--at", "x=1±0.1"], "uncertainties are propagated to the value of a formula"),
        (["x^2", "--sum", "--at", "x=1", "--plot", "a.png"], "a picture shows points, and --sum adds them up"),
        (["x^2", "--sum", "--at", "x=1", "--code"], "code computes derivatives, no totals"),
    ],
)
def test_what_is_refused(words: list[str], said: str) -> None:
    assert said in deriv(*words, status=2).stderr


@each("count", [1, 2, 5, 100])
def test_totals_of_zeros_are_no_loss_of_digits(count: int) -> None:
    found = derive("a*x^2", at={"x": [1.5] * count, "a": 2}, order=3, total="sum", check=True)
    verdict = found.verdicts["a,a,a"][0]
    assert verdict is not None
    assert verdict.kind == ("proved" if count == 1 else "agrees")


def test_numbers_that_all_underflow_prove_no_total() -> None:
    tiny = Verdicts.empty(4)
    for place in range(4):
        tiny.put(place, Verdict("proved", 16, 0.0))
    total = TrueTotal()
    total.add(tiny)
    found = total.verdicts(0.0, "float64", 1)
    assert found is not None
    assert found.names() == ["agrees"], "the truth may be four times what is just too small"


def test_a_total_of_lossy_numbers_is_not_proved() -> None:
    lossy = Verdicts.empty(2)
    lossy.put(0, Verdict("lossy", 3, 1.0, message="rounding", differs=True))
    lossy.put(1, Verdict("proved", 16, 2.0))
    total = TrueTotal()
    total.add(lossy)
    found = total.verdicts(3.0, "float64", 1)
    assert found is not None
    assert found.names() == ["agrees"], "nothing says that the true number of a lossy one is proved"
