"""Functions whose calls take long are called less often, and what is wrong with them is found all the same."""

import types
from collections.abc import Callable

import pytest
from torch import Tensor

from derivcli import DerivError, check_function
from derivcli.custom import budget
from tests.custom_functions import FunctionClass, pair, saving

SECONDS = 0.15
"""What a call of the forward seems to take."""
MAX_SECONDS = 11.5

FEWER = "a call takes 0.15 s: fewer points were tried"


class Clock:
    """A clock that goes on by itself only while a forward runs."""

    def __init__(self) -> None:
        self.now = 0.0

    def ran(self, value: Tensor) -> Tensor:
        self.now += SECONDS
        return value


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(budget, "time", types.SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


def squares(clock: Clock, wrong: Callable[[Tensor], Tensor]) -> FunctionClass:
    return saving(lambda x: clock.ran(x**2), lambda g, x: g * 2 * x * (1 + 0.25 * wrong(x)))


def products(clock: Clock, factor: float) -> FunctionClass:
    return pair(lambda x, y: clock.ran(x @ y.t()), lambda g, x, y: (g @ y, factor * (g.t() @ x)))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda x: x != x, ""),
        (lambda x: x == x, "off by a factor 1.25"),
        (lambda x: x > 3, "backward is wrong at some of the points"),
        (lambda x: (x > 11) & (x < 11.2), "backward is wrong at some of the points"),
    ],
    ids=["right", "factor", "above", "between"],
)
def test_numbers(clock: Clock, wrong: Callable[[Tensor], Tensor], sentence: str) -> None:
    found = check_function(squares(clock, wrong))
    assert found.diagnosis == sentence
    assert FEWER in found.remarks
    assert clock.now < MAX_SECONDS


@pytest.mark.parametrize(("factor", "sentence"), [(1.0, ""), (2.0, "backward is not the derivative of forward in y")])
def test_matrices(clock: Clock, factor: float, sentence: str) -> None:
    found = check_function(products(clock, factor))
    assert found.diagnosis == sentence
    assert FEWER in found.remarks
    assert clock.now < MAX_SECONDS


def test_a_call_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "CALL_SECONDS", 0.05)

    def endless(x: Tensor) -> Tensor:
        while x is not None:
            pass
        return x

    with pytest.raises(DerivError, match=r"^forward of 'F' has not ended after "):
        check_function(saving(endless, lambda g, x: g))


def test_numbers_that_take_long_each(clock: Clock) -> None:
    def value(x: Tensor) -> Tensor:
        clock.now += 5e-4 * x.numel()
        return x**2

    found = check_function(saving(value, lambda g, x: g * 2 * x * (1 + 0.25 * ((x > 11) & (x < 13)))))
    assert found.diagnosis == "backward is wrong at some of the points"
    assert clock.now < MAX_SECONDS
