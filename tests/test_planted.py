"""Each planted fault is named by its own sentence, sound functions pass, and PyTorch's own judges find nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import torch

from derivcli import FunctionReport
from derivcli.custom.trials.trial_table import TRIALS
from derivcli.custom.user_code import TORCH_ERRORS
from tests.planted import FAULTS, SOUND
from tests.planted.foreign import foreign_finding
from tests.planted.pending import PENDING, PENDING_TRIALS
from tests.support import each, sample

REPORTS: dict[str, FunctionReport] = {}

NAMED = [name for name, row in FAULTS.items() if name not in PENDING and "compile" not in row.options]
COMPILED = [name for name, row in FAULTS.items() if name not in PENDING and "compile" in row.options]
PASSING = [name for name in SOUND if name not in PENDING]


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    """Put back what some of the planted functions change."""
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)


def report_of(name: str) -> FunctionReport:
    """The report of a planted fault, made once."""
    if name not in REPORTS:
        REPORTS[name] = FAULTS[name].report()
    return REPORTS[name]


def failing(report: FunctionReport) -> list[str]:
    return [trial.name for trial in report.trials if trial.state == "failed"]


def assert_named(name: str) -> None:
    report = report_of(name)
    assert report.diagnosis == FAULTS[name].sentence
    assert not report.ok
    assert report.kind
    assert failing(report)


@pytest.mark.sampled
@each("name", NAMED[:: sample(2, 1)])
def test_a_planted_fault_is_named(name: str) -> None:
    assert_named(name)


@pytest.mark.sweep
@each("name", COMPILED)
def test_a_planted_fault_of_compilation_is_named(name: str) -> None:
    assert_named(name)


@pytest.mark.sampled
@each("name", PASSING[:: sample(3, 1)])
def test_a_sound_function_passes(name: str) -> None:
    report = SOUND[name].report()
    assert (report.diagnosis, failing(report)) == ("", [])
    assert report.ok
    assert SOUND[name].remarks in (None, report.remarks)


def test_there_are_faults_of_many_kinds() -> None:
    assert len(FAULTS) >= 160
    assert len({row.kind for row in FAULTS.values()}) >= 40
    assert len(SOUND) >= 80
    assert {*PENDING} <= {*FAULTS, *SOUND}


REMARKS_ONLY = {"backward after a change in place", "on another device"}
"""One that never fails, and one that fails on machines with another device; test_check_settings.py tries them."""


@pytest.mark.sweep
def test_every_trial_can_fail() -> None:
    found = {trial for name in (*NAMED, *COMPILED) for trial in failing(report_of(name))}
    named = {name if not name.startswith("forward is ") else "forward is the formula" for name in found}
    assert {row.name for row in TRIALS} - named == REMARKS_ONLY | PENDING_TRIALS


NUMBER = re.compile(r"(?<![a-z\d])-?\d[\d.]*(e-?\d+)?")


@pytest.mark.sweep
def test_every_sentence_is_of_one_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for name in (*NAMED, *COMPILED):
        kinds.setdefault(NUMBER.sub("#", report_of(name).diagnosis), set()).add(report_of(name).kind)
    assert all(len(each) == 1 for each in kinds.values()), kinds
    found = {kind for each in kinds.values() for kind in each}
    assert len(found) >= 20
    assert {kind for _, kind, _ in TORCH_ERRORS} <= found


JUDGED = [name for name, row in FAULTS.items() if not {"compile", "gradient"} & row.options.keys()]


@pytest.mark.sampled
@each("name", [name for name in JUDGED if name in NAMED][:: sample(6, 1)])
def test_what_pytorch_finds_is_found(name: str) -> None:
    if foreign_finding(FAULTS[name]):
        assert not report_of(name).ok


@pytest.mark.sampled
@each("name", [name for name, row in SOUND.items() if "gradient" not in row.options][:: sample(3, 1)])
def test_pytorch_finds_nothing_in_sound_functions(name: str) -> None:
    assert foreign_finding(SOUND[name]) == ""


@pytest.mark.sweep
def test_what_pytorch_does_not_find() -> None:
    """The kinds of which neither of PyTorch's judges finds any; docs/machine-learning.md tells them."""
    found = {FAULTS[name].kind for name in JUDGED if foreign_finding(FAULTS[name])}
    assert len({FAULTS[name].kind for name in JUDGED} - found) >= 25
