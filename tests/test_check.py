"""What is checked, how settings and threads stay apart, and what the exit status says."""

from __future__ import annotations

import numpy as np
import pytest
from flint import ctx

from derivcli import derive
from derivcli.check.verdict import Verdicts
from derivcli.check.verdict_kinds import KINDS
from tests.support import deriv, each
from tests.test_verdicts import PLACES, verdict_at


def test_small_jobs_are_checked_and_large_ones_only_when_asked() -> None:
    assert derive("x^2", "x=0:1:100").verdicts["x"][99]
    assert derive("x^2", "x=0:1:101").verdicts == {}
    assert len(derive("x^2", "x=0:1:101", check=True).verdicts["x"]) == 101
    assert derive("x^2", "x=1", check=False).verdicts == {}


def test_each_variable_has_its_own_verdicts() -> None:
    result = derive("abs(u)*v", {"u": 0, "v": [0, 3]})
    assert result.verdicts["u"].names() == ["proved", "corner"]
    assert result.verdicts["v"].names() == ["proved", "proved"]


def test_crossed_and_paired_points_keep_their_exact_coordinates() -> None:
    crossed = derive("abs(10x-1)*abs(10y-3)", "x=0.1,0.2,y=0.3,0.4", ["x"])
    assert crossed.verdicts["x"].names() == ["proved", "corner", "proved", "proved"]
    paired = derive("abs(10x-1)*y", {"x": "0.1,0.2", "y": "1,2"}, ["x"], paired=True)
    assert paired.verdicts["x"].names() == ["corner", "proved"]


def test_float32_is_judged_by_its_own_digits() -> None:
    verdict = derive("sin(x)", {"x": 0.5}, dtype="float32").verdicts["x"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.digits) == ("proved", 7)


def test_a_batch_of_verdicts_is_arrays() -> None:
    verdicts = derive("abs(x)", "x=-1:1:3").verdicts["x"]
    assert verdicts.kinds.dtype == np.uint8
    assert verdicts.truth.tolist()[0::2] == [-1, 1]
    assert verdicts.count() == {"proved": 2, "corner": 1}
    assert verdicts[-1] == verdicts[2]
    assert Verdicts.empty(2)[0] is None
    with pytest.raises(IndexError):
        verdicts[3]


MISLEADING = [
    ("x^2", "x=1", 0),
    ("abs(x)", "x=0", 1),
    ("sqrt(x^2)", "x=0", 0),  # nan pretends nothing
    ("sqrt(x)", "x=0", 0),  # inf is the one-sided derivative
    ("cbrt(x)", "x=0", 0),
    ("log(x)", "x=-1", 1),
    ("sin(x)/x", "x=0", 0),
    ("(1-cos(x))/x^2", "x=1e-8", 1),
    ("relu(x)-relu(-x)", "x=0", 1),
    ("exp(x)", "x=1000", 0),
    ("exp(x)/(1+exp(x))", "x=800", 1),
    ("log(1+x)", "x=1e-17", 1),  # the value lost its digits
]


@each(("text", "at", "status"), MISLEADING)
def test_the_exit_status_of_a_check(text: str, at: str, status: int) -> None:
    deriv(text, "--at", at, "--check", status=status)
    deriv(text, "--at", at)
    deriv(text, "--at", at, "--no-check")


def test_no_verdict_of_a_right_number_says_that_it_misleads() -> None:
    for text, at, _, _ in PLACES:
        verdict = verdict_at(text, at)
        assert not (KINDS[verdict.kind].is_right and verdict.differs)
        assert verdict.kind not in ("lossy", "wrong") or verdict.differs


def test_the_settings_of_flint_stay_as_they_are() -> None:

    ctx.prec, ctx.cap = 77, 5
    derive("abs(x)", "x=0", check=True)
    assert (ctx.prec, ctx.cap) == (77, 5)
    ctx.prec, ctx.cap = 53, 10


def test_a_check_works_in_any_thread() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(verdict_at, "abs(x)", "x=0").result().kind == "corner"
