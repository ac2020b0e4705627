"""The check finds faults: planted in PyTorch's rules, in the table's formulas and in branches, for every operation.

It knows nothing of those rules and formulas, so a number that they get wrong is told apart from one that
rounding spoilt. And the truth itself is held against mpmath, with faults planted there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import mpmath
import pytest
import torch
from flint import arb_series
from mpmath import mp, mpf

from derivcli import derive
from derivcli.check import judge
from derivcli.check.verdict import Verdict
from derivcli.engines import program
from derivcli.engines.balls.rules import BALL_RULES as BALLS
from derivcli.engines.program import OPERATIONS
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS, vocabulary
from tests.rows import (
    DIGITS,
    PARTS,
    Sample,
    call_of,
    oracle,
    plant,
    rows_by_operation,
    samples,
    smooth,
    with_numbers,
)
from tests.support import each

ELSEWHERE_THAN_RULES = {
    *("constant", "pow_constant", "piecewise", "subtract", "divide", "negative", "sqrt", "pow", "integral"),
}
"""Steps of programs that a tape has no rule for: it has powers, products, choices and nodes of integrals instead."""


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "VERDICT_SECONDS", 60.0)


def verdicts_at(row: Function, sample: Sample, order: int) -> dict[str, Verdict]:
    """The verdicts of the value, "", and of the derivatives of a row at a sample."""
    at = {row.parameters[by]: sample[by] for by in smooth(row)}
    result = derive(with_numbers(row, call_of(row), sample), at, list(at), order=order, check=True)
    assert result.value_verdicts is not None
    found = {"": result.value_verdicts[0], **{key: verdicts[0] for key, verdicts in result.verdicts.items()}}
    return {key: verdict for key, verdict in found.items() if verdict is not None}


def kinds_at(row: Function, sample: Sample, order: int) -> dict[str, str]:
    return {key: verdict.kind for key, verdict in verdicts_at(row, sample, order).items()}


NO_SERIES = {"rf", "ff"}
"""At whole numbers these are 0 in a parameter by the quotient of two poles, and have a value and no series."""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("order", [1, 2])
def test_every_row_is_proved(order: int, part: int) -> None:
    """And of what FLINT proves, mpmath and the oracle's own formulas know the same: two roads to one number."""
    told = [fault for row in FUNCTIONS[part::PARTS] for fault in unproved(row, order)]
    assert told == []


def unproved(row: Function, order: int) -> Iterator[str]:
    """The verdicts of a row that are not "proved", and at the first sample the truths that are not the oracle's."""
    admitted = {"proved", "agrees"} if row.name in NO_SERIES else {"proved"}
    for number, sample in enumerate((samples(row)[0], samples(row)[-1])):
        for key, verdict in verdicts_at(row, sample, order).items():
            if verdict.kind not in admitted:
                yield f"{row.name} at {sample}, {key!r}: {verdict}"
            if number == 0 and verdict.truth != pytest.approx(truth_of(row, sample, key, order), rel=1e-14, abs=1e-25):
                yield f"{row.name} at {sample}, {key!r}: {verdict.truth} is not what the oracle says"


def truth_of(row: Function, sample: Sample, key: str, order: int) -> float:
    """What the oracle says of the value, "", or of a derivative."""
    with mp.workdps(DIGITS):
        return float(oracle(row, sample, row.parameters.index(key.split(",")[0]) if key else None, order))


@pytest.mark.parametrize("fault", [0, 1, 2])
def test_a_wrong_operation_is_told(fault: int) -> None:
    """With its value, its slope or its second derivative wrong by 0.05 %; of derivatives in an order, at each fifth."""
    operations = rows_by_operation(fault)
    slow = [name for name, rows in operations.items() if rows[0].derivatives_of]
    left_out = {*slow} - {*slow[fault::5]}
    assert untold(fault, [name for name in operations if name not in left_out]) == []


@pytest.mark.sweep
@pytest.mark.parametrize("fault", [0, 1, 2])
def test_every_wrong_operation_is_told(fault: int) -> None:
    assert untold(fault, rows_by_operation(fault)) == []


def untold(fault: int, operations: Iterable[str]) -> list[str]:
    """The operations in which a fault is told at no row that they decide."""
    return [name for name in operations if not is_told(name, rows_by_operation(fault)[name], fault)]


def is_told(operation: str, rows: list[Function], fault: int) -> bool:
    """Whether a fault in an operation is told at a sample of a row that it decides; the first to tell it ends this."""
    order = max(fault, 1)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch, operation, fault)
        return any(
            verdict.kind == "wrong"
            for row in rows
            for sample in samples(row)
            for key, verdict in verdicts_at(row, sample, order).items()
            if bool(key) == bool(fault)
        )


DROPPED = [
    ("erfinv", 0, "exp(erfinv(x)^2)", 0.4),
    ("erfcinv", 0, "-exp(erfcinv(x)^2)*sqrt(pi)", 0.4),
    ("gamma", 0, "gamma(x)", 2.5),
    ("Ei", 0, "exp(x)", 2.5),
    ("Si", 0, "sin(x)", 2.5),
    ("airyaiprime", 0, "airyai(x)", 2.5),
    ("besselj", 1, "(besselj(n-1, x)+besselj(n+1, x))/2", 2.5),
    ("lambertw", 0, "exp(lambertw(x, k))", 2.5),
    ("root", 0, "abs(root(x, n))^(1-n)", 2.5),
]
"""Formulas of the table with a factor dropped or a sign changed; the row, the parameter, the fault, a point."""


@each(("name", "index", "formula", "at"), DROPPED)
def test_a_dropped_factor_in_the_table_is_told(
    name: str, index: int, formula: str, at: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = vocabulary()[name]
    assert row.derivatives is not None
    derivatives = (*row.derivatives[:index], formula, *row.derivatives[index + 1 :])
    faulty = replace(row, derivatives=derivatives)
    program.lower_derivative.cache_clear()
    monkeypatch.setattr(program, "vocabulary", lambda: {**vocabulary(), name: faulty})
    text = call_of(row).replace("n", "3") if row.parameters[0] == "n" or "n" in row.parameters else f"{name}(x)"
    verdict = derive(text, {"x": at}).verdicts["x"][0]
    program.lower_derivative.cache_clear()
    assert verdict is not None
    assert verdict.kind == "wrong"


def test_a_swapped_branch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ("if(x > 1, x^2, x^3)", "relu6(x)", "elu(-x)", "Piecewise((sin(x), x > 2), (cos(x), x > 0), (x, True))")
    assert all(derive(text, "x=1.5").verdicts["x"].names() == ["proved"] for text in texts)
    monkeypatch.setitem(TORCH_RULES, ">", torch.le)
    for text in ("if(x > 1, x^2, x^3)", "Piecewise((sin(x), x > 2), (cos(x), x > 0), (x, True))"):
        assert derive(text, "x=1.5").verdicts["x"].names() == ["wrong"], text


def test_a_fault_in_a_batch_is_found_at_its_point(monkeypatch: pytest.MonkeyPatch) -> None:
    original = TORCH_RULES["sin"]

    def wrong_beyond_two(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x > 2, 1.0005 * original(x), original(x))

    monkeypatch.setitem(TORCH_RULES, "sin", wrong_beyond_two)
    kinds = derive("sin(x)+x", "x=0:3:31").verdicts["x"].names()
    assert kinds[:20] == ["proved"] * 20
    assert kinds[22:] == ["wrong"] * 9


JUDGED = ["sin", "exp", "gamma", "erf", "besselj", "elliptic_k", "log", "jn", "zeta"]
"""Rows whose truth is made wrong by 0.05 %."""


def scaled(series: Any) -> Any:
    """A series that is wrong as a whole."""
    return series * 2001 / 2000


def sloped(series: Any) -> Any:
    """A series of which the slope alone is wrong."""
    terms = list(series)
    return arb_series([*terms[:1], *(term * 2001 / 2000 for term in terms[1:2]), *terms[2:]], prec=series.prec)


@each("name", JUDGED)
def test_a_fault_in_the_truth_would_be_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a ball rule that is wrong, right numbers are called wrong: the comparison looks at the truth."""
    row, rule = vocabulary()[name], BALLS[name]
    monkeypatch.setitem(BALLS, name, lambda run, node, numbers: scaled(rule(run, node, numbers)))
    assert set(kinds_at(row, samples(row)[0], 1).values()) == {"wrong"}
    monkeypatch.setitem(BALLS, name, lambda run, node, numbers: sloped(rule(run, node, numbers)))
    kinds = kinds_at(row, samples(row)[0], 1)
    assert (kinds.pop(""), set(kinds.values())) == ("proved", {"wrong"})


def test_every_primitive_has_a_rule() -> None:
    primitives = {row.name for row in FUNCTIONS if row.primitive} - {"pow", "sqrt"}
    assert primitives <= BALLS.keys()
    assert BALLS.keys() | {"constant"} >= OPERATIONS - ELSEWHERE_THAN_RULES


@each(
    "text",
    [
        "sin(x)*exp(-x^2)+log(1+x^2)",
        "besselj(1/3, x)*gamma(x)/zeta(1+x)",
        "if(x > 1, erf(x)^x, atan(x))",
        "elliptic_f(x/3, x/4) + lambertw(x)",
        "polygamma(2, x)*airyai(x) - Ei(x)/x",
    ],
)
@each("point", ["1/3", "1.7", "pi/2"])
def test_a_proved_number_is_within_its_digits_of_mpmath(text: str, point: str) -> None:
    """Whole formulas: the number that is called proved agrees with a numeric derivative in 60 digits."""
    functions = {
        "sin(x)*exp(-x^2)+log(1+x^2)": lambda x: mpmath.sin(x) * mpmath.exp(-(x**2)) + mpmath.log(1 + x**2),
        "besselj(1/3, x)*gamma(x)/zeta(1+x)": lambda x: (
            mpmath.besselj(mpf(1) / 3, x) * mpmath.gamma(x) / mpmath.zeta(1 + x)
        ),
        "if(x > 1, erf(x)^x, atan(x))": lambda x: mpmath.erf(x) ** x if x > 1 else mpmath.atan(x),
        "elliptic_f(x/3, x/4) + lambertw(x)": lambda x: mpmath.ellipf(x / 3, x / 4) + mpmath.lambertw(x).real,
        "polygamma(2, x)*airyai(x) - Ei(x)/x": lambda x: mpmath.psi(2, x) * mpmath.airyai(x) - mpmath.ei(x) / x,
    }
    with mp.workdps(60):
        exact = {"1/3": mpf(1) / 3, "1.7": mpf("1.7"), "pi/2": mp.pi / 2}[point]
        for order in (1, 2):
            result = derive(text, f"x={point}", order=order, check=True)
            ((key, verdicts),) = result.verdicts.items()
            verdict, wanted = verdicts[0], mpmath.diff(functions[text], exact, order)
            assert verdict is not None
            assert verdict.kind == "proved"
            assert verdict.digits is not None
            assert abs(mpf(float(result.derivatives[key][0])) - wanted) <= mpf(10) ** -verdict.digits * abs(wanted)
            assert abs(mpf(verdict.truth or 0) - wanted) <= mpf(2) ** -52 * abs(wanted)
