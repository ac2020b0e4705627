"""Options of the test run, where it keeps compiled kernels, and how long functions and drawn cases may take."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from derivcli import Diagnosis
from derivcli.check import taylor_remainder
from derivcli.engines.special_functions import high_precision
from derivcli.engines.taylor import composition
from derivcli.explain.answer import judge_claim
from derivcli.explain.piecewise import breakpoint_values
from tests import processes

PATIENCE = 20.0
"""Seconds for a number in high precision: as many tests run at once as there are cores, and other work may go on."""

CLOCKED = """answer answer_command answer_kinds answer_random check clock practice precision steps steps_command
    verdicts""".split()
"""Tests of what ends by a clock."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes the golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write what the commands print into the golden files")


def pytest_configure(config: pytest.Config) -> None:
    """Keep kernels with what pytest itself keeps from run to run."""
    assert config.cache is not None
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(config.cache.mkdir("kernels"))
    os.environ["DERIV_WARM"] = "off"  # a warm server of the developer's has no part in a test
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    patient()
    if not hasattr(config, "workerinput"):  # a worker of xdist has it
        processes.share()


def pytest_collection_finish() -> None:
    """Collect garbage as the program does, and what is there before the first test never."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def patient() -> None:
    """Give numbers in high precision the time that they need here, in other processes of the tests too."""
    high_precision.POINT_SECONDS = PATIENCE
    taylor_remainder.VERDICT_SECONDS = PATIENCE  # type: ignore[attr-defined]
    composition.POINT_SECONDS = PATIENCE  # type: ignore[attr-defined]
    breakpoint_values.JUDGING_SECONDS = PATIENCE


@pytest.fixture(autouse=True)
def _nothing_swallows_clocks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep Hypothesis from being told of garbage collections: what a clock raises in such a call is lost."""
    known = gc.callbacks[:]
    if request.module.__name__.removeprefix("tests.test_") in CLOCKED:
        gc.callbacks.clear()
    yield
    gc.callbacks[:] = known


@pytest.fixture
def undiagnosed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the search for the mistake in a wrong claim, where only the comparison is looked at."""
    monkeypatch.setattr(judge_claim, "diagnosed", lambda case: Diagnosis())


@pytest.fixture
def compared_only(monkeypatch: pytest.MonkeyPatch, undiagnosed: None) -> None:
    """Leave out what comes after the comparison, which is not to decide here."""
    monkeypatch.setattr(judge_claim, "is_proved", lambda left, right: False)


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder for sockets, whose names must be short."""
    with tempfile.TemporaryDirectory(prefix="warm-", dir="/tmp") as folder:
        yield Path(folder)
