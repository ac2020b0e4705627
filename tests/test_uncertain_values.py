"""Values with uncertainties as texts: what each spelling means, by decimals that share nothing with our reader."""

from __future__ import annotations

import copy
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import pytest

from derivcli import DerivError, derive, explain, series
from derivcli.errors import draw_note
from derivcli.points.at_option import points_from, read_points
from derivcli.points.points import Points
from tests.support import each

SIGNS = ["±", " ± ", "+/-", " +/- ", "+-", "+−", r"\pm ", r" \pm "]


def read(spec: str) -> Points:
    return read_points([spec], uncertain=True)


def only(points: Points) -> tuple[float, float]:
    """The value and the uncertainty of the only variable at the only point."""
    ((value,),) = (each.tolist() for each in points.at.values())
    ((sigma,),) = (each.tolist() for each in points.sigmas.values())
    return value, sigma


def drawn(random_: random.Random) -> tuple[str, Fraction, Fraction]:
    """A spelling of a value with an uncertainty, with both as they are exactly."""
    places = random_.randrange(6)
    value = Decimal(random_.randrange(-(10**7), 10**7)).scaleb(-places)
    digits = random_.randrange(1, 1000)
    kind = random_.choice(["sign", "digits", "percent", "exponent", "factor", "brackets"])
    exponent = random_.randrange(-12, 13)
    sign = random_.choice(SIGNS)
    if kind == "digits":
        text = f"{value:f}" + ("" if places else ".")
        return f"{text}({digits})", Fraction(value), Fraction(Decimal(digits).scaleb(-places))
    if kind == "exponent":
        text = f"{value:f}" + ("" if places else ".")
        scale = Fraction(10) ** exponent
        return f"{text}({digits})e{exponent}", Fraction(value) * scale, Fraction(digits, 10**places) * scale
    spread = Decimal(digits).scaleb(-random_.randrange(6))
    if kind == "percent":
        return f"{value:f}{sign}{spread:f}%", Fraction(value), abs(Fraction(value)) * Fraction(spread) / 100
    if kind == "factor":
        tail = random_.choice([f"e{exponent}", f"*10^{exponent}", f" × 10^{exponent}", f"·10**{exponent}"])
        scale = Fraction(10) ** exponent
        return f"({value:f}{sign}{spread:f}){tail}", Fraction(value) * scale, Fraction(spread) * scale
    text = f"{value:f}{sign}{spread:f}"
    return (f"({text})" if kind == "brackets" else text), Fraction(value), Fraction(spread)


def test_spellings_mean_what_decimals_say() -> None:
    random_ = random.Random(1)
    for _ in range(600):
        text, value, sigma = drawn(random_)
        points = read(f"x={text}")
        found = only(points)
        assert found[0] == float(value), text
        assert found[1] == pytest.approx(float(sigma), rel=1e-15), text
        tree = points.exact("x", 0)
        assert tree is not None
        assert Fraction(*map(int, tree.doit().as_numer_denom())) == value, text


def test_a_planted_fault_is_found() -> None:
    """Digits that counted in the place before the last would be found."""
    assert only(read("x=12.345(12)")) != (12.345, 0.12)
    assert only(read("x=12.345(12)")) == (12.345, 0.012)


@each(
    ("spec", "values", "sigmas"),
    [
        ("x=3.00±0.10", {"x": [3]}, {"x": [0.1]}),
        ("x=3.0(1.2)", {"x": [3]}, {"x": [1.2]}),
        ("x=3.(2)", {"x": [3]}, {"x": [2]}),
        ("x=.5(1)", {"x": [0.5]}, {"x": [0.1]}),
        ("x=-2.5(3)", {"x": [-2.5]}, {"x": [0.3]}),
        ("x=12.3(45)", {"x": [12.3]}, {"x": [4.5]}),
        ("x=pi/4±1/100", {"x": [0.7853981633974483]}, {"x": [0.01]}),
        ("x=3±sqrt(2)%", {"x": [3]}, {"x": [3 * 0.014142135623730951]}),
        ("x=3±0", {"x": [3]}, {"x": [0]}),
        (r"x=3.0 \pm 0.1 \%", {"x": [3]}, {"x": [0.003]}),
        ("α=1.0±0.1,x₁=2.0(3)", {"alpha": [1], "x1": [2]}, {"alpha": [0.1], "x1": [0.3]}),
        ("x=1±0.1,2±0.2,y=3", {"x": [1, 2], "y": [3, 3]}, {"x": [0.1, 0.2]}),
        ("x=1±0.1,y=3,4", {"x": [1, 1], "y": [3, 4]}, {"x": [0.1, 0.1]}),
        ("x=0:1:3±0.1", {"x": [0, 0.5, 1]}, {"x": [0.1] * 3}),
        ("x=-1:1:3±10%", {"x": [-1, 0, 1]}, {"x": [0.1, 0, 0.1]}),
        ("x=0:1:3±0.1,5±1", {"x": [0, 0.5, 1, 5]}, {"x": [0.1] * 3 + [1]}),
        # what is arithmetic, as before
        ("x=+-3", {"x": [-3]}, {}),
        ("x=3(2)", {"x": [6]}, {}),
        ("x=3.5*(2)", {"x": [7]}, {}),
        ("x=(3)(2.5)", {"x": [7.5]}, {}),
        ("x=max(1, 2+-1)", {"x": [1]}, {}),
        ("x=2(1+-0.5)", {"x": [1]}, {}),
    ],
)
def test_what_a_text_means(spec: str, values: dict[str, list[float]], sigmas: dict[str, list[float]]) -> None:
    points = read(spec)
    assert {name: column.tolist() for name, column in points.at.items()} == values
    assert {name: column.tolist() for name, column in points.sigmas.items()} == sigmas


@each(
    ("spec", "note"),
    [
        ("x=3.0(1)", "'3.0(1)' is read as 3.0±0.1; write 3.0*1 for the product"),
        ("x=1.5(2)e-3", "'1.5(2)e-3' is read as (1.5±0.2)e-3; write 1.5*2*e-3 for the product"),
        ("x=3(2)", "'3(2)' is read as the product 3*2; write 3±2 for an uncertainty"),
        ("x=3.0(1)*2", "'3.0(1)' is read as a product; write it alone, as in x=3.0(1), for an uncertainty"),
        ("x=3+-0.1", "'+-' is read as ±, as in 3±0.1; write 3-0.1 for the difference"),
    ],
)
def test_both_readings_are_told(spec: str, note: str) -> None:
    assert [draw_note(each).split("\n")[0] for each in read(spec).notes] == [note]


def test_what_has_one_reading_has_no_note() -> None:
    for spec in ("x=3±0.1", "x=3+/-0.1", "x=(3±1)e2", "x=3*(2)", "x=0:1:3±0.1"):
        assert read(spec).notes == []


@each(
    ("spec", "message", "start"),
    [
        ("x=±1", "behind a whole value", 2),
        ("x=3±", "the uncertainty is missing", 3),
        ("x=3±-1", "not negative", 4),
        ("x=3±1±2", "two uncertainties", 5),
        ("x=2*(3±1)", "behind a whole value", 6),
        ("x=-(3±1)", "behind a whole value", 5),
        ("x=(3±1)+2", "one value with its uncertainty", 2),
        ("x=((3±1)e2)e3", "behind a whole value", 5),
        ("x=3±y", "'y' is a variable", 4),
        ("x=y±1", "'y' is a variable", 2),
        ("x=(3±1)*q", "'q' is a variable", 8),
        ("x=3±1/0", "divides by zero", 6),
        ("x=3±nan", "'nan' is not a finite number", 4),
        ("x=1.0(1)e400", "outside the range", 2),
        ("x=1,2±0.1", "have no uncertainty", 2),
        ("x=0±1:1:3", "stands behind it", 2),
        ("x=0:1.0(1):3", "stands behind it", 4),
        ("x=0:1:3±-1", "not negative", 8),
    ],
)
def test_refusals_have_a_place(spec: str, message: str, start: int) -> None:
    with pytest.raises(DerivError, match=message) as refusal:
        read(spec)
    assert refusal.value.span is not None
    assert (refusal.value.source, refusal.value.span.start) == (spec, start)
    assert refusal.value.way_out


def test_uncertainties_have_no_meaning_elsewhere() -> None:
    for refused in (
        lambda: read_points(["x=3±1"]),
        lambda: points_from({"x": "3.0(1)"}),
        lambda: series("x^2", 3, at={"x": "3±1"}),
        lambda: explain("x^2", at={"x": "3±1"}),
        lambda: derive("x*y", at={"x": 1, "y": 1}, along={"x": "1±0.1", "y": 1}),
    ):
        with pytest.raises(DerivError, match="meaning here"):
            refused()


def test_points_copy_pickle_and_compare() -> None:
    points = read("x=3.00±0.10,y=0:1:3±1%")
    for same in (
        copy.copy(points),
        copy.deepcopy(points),
        pickle.loads(pickle.dumps(points)),
        read("x=3.00±0.10,y=0:1:3±1%"),
    ):
        assert same == points
        assert {name: column.tolist() for name, column in same.sigmas.items()} == {
            name: column.tolist() for name, column in points.sigmas.items()
        }
    assert read("x=3.00±0.10,y=0:1:3±2%") != points
    assert read("x=3.00,y=0:1:3") != points


def test_parts_have_their_uncertainties() -> None:
    points = read("x=1±1,2±2,y=0:1:3±10%")
    whole = points.sigmas
    parts = [part.sigmas for part in points.parts(4)]
    for name, column in whole.items():
        assert [value for part in parts for value in part[name].tolist()] == column.tolist()
