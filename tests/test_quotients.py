"""Derivatives of a user's forward by quotients of differences: as near as they say, and none at corners and jumps."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from derivcli import parse
from derivcli.custom.true_values import by_formula, by_quotients, noise


@pytest.mark.parametrize(
    ("function", "text", "slope", "points"),
    [
        (torch.sin, "sin(x)", "cos(x)", [0.3, 1e-8, 50.0, -3.0]),
        (torch.exp, "exp(x)", "exp(x)", [0.3, 20.0, -20.0, 300.0]),
        (torch.log, "log(x)", "1/x", [1e-6, 0.3, 1e6]),
        (lambda x: torch.sin(100 * x), "sin(100*x)", "100*cos(100*x)", [0.3, 20.0]),
        (lambda x: 1e300 * x, "1e300*x", "1e300", [0.1, 3.0]),
    ],
)
def test_quotients_are_no_further_off_than_they_say(function: Any, text: str, slope: str, points: list[float]) -> None:
    columns = torch.tensor([points], dtype=torch.float64)
    truth = by_formula(parse(text, declared=["x"]), ["x"], columns, ("x",))
    found = by_quotients(lambda given: function(*given), columns, 0)
    assert torch.allclose(truth.numbers, by_formula(parse(slope, declared=["x"]), ["x"], columns).numbers, rtol=1e-15)
    assert ((found.numbers - truth.numbers).abs() <= 10 * found.errors).all()
    assert (found.errors <= 1e-5 * truth.numbers.abs()).all()


def test_quotients_know_corners_and_jumps() -> None:
    columns = torch.tensor([[0.0, 1.0, -1.0]], dtype=torch.float64)
    corner = by_quotients(lambda given: given[0].abs(), columns, 0)
    assert corner.known.tolist() == [False, True, True]
    jump = by_quotients(lambda given: torch.floor(given[0]), columns, 0)
    assert not jump.known.any()


def test_noise_is_that_of_the_number_format() -> None:
    columns = torch.linspace(0.5, 3, 40, dtype=torch.float64)[None]
    double = noise(lambda given: torch.exp(given[0]), columns) / torch.exp(columns[0])
    single = noise(lambda given: torch.exp(given[0].float()).double(), columns) / torch.exp(columns[0])
    assert 1e-17 < double.median() < 1e-15
    assert 1e-9 < single.median() < 1e-6
