"""No number ends the process: conversions to whole numbers are guarded, and rules and formulas stand any size."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from flint import arb

import derivcli
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls import integers as conversions
from tests import whole
from tests.processes import python


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A Python process of its own, which has to come to its end."""
    done = subprocess.run([*python(), *command], capture_output=True, text=True, timeout=2400, check=False)
    assert done.returncode >= 0, f"{command} ended by signal {-done.returncode}: {done.stderr[-500:]}"
    return done


def test_conversions_of_balls_of_every_size_are_right() -> None:
    done = run("-m", "tests.whole", "1", "5000")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(10, 14))
def test_conversions_of_a_million_balls_are_right(seed: int) -> None:
    done = run("-m", "tests.whole", str(seed), "250000")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["floor", "only_whole"])
def test_a_conversion_that_is_off_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(ball: arb) -> int | None:
        found: int | None = right(ball)
        return found and found + 1

    right = getattr(conversions, name)
    monkeypatch.setattr(conversions, name, off)
    assert whole.main(1, 200) > 0


def test_digits_of_balls_are_written_out_in_one_place() -> None:
    package = Path(derivcli.__file__).parent
    calls = re.compile(r"unique_fmpz|man_exp|contains_integer")
    assert [path.name for path in package.rglob("*.py") if calls.search(path.read_text())] == ["integers.py"]


def test_every_rule_stands_balls_of_every_size() -> None:
    done = run("-m", "tests.extremes_process", "rules", "1", "3")
    assert done.returncode == 0, done.stderr


def test_random_formulas_stand_extreme_points() -> None:
    done = run("-m", "tests.extremes_process", "formulas", "1", "500")
    assert done.returncode == 0, done.stderr


@pytest.mark.sweep
@pytest.mark.parametrize(("kind", "count"), [("rules", "50"), ("formulas", "100000")])
def test_thousands_of_rules_and_formulas_stand_extreme_points(kind: str, count: str) -> None:
    done = run("-m", "tests.extremes_process", kind, "10", count)
    assert done.returncode == 0, done.stderr


DERIVE = """
import sys
from derivcli import derive
for text, point in zip(sys.argv[1::2], sys.argv[2::2]):
    result = derive(text, {"x": point}, order=2, check=True)
    print(result.value_verdicts[0].kind, result.verdicts["x,x"][0].kind)
"""


def test_functions_of_numbers_far_below_the_smallest_are_judged() -> None:
    places = [
        ("floor(besselk(1,x))", "1e32"),
        ("floor(ndtr(-x))", "1e20"),
        ("gamma(besselk(1,x))", "1e32"),
        ("round(exp(-x))", "1e300"),
        ("binomial(exp(-x),exp(-x))", "1e30"),
        ("rf(2,besselk(1,x))", "1e25"),
        ("exp(exp(x))", "200"),
        ("floor(exp(exp(x)))", "100"),
        ("x^2", "exp(-exp(30))"),
    ]
    done = run("-c", DERIVE, *[word for place in places for word in place])
    assert done.returncode == 0, done.stderr
    kinds = done.stdout.split("\n")
    assert all(KINDS[kind].is_right for kind in " ".join(kinds[:2]).split())
    assert kinds[2] == "overflow overflow"


SLOW = """
import resource, sys
from contextlib import suppress
from flint import arb, fmpq
from derivcli import parse
from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
for case in sys.argv[1:]:
    print(case, flush=True)
    text, *places = case.split("; ")
    at = {name: arb(*place.split()) if " " in place else fmpq(*map(int, place.split("/")))
          for name, place in zip("sx", places)}
    tape = record(parse(text).expanded, ("s", "x"))
    with suppress(UnsureError):
        evaluate(Run(tape, {name: (fmpq(1),) for name in at}, 1, 3072, True), at)
"""

WIDE = [
    *("besselk(s, x); 12; 0.75 1e-3", "besselj(s, x); 12; 0.75 1e-3", "expint(s, x); 12; 0.2 1e-3"),
    *("uppergamma(s, x); 2/5; 384 0.5", "zeta(s, x); 1e180 1e170; 1/4", "zeta(s, x); -20000; 1/4"),
    *("zeta(s, x); 1/3; 1e260 1e250", "gammainc(s, x); 5 1e-3; 4"),
]
"""Functions at numbers of which little is known, and far out: midpoints and radii, or fractions."""


def test_no_call_of_flint_seeks_digits_for_minutes() -> None:
    """No clock stops what runs inside one call; the process has 20 seconds of its processor."""
    done = run("-c", SLOW, *WIDE)
    assert done.stdout.splitlines() == WIDE, done.stderr
