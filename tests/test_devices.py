"""Where PyTorch computes: on a GPU by the same rules, with nothing left behind on the processor.

Without a GPU the operations can still be gone through on tensors that have a device and no numbers: PyTorch refuses
to mix devices on these as on others. Choices between branches and backward passes cannot, since they look for the GPU.
"""

from __future__ import annotations

import pytest
import torch
from torch._subclasses import FakeTensorMode

from derivcli import DerivError, derive, jacobian, parse
from derivcli.engines.program import lower
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.torch import rules
from derivcli.engines.torch.flags import FlagObserver
from derivcli.engines.torch.rules import forward
from derivcli.language.functions.table import FUNCTIONS
from tests.support import deriv, each

CALLS = [
    f"{row.name}({', '.join('xy'[: len(row.parameters)])})"
    for row in FUNCTIONS
    if row.primitive and row.name not in KERNELS
]


def gone_through(text: str, device: str) -> torch.device:
    """Run the steps of a formula and the watch over them on a device without numbers; gives where the value is."""
    program = lower([parse(text, declared="xyzw")], ("x", "y"))
    with FakeTensorMode(), torch.no_grad():
        columns = [torch.ones(5, device=device, dtype=torch.float64) for _ in "xy"]
        watch = FlagObserver.over(columns, 5)
        watch.varies[:] = [True, True]
        value = forward(program, columns, 5, watch)
        assert watch.bits.device.type == device
        return value.expand(5).device


@each("text", [*CALLS, "pi*x+1/3+y*exp(-x**2.5)"])
def test_steps_stay_on_the_device(text: str) -> None:
    assert gone_through(text, "cuda").type == "cuda"


def test_a_constant_left_on_the_processor_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.TORCH_RULES, "sin", lambda x: torch.sin(x) * torch.ones(5, dtype=torch.float64))
    with pytest.raises(RuntimeError, match="device"):
        gone_through("sin(x)", "cuda")


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "there is no GPU to compute on" in deriv("x**2", "--at", "x=3", "--device", "cuda", status=2).stderr
    with pytest.raises(DerivError, match=r"built without CUDA|PyTorch finds none"):
        derive("x**2", "x=3", device="cuda")
    with pytest.raises(DerivError, match="'tpu' is no device"):
        jacobian(["x"], "x=3", device="tpu")


def test_the_device_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = torch.tensor

    def tensor(values: object, *, device: str = "cpu", **kwargs: object) -> torch.Tensor:
        seen.append(device)
        return original(values, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "tensor", tensor)
    assert derive("x**2*y", "x=3,y=2", device="cuda").derivatives["x"].tolist() == [12]
    assert set(seen) == {"cuda"}


def test_a_kernel_is_for_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    original = torch.tensor
    monkeypatch.setattr(torch, "tensor", lambda values, device, **kwargs: original(values, **kwargs))
    result = derive("x**2", "x=3", device="cuda", engine="compiled")
    assert (result.engine, result.derivatives["x"].tolist()) == ("reverse", [6])
    assert result.remark == "kernels are compiled for the processor: computed by backward passes"
