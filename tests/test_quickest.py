"""Which engine computes many points: a compiled kernel where it is worth its making, and nobody asked for another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derivcli import derive
from derivcli.engines import chunks, engine_table
from derivcli.engines.chunks import SINGLE_THREAD_OPERATIONS, allows_threads
from derivcli.engines.program import Program, lower, lower_tree
from derivcli.engines.task import Prepared, Task
from derivcli.engines.torch import backward, compiled
from derivcli.engines.torch.compiled import NotCompiledError, pays
from derivcli.language.functions import formulas
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.parse import parse_expression
from derivcli.pipeline import prepare, quickest
from derivcli.points.at_option import read_points
from derivcli.request import Request

MANY = 10**12
POINTS = read_points(["x=1:2:9"])


def chosen(count: int | None, text: str = "sin(x)", **asked: Any) -> str:
    """The engine of a job over so many points."""
    return quickest(prepare(Request([text], POINTS, **asked)), POINTS, count).engine.name


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Kernels that are backward passes after all, and the tasks that they were made for."""
    made: list[Any] = []

    def prepared(task: Task) -> Prepared:
        made.append(task)
        return backward.prepared(task)

    monkeypatch.setattr(compiled, "prepared", prepared)
    return made


def test_very_many_points_are_compiled(told: list[Any]) -> None:
    assert chosen(MANY) == "compiled"
    assert len(told) == 1


@pytest.mark.parametrize("count", [None, 1, 999_999])
def test_few_points_and_unknown_numbers_of_them_are_not(count: int | None, told: list[Any]) -> None:
    assert chosen(count) == "reverse"
    assert told == []


@pytest.mark.parametrize("asked", [{"engine": "reverse"}, {"engine": "taylor"}, {"order": 5}])
def test_another_engine_that_was_asked_for_stays(asked: dict[str, Any], told: list[Any]) -> None:
    assert chosen(MANY, **asked) in ("reverse", "taylor")
    assert told == []


def test_without_a_kernel_backward_passes_serve_and_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(task: Task) -> Prepared:
        raise NotCompiledError("no C++ compiler was found")

    monkeypatch.setattr(compiled, "prepared", refuse)
    job = quickest(prepare(Request(["sin(x)"], POINTS)), POINTS, MANY)
    assert (job.engine.name, job.remark) == ("reverse", "")


def test_whoever_waits_is_told(told: list[Any]) -> None:
    said: list[tuple[str, int, int | None]] = []
    quickest(prepare(Request(["sin(x)"], POINTS)), POINTS, MANY, lambda *one: said.append(one))
    assert said == [("compiling", 0, None)]


def test_arrays_say_which_engine_made_them(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (*engine_table.ENGINES[:2], replace(engine_table.COMPILED, min_points_unasked=5))
    monkeypatch.setattr(engine_table, "ENGINES", rows)
    monkeypatch.setattr(compiled, "pays", lambda points, seconds_per_point: points > 5)
    assert derive("sin(x)", "x=1:2:9", check=False).engine == "compiled"
    assert derive("sin(x)", "x=1:2:5", check=False).engine == "reverse"


def test_compiling_pays_for_many_slow_points() -> None:
    assert pays(10**9, 1e-8)
    assert not pays(10**9, 1e-10)
    assert not pays(1_000_000, 1e-3)
    assert not pays(None, 1.0)


def programs(text: str) -> list[Program]:
    """The program of a formula in x and y."""
    return [lower([parse_expression(text, "xy")], ("x", "y"))]


@pytest.mark.parametrize("text", ["besselj(1, x)", "if(x > 0, gamma(x), 1)", "x + if(y > 0, if(x > 0, y, erfi(x)), 1)"])
def test_high_precision_stays_in_the_main_thread(text: str) -> None:
    assert not allows_threads(programs(text))
    assert allows_threads(programs("sin(x)*if(x > y, 1, sqrt(y))"))


def test_no_other_step_comes_to_high_precision_by_its_slopes() -> None:
    """The rules whose backward pass is a formula are those of the table; all orders of them are looked at."""
    for row in FUNCTIONS:
        if row.primitive and row.name not in SINGLE_THREAD_OPERATIONS and row.name in ("root", "xlogy", "xlog1py"):
            for index in range(len(row.parameters)):
                assert allows_threads([lower_tree(formulas.derivative(row, index), row.parameters)])


def test_points_that_are_not_finite_have_no_numbers() -> None:
    from derivcli.points.points import points_from_arrays

    job = prepare(Request(["3+0*x", "exp(-x)"], POINTS))
    constant, decaying = job.run(points_from_arrays({"x": np.array([1.0, np.nan, np.inf, -np.inf])}))
    for result in (constant, decaying):
        assert np.isfinite(result.value).tolist() == [True, False, False, False]
        assert np.isnan(result.derivatives["x"]).tolist() == [False, True, True, True]
        assert (result.flags == 1 << 6).tolist() == [False, True, True, True]


def test_many_numbers_at_each_point_come_at_fewer_points() -> None:
    job = prepare(Request([f"x^{power}" for power in range(1, 1001)], POINTS))
    assert job.size == chunks.MAX_CHUNK_NUMBERS // 2000
    assert prepare(Request(["x"], POINTS)).size == chunks.CHUNK_POINTS
    assert prepare(Request(["besselj(1, x)"], POINTS)).size == chunks.SLOW_CHUNK_POINTS
