"""How the check of a function is told: a sentence, trials, files of many, JSON, JUnit's XML, and in a test."""

from __future__ import annotations

import copy
import pickle
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from junitparser import JUnitXml
from torch import Tensor

from derivcli import DerivError, FileReport, FunctionError, FunctionReport, check_function, check_functions
from derivcli.custom.faults import fault_kinds
from derivcli.custom.faults.fault_kinds import FAULT_KINDS
from derivcli.custom.trials.trial_table import TRIALS
from derivcli.render.blocks import Style
from derivcli.render.documents.function_check import function_check_document
from derivcli.render.format_table import write
from tests.custom_functions import Square, saving
from tests.support import deriv

MEANT, SQUARES = (Path(__file__).parent / "golden" / "data" / name for name in ("meant.py", "squares.py"))
IGNORES = "ignores grad_output: right at the end of a graph, wrong inside one"


def forgets(g: Tensor, i: Tensor) -> Tensor:
    """A backward with two faults: it ignores grad_output, and it is not there for second derivatives."""
    del g
    return 2 * i.detach()


@pytest.fixture(scope="module")
def report() -> FunctionReport:
    return check_function(saving(torch.square, forgets), "i^2")


@pytest.fixture(scope="module")
def file_report() -> FileReport:
    return check_functions(str(MEANT))


def shown(found: FunctionReport | FileReport, name: str = "text", width: int = 80) -> str:
    style = Style(width=width)
    return write(function_check_document(found, style), name, style)


def test_the_sentence_comes_first_and_what_failed_next(report: FunctionReport) -> None:
    for width in (40, 80, 120, 10**6):
        lines = " ".join(shown(report, width=width).split())
        assert lines.startswith(f"{IGNORES} F(i), at 12 points ✗ backward with other upstream gradients at i = 3.17 ")
        assert lines.index("✓") > lines.index("✗")


def test_no_line_is_wider_than_the_screen(report: FunctionReport) -> None:
    for width in (40, 60, 80, 120):
        lines = shown(report, width=width).splitlines()
        assert max(map(len, lines)) <= width


def test_every_trial_is_told_once(report: FunctionReport) -> None:
    told = " ".join(shown(report).split())
    for trial in report.trials:
        assert told.count(f" {trial.name}") >= 1
    assert len({trial.name for trial in report.trials}) == len(report.trials)


def test_what_was_not_reached_says_why(report: FunctionReport) -> None:
    unreached = [trial for trial in report.trials if trial.state == "unreached"]
    assert {trial.detail for trial in unreached} == {"relies on 'backward with other upstream gradients'"}
    assert "float32" not in {trial.name for trial in unreached}


def test_a_failure_ends_only_what_relies_on_it() -> None:
    reaching: dict[object, set[object]] = {}
    for row in TRIALS:
        assert all(need in reaching for need in row.needs), row.name
        reaching[row.attempt] = {row.attempt, *(known for need in row.needs for known in reaching[need])}
    found = check_function(saving(torch.square, forgets))
    states = {trial.name: trial.state for trial in found.trials}
    failed = {row.attempt for row in TRIALS if states.get(row.name) == "failed"}
    for row in TRIALS:
        if row.name in states and states[row.name] != "failed":
            assert (states[row.name] == "unreached") == bool(failed & reaching[row.attempt]), row.name


def test_other_faults_are_told_too(report: FunctionReport) -> None:
    failure = report.failures[0]
    second = replace(failure, name="another", sentence="fails in float32", kind="dtype")
    both = replace(report, trials=(*report.trials, second, replace(second, name="a third")))
    assert (both.diagnosis, both.kind, both.more) == (IGNORES, "ignores", ("fails in float32",))
    assert shown(both).splitlines()[1] == "also: fails in float32"


def test_nothing_wrong_is_a_sentence_too() -> None:
    lines = deriv("check-fn", f"{SQUARES}:Once").stdout.splitlines()
    assert lines[:2] == ["nothing wrong was found", "note: refuses second derivatives"]
    check_function(Square).raise_if_wrong()


def test_a_success_says_what_is_worth_a_line_and_folds_the_rest() -> None:
    found = check_function(saving(torch.tanh, lambda g, i: g / torch.cosh(i) ** 2))
    assert found.ok
    lines = shown(found, width=80).splitlines()
    assert len(lines) <= 22
    ticks = [line for line in lines if line.startswith("✓")]
    assert all("  " in line for line in ticks[:-1])
    count = len([trial for trial in found.trials if trial.state == "passed"])
    assert ticks[-1].startswith(f"✓ {count - len(ticks) + 1} more passed: forward and backward run, ")
    for trial in found.trials:
        assert " ".join(shown(found).split()).count(trial.name) >= 1


def test_points_that_cannot_be_judged_are_not_told_as_wrong_ones() -> None:
    found = check_function(saving(torch.tanh, lambda g, i: g / torch.cosh(i) ** 2))
    assert not re.search(r"right at \d+ of", shown(found))
    assert re.search(r"right at \d+; \d+ cannot be judged", shown(found))


def test_a_report_is_true_where_nothing_is_wrong(report: FunctionReport, file_report: FileReport) -> None:
    assert check_function(Square)
    assert not report
    assert not file_report


def test_it_raises_what_a_test_tells(report: FunctionReport, file_report: FileReport) -> None:
    with pytest.raises(FunctionError) as caught:
        report.raise_if_wrong()
    assert isinstance(caught.value, AssertionError)
    assert caught.exconly().splitlines()[0] == f"derivcli.custom.report.FunctionError: {IGNORES}"
    assert "at i = 3.17 with grad_output 2" in str(caught.value)
    for same in (copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert same.report == report
    with pytest.raises(FunctionError, match="straight-through"):
        file_report.raise_if_wrong()


def test_all_functions_of_a_file(file_report: FileReport) -> None:
    names = [each.name for each in file_report.reports]
    assert names == ["Round", "Spike", "Reverse", "Peak", "Halves"]
    outcome = deriv("check-fn", str(MEANT), status=1)
    lines = outcome.stdout.splitlines()
    assert lines[0] == f"something is wrong with {len(file_report.wrong)} of {len(names)} functions"
    assert [line.split()[1] for line in lines[2 : 2 + len(names)]] == names
    for one in file_report.wrong:
        assert f"✗ {one.name}" in outcome.stdout
        assert outcome.stdout.count(f"\n{one.name}(x") == 1
    listed = deriv("check-fn", str(MEANT), "--format", "json", status=1).json
    assert [(each["function"], each["ok"], each["diagnosis"]) for each in listed] == [
        (each.name, each.ok, each.diagnosis) for each in file_report.reports if isinstance(each, FunctionReport)
    ]


RIGHT = """
import torch

class Fine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * g * x
"""
UNTRIED = RIGHT.replace("class Fine", "class Root").replace("return x * x", "return torch.sqrt(-1 - x * x)")
WRONG = RIGHT.replace("class Fine", "class Half").replace("2 * g", "g")


@pytest.mark.parametrize(
    ("text", "status", "first"),
    [
        (RIGHT, 0, "nothing wrong was found in 1 function"),
        (RIGHT + UNTRIED, 2, "nothing wrong was found in 1 function; 1 could not be tried"),
        (RIGHT + UNTRIED + WRONG, 1, "something is wrong with 1 of 3 functions; 1 could not be tried"),
    ],
)
def test_the_status_of_a_file_is_the_worst(text: str, status: int, first: str, tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(text)
    outcome = deriv("check-fn", str(tmp_path / "some.py"), status=status)
    assert outcome.stdout.splitlines()[0] == first
    assert ("? Root" in outcome.stdout) == (UNTRIED in text)


def test_options_of_one_function_are_refused_for_a_file() -> None:
    for option, value in (("--against", "x"), ("--at", "x=1"), ("--wrt", "x"), ("--gradient", "1")):
        assert f"{option} is about one function" in deriv("check-fn", str(MEANT), option, value, status=2).stderr
    with pytest.raises(DerivError, match="no such file"):
        check_functions("none.py")


def test_junit_has_a_case_for_each_trial(report: FunctionReport, file_report: FileReport) -> None:
    (suite,) = JUnitXml.fromstring(shown(report, "junit").encode())
    cases = list(suite)
    assert [case.name for case in cases] == [trial.name for trial in report.trials]
    for case, trial in zip(cases, report.trials, strict=True):
        results = [type(result).__name__ for result in case.result]
        assert results == {"passed": [], "failed": ["Failure"]}.get(trial.state, ["Skipped"])
        if trial.state == "failed":
            assert case.result[0].message == f"{IGNORES}: {trial.detail}"
    assert (suite.tests, suite.failures) == (len(cases), 1)
    assert [suite.name for suite in JUnitXml.fromstring(shown(file_report, "junit").encode())] == [
        each.name for each in file_report.reports
    ]


def test_every_kind_of_fault_is_on_the_page_of_findings() -> None:
    folder = Path(fault_kinds.__file__).parents[1]
    texts = "".join(path.read_text() for path in folder.rglob("*.py"))
    kinds = re.findall(r'(?:failed\(\s*|return |kind, sentence = )"([a-z_ -]+)", f?"', texts)
    assert len({*kinds}) > 40
    assert {*kinds} <= FAULT_KINDS.keys()


def test_the_header_tells_shapes_and_constants() -> None:
    assert "Linear(input: " in shown(check_function(f"{SQUARES}:Linear"))
    found = check_function(f"{MEANT}:Reverse", gradient="-lambd")
    title = shown(found, width=500).splitlines()[2]
    assert title == f"Reverse(x, lambd=0.5, mode='all'), from {MEANT}, at 12 points, with the gradient -lambd"
    assert found.gradient == (("x", "-lambd"),)
