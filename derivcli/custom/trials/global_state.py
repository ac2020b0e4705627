"""PyTorch's global state, which a function has to leave as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class GlobalSetting:
    """A setting of PyTorch's that holds for a whole program, with how it is read and set."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


def _write_device(device: torch.device) -> None:
    torch.set_default_device(None if device.type == "cpu" else device)


GLOBAL_SETTINGS = (
    GlobalSetting("the default dtype", torch.get_default_dtype, torch.set_default_dtype),
    GlobalSetting("the default device", torch.get_default_device, _write_device),
    GlobalSetting("grad mode", torch.is_grad_enabled, torch._C._set_grad_enabled),
    GlobalSetting("anomaly mode", torch.is_anomaly_enabled, torch.set_anomaly_enabled),
    GlobalSetting("the number of threads", torch.get_num_threads, torch.set_num_threads),
    GlobalSetting("deterministic mode", torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode),
    GlobalSetting(
        "the precision of float32 products", torch.get_float32_matmul_precision, torch.set_float32_matmul_precision
    ),
)
"""Without the random numbers, which may be drawn."""


def settings() -> list[Any]:
    """What the settings are now."""
    return [each.read() for each in GLOBAL_SETTINGS]


def changed(before: list[Any]) -> list[tuple[str, Any, Any]]:
    """The names of settings that are not what they were, with what they were and are."""
    triples = zip(GLOBAL_SETTINGS, before, settings(), strict=True)
    return [(each.name, was, now) for each, was, now in triples if was != now]


@contextmanager
def restored_settings() -> Iterator[None]:
    """A block after which PyTorch's global state, its random numbers too, is what it was before."""
    before, drawn = settings(), torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(drawn)
        for each, was, now in zip(GLOBAL_SETTINGS, before, settings(), strict=True):
            if was != now:
                each.write(was)


RANDOM_FUNCTIONS = ("get_rng_state", "set_rng_state", "manual_seed")
"""What reads or sets the state of PyTorch's random numbers; `torch.random.fork_rng` calls them."""


@contextmanager
def watched_random_numbers() -> Iterator[list[str]]:
    """A block with the names of functions that were called in it for the state of PyTorch's random numbers."""
    called: list[str] = []
    originals = [(module, name, getattr(module, name)) for module in (torch, torch.random) for name in RANDOM_FUNCTIONS]

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*arguments: Any, **named: Any) -> Any:
            called.append(name)
            return original(*arguments, **named)

        return watching

    for module, name, original in originals:
        setattr(module, name, watched(name, original))
    try:
        yield called
    finally:
        for module, name, original in originals:
            setattr(module, name, original)
