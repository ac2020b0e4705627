"""Mixed derivatives and Hessians of functions with kinks in one variable: nothing false is said of them."""

from __future__ import annotations

import random

import mpmath
import pytest
from mpmath import mp, mpf

from derivcli import derive, hessian
from derivcli.check.verdict import Verdict
from tests.admitted import Numbers, exists, fault
from tests.jets import Jet
from tests.kinked import KINKED, SMOOTH, Case, Factor, Term, admitted, drawn, drawn_hessian, value_of
from tests.support import each, sample

ONE_IN = 50
"""At most one in so many of the drawn numbers may stay unchecked."""


def judged(text: str, at: str, key: str) -> tuple[Verdict, float]:
    """The verdict of a mixed derivative, and the number that it speaks of."""
    result = derive(text, at, mixed=[key], check=True)
    verdict = result.verdicts[key][0]
    assert verdict is not None
    return verdict, float(result.derivatives[key][0])


def faults_of(seed: int, count: int) -> tuple[list[str], int]:
    """What is false among so many drawn cases, and how many stay unchecked."""
    draw = random.Random(seed)
    found, unchecked = [], 0
    for _ in range(count):
        case, true = drawn(draw)
        verdict, printed = judged(case.text, case.at, case.key)
        unchecked += verdict.kind == "unchecked"
        said = fault(true, verdict, printed)
        if said:
            found.append(f"{case}: {said}")
    return found, unchecked


def faults_of_hessians(seed: int, count: int) -> tuple[list[str], int]:
    """The same of all entries of drawn Hessians."""
    draw = random.Random(seed)
    found, unchecked = [], 0
    for _ in range(count):
        text, at, entries = drawn_hessian(draw)
        result = hessian(text, at, ["x", "y"], check=True)
        assert {*result.verdicts} == {*entries}
        for key, true in entries.items():
            verdict = result.verdicts[key][0]
            assert verdict is not None
            unchecked += verdict.kind == "unchecked"
            said = fault(true, verdict, float(result.derivatives[key][0]))
            if said:
                found.append(f"{Case(text, at, key)}: {said}")
    return found, unchecked


@pytest.mark.sampled
def test_no_verdict_of_a_mixed_derivative_is_false() -> None:
    count = sample(40, 150)
    found, unchecked = faults_of(1, count)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= count


@pytest.mark.sampled
def test_no_verdict_in_a_hessian_is_false() -> None:
    count = sample(12, 40)
    found, unchecked = faults_of_hessians(1, count)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= 3 * count


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(2, 10))
def test_no_verdict_of_many_mixed_derivatives_is_false(seed: int) -> None:
    found, unchecked = faults_of(seed, 400)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= 400


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(2, 8))
def test_no_verdict_in_many_hessians_is_false(seed: int) -> None:
    found, unchecked = faults_of_hessians(seed, 100)
    assert not found, "\n".join(found)
    assert unchecked * ONE_IN <= 300


@each(
    ("text", "at", "truths"),
    [
        # f, where, and the Hessian's entries by x,x, by x,y and by y,y; None for a corner
        ("elu(y)+x/3", "x=1.5,y=0", (0, 0, None)),
        ("if(y>0,sin(y),y)+x/3", "x=1.5,y=0", (0, 0, 0)),
        ("(x-y)/3+relu(y-1)^2", "x=1.5,y=1", (0, 0, None)),
        ("(x+celu(y))/0.3", "x=1.35,y=0", (0, 0, None)),
        ("(x+celu(y))/0.3", "x=1/3,y=0", (0, 0, None)),
        ("x/3+abs(y)^3", "x=1.35,y=0", (0, 0, 0)),
        ("x*y/7+relu(y)^3", "x=1/3,y=0", (0, 1 / 7, 0)),
        ("(x^2/3)*(elu(y)+1)", "x=1.35,y=0", (2 / 3, 0.9, None)),
        ("if(y>0,exp(y)-1,sin(y))*x/0.3", "x=1.35,y=0", (0, 10 / 3, None)),
        ("elu(x)+y/3", "x=0,y=1.5", (None, 0, 0)),
        ("selu(y-1)+x/3", "x=1.5,y=2", (0, 0, 0)),
        ("x/3+relu(y-1)^2", "x=1.5,y=1+1e-12", (0, 0, 2)),
        ("x/3+relu(y-1)^2", "x=1.5,y=1-1e-40", (0, 0, 0)),
    ],
)
def test_a_kink_in_one_variable_is_none_in_the_other(text: str, at: str, truths: tuple[float | None, ...]) -> None:
    result = hessian(text, at, ["x", "y"], check=True)
    for (key, verdicts), truth in zip(result.verdicts.items(), truths, strict=True):
        verdict = verdicts[0]
        assert verdict is not None
        if truth is None:
            assert verdict.kind == "corner", (key, verdict)
        else:
            assert verdict.kind in ("proved", "agrees", "lossy", "wrong"), (key, verdict)
            assert verdict.truth == pytest.approx(truth, rel=1e-14, abs=0), (key, verdict)


class TestTheOracle:
    """It is right where the answer is plain."""

    SAME = next(each for each in SMOOTH if each.text == "({})")
    SQUARE = next(each for each in SMOOTH if each.text == "({})^2")
    ABS = next(each for each in KINKED if each.text == "abs({})")
    ONE = ("1", value_of("1"))
    PLAIN = ("{}", value_of("1"), value_of("0"))

    @pytest.mark.parametrize(
        ("smooth", "u", "key", "kinds"),
        [
            (SAME, "1", "x,y", {"corner"}),  # by y first, where the slopes differ
            (SAME, "1", "y,x", {"corner"}),
            (SAME, "0", "y,x", {"corner"}),
            (SAME, "0", "x,y", {"isolated"}),  # the derivative by y exists at x = 0 and not beside it
            (SQUARE, "0", "y,x", {*exists(value_of("0"))}),
            (SQUARE, "0", "y,x,x", {"corner"}),
        ],
    )
    def test_kinds(self, smooth: Factor, u: str, key: str, kinds: set[str]) -> None:
        found = admitted([Term(self.ONE, smooth, self.ABS, self.PLAIN)], ("x", "y"), (value_of(u), value_of("0")), key)
        assert {*found} == kinds

    def test_the_last_derivative_has_sides_and_a_lower_one_need_not(self) -> None:
        terms = [Term(self.ONE, self.SQUARE, self.ABS, self.PLAIN)]
        where = (value_of("3"), value_of("0"))
        six, none = value_of("6"), None
        assert admitted(terms, ("x", "y"), where, "y,x") == {"corner": Numbers(left=(-six,), right=(six,))}
        assert admitted(terms, ("x", "y"), where, "x,y") == {"corner": Numbers(left=(none, -six), right=(none, six))}

    def test_points_are_read(self) -> None:
        assert value_of("1/3-1e-15") == value_of("1/3") - value_of("1e-15")
        assert value_of("-1e-3") == -value_of("0.001")

    def test_a_false_word_is_told(self) -> None:
        true = exists(value_of("0"))
        assert fault(true, Verdict("corner", left=-1.0, right=1.0), 0.0)
        assert fault(true, Verdict("proved", 16, 1e-30), 0.0)
        assert not fault(true, Verdict("proved", 16, 0.0), 0.0)

    @pytest.mark.parametrize("factor", [*SMOOTH, *KINKED], ids=lambda factor: factor.text)
    def test_branches_have_the_derivatives_that_differences_have(self, factor: Factor) -> None:
        with mp.workdps(60):
            for branch in factor.branches:
                want = mpmath.taylor(lambda t, branch=branch: branch(Jet.of(t)).series[0], mpf("0.7"), 4)
                got = branch(Jet.variable(mpf("0.7"))).series[:5]
                assert all(abs(a - b) < mpf(10) ** -25 for a, b in zip(got, want, strict=True))
