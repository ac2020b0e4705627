"""Steps, kinks and choices of every size are told for what they are, however near and however large."""

from __future__ import annotations

import random
from fractions import Fraction
from math import inf

import pytest

from derivcli import derive
from derivcli.check.verdict import Verdict
from tests.admitted import Numbers, admitted, fault
from tests.germs import Germ
from tests.stepped import Case, Place, Tree, X, decimal, drawn, number, shift, ten, times, written
from tests.support import each

ONE_IN = 25
"""At most one in so many of the drawn numbers may stay unchecked."""


def judged(text: str, at: str, order: int) -> tuple[Verdict, float]:
    """The verdict of a derivative by x, or of the value for order 0, and the number that it speaks of."""
    result = derive(text, f"x={at}", "x", order=max(order, 1), check=True)
    (verdicts,), (numbers,) = result.verdicts.values(), result.derivatives.values()
    if order == 0:
        assert result.value_verdicts is not None
        verdicts, numbers = result.value_verdicts, result.value
    verdict = verdicts[0]
    assert verdict is not None
    return verdict, float(numbers[0])


def faults_of(seed: int, count: int) -> tuple[list[str], int]:
    """What is false among so many drawn cases, and how many stay unchecked."""
    draw = random.Random(seed)
    found, unchecked = [], 0
    for _ in range(count):
        case, place = drawn(draw)
        verdict, printed = judged(case.text, case.at, case.order)
        unchecked += verdict.kind == "unchecked"
        said = fault(admitted(place, case.order), verdict, printed)
        if said:
            found.append(f"{case}: {said}")
    return found, unchecked


def test_no_verdict_at_a_step_is_false() -> None:
    found, unchecked = faults_of(1, 200)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= 200


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(2, 12))
def test_no_verdict_at_many_steps_is_false(seed: int) -> None:
    found, unchecked = faults_of(seed, 500)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= 500


STEP: Tree = ("heaviside", X)
FLOOR: Tree = ("floor", X)

EXAMPLES: list[tuple[Tree, str, Fraction, str]] = [
    # f, the point as it is typed and as it is, the kind of the first derivative
    (FLOOR, "1e16", ten(16), "jump"),
    (FLOOR, "1e16+1e-30", ten(16) + ten(-30), "proved"),
    (FLOOR, "1e100", ten(100), "jump"),
    (FLOOR, "1e300", ten(300), "jump"),
    (FLOOR, "-1e300", -ten(300), "jump"),
    (FLOOR, "1e100+0.5", ten(100) + Fraction(1, 2), "proved"),
    (("ceil", X), "1e100", ten(100), "jump"),
    (("round", X), "1e100", ten(100), "proved"),
    (("round", X), "1e100+0.5", ten(100) + Fraction(1, 2), "jump"),
    (("trunc", X), "1e100", ten(100), "jump"),
    (("frac", X), "1e100", ten(100), "jump"),
    (("mod", X, number(ten(-20))), "1", Fraction(1), "jump"),
    (("mod", X, number(ten(-20))), "1e100", ten(100), "jump"),
    (("fmod", X, number(3)), "3e100", 3 * ten(100), "jump"),
    (("/", FLOOR, ("ceil", X)), "1e100", ten(100), "jump"),
    (("/", FLOOR, ("ceil", X)), "1e100+1e-20", ten(100) + ten(-20), "proved"),
    (shift(STEP, ten(16)), "0", Fraction(0), "jump"),
    (("/", ("floor", times(ten(15), X)), number(ten(15))), "1", Fraction(1), "jump"),
    (("+", ("exp", X), times(ten(-60), STEP)), "0", Fraction(0), "jump"),
    (("+", X, times(ten(-30), ("abs", X))), "0", Fraction(0), "corner"),
    (("+", X, times(ten(-300), ("abs", X))), "0", Fraction(0), "corner"),
    (("*", X, FLOOR), "0", Fraction(0), "corner"),
    (("*", FLOOR, shift(X, Fraction(-2))), "2", Fraction(2), "corner"),
    (("*", FLOOR, ("^", shift(X, Fraction(-1)), 2)), "1", Fraction(1), "proved"),
    (("round", ("/", X, number(3))), "4.5", Fraction(9, 2), "jump"),
    (("round", ("/", X, number(3))), "3/2", Fraction(3, 2), "jump"),
    (("/", number(ten(-300)), X), "0", Fraction(0), "undefined"),
    (times(ten(-300), ("/", number(ten(-300)), ("^", X, 2))), "0", Fraction(0), "undefined"),
    (("floor", shift(X, -ten(-300))), "1", Fraction(1), "proved"),
    (("+", ("cbrt", X), times(ten(-60), STEP)), "0", Fraction(0), "jump"),
    (shift(("cbrt", X), -ten(100)), "0", Fraction(0), "vertical"),
    (shift(("sqrt", ("abs", X)), ten(16)), "0", Fraction(0), "cusp"),
    (("+", X, times(ten(-100), ("sqrt", ("abs", X)))), "0", Fraction(0), "cusp"),
    (shift(("sqrt", shift(X, -ten(20))), ten(30)), "1e20", ten(20), "edge"),
    (("floor", shift(X, -ten(-300))), "1+1e-300", 1 + ten(-300), "jump"),
]
"""Steps that are small beside what they stand on, far from 0, or beside the point."""


@each(("tree", "at", "point", "kind"), EXAMPLES)
def test_steps_of_any_size(tree: Tree, at: str, point: Fraction, kind: str) -> None:
    place = Place.of(tree, point)
    for order in (0, 1, 2):
        verdict, printed = judged(written(tree), at, order)
        assert not fault(admitted(place, order), verdict, printed), verdict
        assert order != 1 or verdict.kind in (kind, "agrees" if kind == "proved" else kind), verdict


@each(
    ("text", "at", "order", "wrong", "right"),
    [
        # the kinds that are false, and the only truth that may be said
        ("floor(x-exp(-3000))", "1", 0, set(), 0.0),
        ("floor(x-exp(-3000))", "1", 1, {"jump"}, 0.0),
        ("floor(x-exp(-30000))", "1", 0, set(), 0.0),
        ("floor(x-exp(-1e6))", "1", 0, set(), 0.0),
        ("ceil(x+exp(-3000))", "1", 0, set(), 2.0),
        ("sign(exp(-1e5))+x-x", "0", 0, set(), 1.0),
        ("heaviside(x-exp(-3000))", "0", 1, {"jump"}, 0.0),
        ("abs(x-exp(-3000))", "0", 1, {"corner"}, -1.0),
        ("round(x+0.5-exp(-3000))", "1", 0, set(), 1.0),
        ("if(x < exp(-3000), 2x, 3x)", "0", 1, {"corner"}, 2.0),
    ],
)
def test_a_distance_beyond_any_precision_is_no_touch(
    text: str, at: str, order: int, wrong: set[str], right: float
) -> None:
    """What is not separated is unchecked: neither the step nor a number may be read off the point."""
    verdict, _ = judged(text, at, order)
    assert verdict.kind not in wrong
    assert verdict.kind == "unchecked" or verdict.truth == right, verdict


@each(
    ("text", "kinds", "truth", "sides"),
    [
        ("x^(1e-30)", {"edge", "unchecked"}, (None, inf), (None, inf)),
        ("x^(1e-300)", {"edge", "unchecked"}, (None, inf), (None, inf)),
        ("x^(1e-3)", {"edge", "unchecked"}, (None, inf), (None, inf)),
        ("abs(x)^(1e-30)", {"cusp", "unchecked"}, (None,), (-inf, inf)),
        ("if(x==0,0,exp(-1/abs(x)^0.01))", {"proved"}, (None, 0.0), (None, None)),
        ("if(x==0,0,exp(-1/abs(x)^0.1))", {"proved"}, (None, 0.0), (None, None)),
        ("if(x==0,0,x*exp(-1/abs(x)^0.01))", {"proved"}, (None, 0.0), (None, None)),
    ],
)
def test_a_slow_limit_is_no_jump(
    text: str, kinds: set[str], truth: tuple[float | None, ...], sides: tuple[float | None, float | None]
) -> None:
    verdict, _ = judged(text, "0", 1)
    assert verdict.kind in kinds, verdict
    assert verdict.truth in truth, verdict
    for got, wanted in zip((verdict.left, verdict.right), sides, strict=True):
        assert got in (None, wanted), verdict


@each("at", ["-3", "-100", "-1000", "-1e5", "-1e8", "-1e20"])
@each("order", [0, 1, 2])
def test_a_pole_whose_residue_is_small_is_no_hole(at: str, order: int) -> None:
    """The residue of gamma at -n is 1/n! but for its sign."""
    assert judged("gamma(x)", at, order)[0].kind in ("undefined", "unchecked")


class TestTheOracle:
    """It is right where the answer is plain, and says so where a verdict is false."""

    def test_germs_decide_steps_from_each_side(self) -> None:
        place = Place.of(("*", FLOOR, shift(X, Fraction(-2))), Fraction(2))
        assert place == Place(Fraction(0), Germ({6: Fraction(-1)}), Germ({6: Fraction(2)}))
        assert admitted(place, 1) == {"corner": Numbers(left=(Fraction(1),), right=(Fraction(2),))}

    @pytest.mark.parametrize(
        ("tree", "point", "kinds"),
        [
            (FLOOR, 1, {"jump"}),
            (("/", X, X), 0, {"hole", "undefined"}),
            (("/", number(1), FLOOR), 1, {"edge"}),
            (("/", number(1), X), 0, {"undefined"}),
            (("abs", X), 0, {"corner"}),
            (("if", "==", X, number(0), X, ("/", number(1), number(0))), 0, {"isolated"}),
            (("*", X, ("abs", X)), 0, {"proved", "agrees", "lossy", "wrong"}),
            (("round", X), Fraction(5, 2), {"jump"}),
            (("sqrt", X), 0, {"edge"}),
            (("sqrt", ("abs", X)), 0, {"cusp"}),
            (("cbrt", X), 0, {"vertical"}),
            (("+", ("abs", X), ("*", ("cbrt", X), ("relu", X))), 0, {"corner"}),
            (("*", X, ("cbrt", X)), 0, {"proved", "agrees", "lossy", "wrong"}),
            (("+", ("cbrt", X), ("heaviside", X)), 0, {"jump"}),
            (("round", X), 2, {"proved", "agrees", "lossy", "wrong"}),
        ],
    )
    def test_kinds(self, tree: Tree, point: Fraction | int, kinds: set[str]) -> None:
        assert {*admitted(Place.of(tree, Fraction(point)), 1)} == kinds

    @pytest.mark.parametrize(("point", "even"), [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2)])
    def test_halves_go_to_even(self, point: float, even: int) -> None:
        assert Place.of(("round", X), Fraction(point)).value == even

    def test_a_false_word_is_told(self) -> None:
        corner = Place.of(("abs", X), Fraction(0))
        assert fault(admitted(corner, 1), Verdict("agrees", 16, 0.0), 0.0)
        assert fault(admitted(corner, 1), Verdict("corner", left=-1.0, right=1.5), 0.0)
        assert not fault(admitted(corner, 1), Verdict("corner", left=-1.0, right=1.0), 0.0)
        line = Place.of(times(Fraction(3), X), Fraction(1))
        assert fault(admitted(line, 1), Verdict("wrong", 0, 3.1), 3.0)
        assert fault(admitted(line, 1), Verdict("proved", 16, 3.0), 3.1)
        assert not fault(admitted(line, 1), Verdict("proved", 16, 3.0), 3.0)

    @pytest.mark.parametrize("exponent", [-300, -20, -4, -3, -1, 0, 3, 4, 300])
    def test_numbers_are_written_as_they_are(self, exponent: int) -> None:
        for mantissa in (1, -25, 300, Fraction(1, 3)):
            text = decimal(mantissa * ten(exponent)).strip("()").replace("(", "")
            assert Fraction(text.split("/")[0]) / int((*text.split("/"), "1")[1]) == mantissa * ten(exponent)


def test_cases_are_drawn_anew_the_same() -> None:
    first, second = (str(drawn(random.Random(5))[0]) for _ in range(2))
    assert first == second
    assert isinstance(drawn(random.Random(5))[0], Case)
