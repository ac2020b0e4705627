"""Functions written in other languages are compiled and called, and give the numbers of the calculator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from derivcli import DerivError, derive
from derivcli.explain.code.languages import LANGUAGES
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from tests.coded import RUN, Codes, Floats, Job, available, called
from tests.support import each, sample

TOLERANCE = 1e-14
"""Relative to a number, or to what numbers of the function mostly are where it is near a zero."""

POINTS = sample(100, 1_000)
SLOW_POINTS = {"sympy": 3, "matlab": 20}
"""Points for a language that is slow."""

SLOW_STEP = {"c": 1, "jax": 6}
"""One formula of so many is tried in `make test`, most in a language that is quick, and few in one that is slow."""

FORMULAS = [
    "x^2*sin(x)", "(x^2+4)/(x^2+9)", "exp(-x^2/2)/sqrt(2*pi)", "x^x", "log(x)/x + log(x, 2)", "1/2x + x/3 + 2^-3",
    "sqrt(x^2+1)", "x^(1/3) + cbrt(x)", "x^-2 + x^5", "atan(x/2)", "abs(x-9) + sign(x)", "if(x > 1, x*log(x), x^2-x)",
    "mod(x, 9)", "max(x, 9) + min(x, 9)", "sigmoid(x)*tanh(x)", "erf(x) + erfc(x)", "2^x + e^x + 10^x",
    "x*y + sin(x*y)", "u^3+v^2+4*u*v", "hypot(x, y)", "atan2(y, x)", "x^y", "sum(x^k/k, k, 1, 9)",
    "product(1+x/k, k, 1, 4)",
    "floor(x)*x + round(x) + trunc(x)", "exp(x*y*z)*(x+y)", "asinh(x) + acosh(x+1) + atanh(x/4)", "sinh(x)/cosh(x)",
    "if(x > 2 and x < 3 or x > 9, 1, 1/3)*x", "1000000000000000000000*x + 1/3 + 0.1", "-x^2*-x", "lambda*N + I",
    "sec(x/3) + csc(x) + cot(x/4)", "log1p(x) + expm1(x) + log10(x)", "softplus(x) + gelu(x)", "x/(x+1)/(x+2)",
    "legendre(4, x)*hermite(3, x)",
]  # fmt: skip


def job_of(number: int, formula: str, count: int) -> Job:
    """A formula as a job, at points between 0.6 and 2.9."""
    names = list(derive(formula).expression.variables)
    draw = np.random.default_rng(number)
    at = {name: draw.uniform(0.6, 2.9, count) for name in names}
    return Job(f"fn{number}({', '.join(names)}) = {formula}", at, 1 + len(names))


@cache
def wanted(job: Job) -> Floats:
    """The numbers of the calculator."""
    result = derive(job.text, job.at, job.options.get("wrt"), paired=True, check=False)
    return np.array([result.value, *result.derivatives.values()])


def wrong(found: Mapping[Job, Floats], tolerance: float = TOLERANCE) -> list[str]:
    """The jobs whose numbers are not the calculator's."""
    bad = []
    for job, got in found.items():
        want = wanted(job)
        size = np.maximum(np.abs(want), np.median(np.abs(want), axis=1, keepdims=True))
        off = np.abs(got - want) / np.where(size > 0, size, 1)
        off = np.where((got == want) | (np.isnan(got) & np.isnan(want)), 0, off)
        if not (off <= tolerance).all():
            bad.append(f"{job.text}: {np.nanmax(off):.1e}, {np.isnan(off).sum()} of {off.size} are no numbers")
    return bad


def coded(language: str, jobs: list[Job]) -> Codes:
    return {job: job.code(language) for job in jobs}


@pytest.mark.sampled
@pytest.mark.parametrize("language", RUN)
def test_numbers_are_those_of_the_calculator(language: str, tmp_path: Path) -> None:
    if not available(language):
        pytest.skip("nothing runs it here")
    count = SLOW_POINTS.get(language, POINTS)
    formulas = FORMULAS[:: sample(SLOW_STEP.get(language, 3), 1)]
    jobs = [job_of(number, formula, count) for number, formula in enumerate(formulas)]
    found = called(language, coded(language, jobs), tmp_path)
    assert wrong(found) == []
    spoiled = {job: got * (1 + 3e-14) for job, got in found.items()}
    assert len(wrong(spoiled)) == len(jobs)


@each("language", RUN)
def test_a_wrong_spelling_is_caught(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not available(language):
        return
    row = LANGUAGES[language]
    assert row.load is not None
    assert row.load_dialect is not None
    dialect = row.load_dialect()
    spoiled = replace(dialect, functions={**dialect.functions, "sin": dialect.functions["cos"]})
    monkeypatch.setitem(row.load().__globals__, language.upper(), spoiled)
    codes = coded(language, [job_of(0, "x^2*sin(x)", 3), job_of(1, "x^3", 3)])
    assert len(wrong(called(language, codes, tmp_path))) == 1


def row_job(row: Function, names: list[str], count: int) -> Job:
    """A call of a row as a job, differentiated by some of its parameters, at points inside of its domain."""
    fixed = dict.fromkeys(row.whole, "2" if row.name != "lambertw" else "0") | dict.fromkeys(row.constant, "1.5")
    free = [name for name in row.parameters if name not in fixed]
    draw = np.random.default_rng(len(row.name))
    at = {name: draw.uniform(*row.domain[row.parameters.index(name)], count) for name in free}
    call = f"{row.name}({', '.join(fixed.get(name, name) for name in row.parameters)})"
    return Job(f"row_{row.name.lower()}({', '.join(free)}) = {call}", at, 1 + len(names), {"wrt": names})


def row_codes(language: str, rows: list[Function], count: int) -> tuple[dict[Job, str], list[str]]:
    """The functions of rows in a language, by all parameters or by one that has a derivative there; and the refused."""
    codes, refused = {}, []
    told: set[str] = set()
    for row in rows:
        smooth = [name for name in row.variables if name not in row.constant]
        for names in (smooth, *([[name] for name in smooth] if len(smooth) > 1 else [])):
            job = row_job(row, names, count)
            try:
                codes[job] = job.code(language)
                break
            except DerivError as error:
                told.add(error.message)
        else:
            refused.append(row.name)
    assert all(each.startswith(f"{LANGUAGES[language].title} has no function for ") for each in told), told
    return codes, refused


LOSSY = {"jax": 1e-11, "matlab": 1e-12, "numpy": 2e-13}
"""The tolerance for languages whose libraries have functions of fewer digits: gamma, digamma and Airy's."""


@pytest.mark.sampled
@pytest.mark.parametrize("language", RUN)
def test_every_function_of_the_table(language: str, tmp_path: Path) -> None:
    if not available(language):
        pytest.skip("nothing runs it here")
    rows = [row for row in FUNCTIONS if not row.derivatives_of][:: sample(12 if language != "jax" else 40, 1)]
    codes, _ = row_codes(language, rows, SLOW_POINTS.get(language, POINTS))
    assert wrong(called(language, codes, tmp_path), LOSSY.get(language, 1e-13)) == []
