"""Derivatives of a user's forward by quotients of differences: as near as they say, and none at corners and jumps."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from derivcli import parse
from derivcli.custom.truth.near_zero import one_sided_slopes
from derivcli.custom.truth.true_values import by_formula, by_quotients, noise


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


def test_quotients_that_contradict_each_other_are_none() -> None:
    columns = torch.tensor([[-6.75, -7.5, 0.4]], dtype=torch.float64)
    gelu = by_quotients(lambda given: given[0] * (1 + torch.erf(given[0] / 2**0.5)), columns, 0)  # it cancels
    assert gelu.known.tolist() == [False, False, True]
    stairs = by_quotients(lambda given: torch.round(given[0] * 256) / 256, columns, 0)
    assert not (stairs.numbers[stairs.known] != 0).any()


@pytest.mark.parametrize(
    ("function", "text"),
    [(torch.exp, "exp(x)"), (lambda x: 1 - torch.cos(x), "1-cos(x)"), (lambda x: x.abs() + x, "|x|+x")],
)
def test_slopes_near_0_by_a_polynomial_of_one_side(function: Any, text: str) -> None:
    columns = torch.tensor([[1e-4, 1e-9, 1e-20]], dtype=torch.float64)
    truth = by_formula(parse(text, declared=["x"]), ["x"], columns, ("x",))
    found = one_sided_slopes(lambda given: function(given[0]), columns, 0)
    assert ((found.numbers - truth.numbers).abs() <= 10 * found.errors).all()
    assert (found.errors < 1e-9).all()


def test_no_polynomial_is_like_a_root() -> None:
    columns = torch.tensor([[1e-9]], dtype=torch.float64)
    assert not one_sided_slopes(lambda given: given[0].sqrt(), columns, 0).known.any()
