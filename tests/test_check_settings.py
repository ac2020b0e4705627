"""Trials of other settings: each finds a fault that is hidden from all others, and sound code passes them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import FunctionReport
from derivcli.custom import check_function as checking
from derivcli.custom.arguments.given import Given
from derivcli.custom.loading.custom_function import custom_function
from derivcli.custom.trials import mode_trials
from tests.custom_functions import made
from tests.setting_functions import FAULTS, SOUND, seeded, setting, square
from tests.support import each


def report(function: Any, **shapes: tuple[int, ...]) -> FunctionReport:
    return checking.check(custom_function("F", function), given=Given(shapes=shapes))


@each("name", FAULTS)
def test_a_planted_fault_is_found_by_its_trial_alone(name: str) -> None:
    make, sentence, *shapes = FAULTS[name]
    found = report(make(), **(shapes[0] if shapes else {}))
    assert (found.diagnosis, found.more) == (sentence, ())


def disturb() -> None:
    torch.set_default_dtype(torch.float16)
    torch.set_num_threads(3)
    torch.manual_seed(5)


def test_the_settings_of_pytorch_are_restored() -> None:
    before = torch.get_default_dtype(), torch.get_num_threads(), torch.get_rng_state()
    report(setting(disturb))
    assert (torch.get_default_dtype(), torch.get_num_threads()) == before[:2]
    assert torch.equal(torch.get_rng_state(), before[2])


def state_of(found: FunctionReport, name: str) -> tuple[str, str]:
    return next((trial.state, trial.detail) for trial in found.trials if trial.name == name)


def test_a_slow_function_is_not_called_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MAX_CALL_SECONDS", 0.0)
    found = report(square())
    assert found.ok
    state, detail = state_of(found, "in another thread")
    assert state == "inapplicable"
    assert detail.startswith("a call takes ")


def test_another_device_is_tried_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mode_trials, "other_device", lambda: "meta")
    assert report(square(lambda g, x: g * 2 * x.to("cpu"))).diagnosis == "fails on meta"
    stays = square(value=lambda x: torch.zeros(x.shape, dtype=x.dtype) + 1, slope=lambda g, x: g * 0)
    assert report(stays).diagnosis == "gives a tensor on cpu where its input is on meta"


KEEPS = "keeps x on ctx outside save_for_backward: wrong where x is changed in place afterwards"


def keeping(ctx: Any, x: Tensor) -> Tensor:
    ctx.x = x
    return x**2


def test_a_tensor_kept_on_the_context_is_worth_a_remark() -> None:
    found = report(made(keeping, lambda ctx, g: g * 2 * ctx.x))
    assert (found.diagnosis, found.remarks) == ("", (KEEPS,))


@each("name", SOUND)
def test_sound_code_passes(name: str) -> None:
    found = report(SOUND[name]())
    assert (found.diagnosis, [trial.name for trial in found.trials if trial.state == "failed"]) == ("", [])


def test_random_numbers_that_threads_share_are_no_fault() -> None:
    state, detail = state_of(report(seeded), "in two threads at once")
    assert (state, detail) == ("inapplicable", "it calls torch.get_rng_state, which acts on all threads")
