"""The backward of a pointwise function at thousands of points: intervals where it is wrong, and their ends."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import check_function
from tests.custom_functions import pair, saving


def holed(where: Any, value: Any = torch.tanh, slope: Any = lambda i: 1 - torch.tanh(i) ** 2) -> Any:
    """A function whose backward gives 0 where a condition holds."""
    return saving(value, lambda g, i: g * torch.where(where(i), 0 * i, slope(i)))


def hides_nan(i: Tensor) -> Tensor:
    return i.nan_to_num().exp()


def root_of_square(i: Tensor) -> Tensor:
    return torch.sqrt(i * i + 1)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (lambda i: (i > 0.5) & (i < 1.2), "where i is between 0.5 and 1.2"),
        (lambda i: (i > 1.5) & (i < 3), "where i is between 1.5 and 3"),
        (lambda i: (i > -6) & (i < -3), "where i is between -6 and -3"),
        (lambda i: (i > 13.03) & (i < 13.08), "where i is between 13.03 and 13.08"),
        (lambda i: (i.abs() > 1.5) & (i.abs() < 3), "where |i| is between 1.5 and 3"),
        (lambda i: i.abs() > 15, "where |i| is above 15"),
        (lambda i: i > 1000, "where i is above 1000"),
        (lambda i: i < 0, "where i is negative"),
        (lambda i: i.abs() < 1e-6, "where |i| is below 1e-06"),
        (lambda i: (i - i.round()).abs() < 0.1, "where |i| is below 0.1, and elsewhere"),
    ],
)
def test_where_a_backward_is_wrong_is_told_by_its_ends(where: Any, said: str) -> None:
    function = holed(where, root_of_square, lambda i: i / root_of_square(i))
    assert check_function(function).diagnosis == f"backward is wrong {said}"


def test_an_end_that_nobody_can_see_is_none() -> None:
    function = holed(lambda i: (i > 8) & (i < 18))  # beyond 15 the tanh is flat, and 0 is right enough
    assert check_function(function).diagnosis == "backward is wrong where i is above 8"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (pair(torch.mul, lambda g, x, y: (g * y, g * x * (y < 20))), "in y where y is above 20"),
        (pair(torch.mul, lambda g, x, y: (g * y * (x * y < 20), g * x * (x * y < 20))), "where x*y is above 20"),
    ],
)
def test_what_decides_where_two_arguments_are_wrong(function: Any, said: str) -> None:
    assert check_function(function).diagnosis == f"backward is wrong {said}"


def test_no_finite_number_beyond_an_end() -> None:
    naive = saving(torch.nn.functional.softplus, lambda g, i: g * torch.exp(i) / (1 + torch.exp(i)))
    assert check_function(naive).diagnosis == "backward gives no finite number where i is above 709.783"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (saving(torch.abs, lambda g, i: g * i / i.abs()), "backward gives no finite number at i = 0"),
        (
            saving(lambda i: i.nan_to_num().exp(), lambda g, i: g * i.nan_to_num().exp()),
            "swallows nan: forward gives 1 for it",
        ),
        (saving(torch.exp, lambda g, i: g * i.exp() * (i != 0)), "backward is wrong at i = 0"),
        (saving(torch.sqrt, lambda g, i: g / 2 / i.sqrt()), ""),
        (saving(torch.relu, lambda g, i: g * (i > 0)), ""),
        (saving(lambda i: i.floor().nan_to_num(), lambda g, i: 0 * g), ""),
    ],
)
def test_special_values(function: Any, said: str) -> None:
    assert check_function(function).diagnosis == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("i=-1,2,5.5,8,20", "backward is wrong where i is between 5 and 6"),
        ("i=5.2,5.9", "backward gives 0, and forward varies"),
        ("i=1,2", ""),
    ],
)
def test_points_that_were_typed_are_the_only_ones(at: str, said: str) -> None:
    function = saving(lambda i: i**2, lambda g, i: g * torch.where((i > 5) & (i < 6), 0 * i, 2 * i))
    assert check_function(function, at=at).diagnosis == said


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_forward_in_another_format_is_called_so_at_a_single_point(dtype: torch.dtype) -> None:
    function = saving(lambda i: i.to(dtype).exp().double(), lambda g, i: g * i.exp())
    assert check_function(function, at="i=0.99999999").kind == str(dtype).removeprefix("torch.")


def test_typed_points_of_two_arguments_are_counted() -> None:
    function = pair(torch.mul, lambda g, x, y: (g * y, g * x * (y < 20)))
    assert check_function(function, at="x=1,2,3,y=10,30").diagnosis == "backward is wrong at 3 of 6 points in y"


def hard_sigmoid(end: float) -> Any:
    """A hard sigmoid that goes on to grow, or ends too early."""
    return saving(
        lambda i: torch.where(i < -3, 0.0, torch.where(i > end, 1.0, i / 6 + 0.5)),
        lambda g, i: g / 6 * ((i > -3) & (i < end)),
    )


@pytest.mark.parametrize(
    ("end", "said"), [(2.5, "where i is between 2.5 and 3, as"), (3, ""), (3.01, "where i is between 3 and 3.01, as")]
)
def test_a_forward_is_the_formula_on_both_sides_of_its_corners(end: float, said: str) -> None:
    report = check_function(hard_sigmoid(end), "hardsigmoid(i)")
    assert report.diagnosis == ("forward is not hardsigmoid(i)" if said else "")
    assert [trial.detail.partition(" at ")[0] for trial in report.trials if trial.state == "failed"] == [said][
        : len(said)
    ]


def test_a_gradient_of_a_saved_output_in_16_bits() -> None:
    function = saving(torch.tanh, lambda g, i: g * (1 - torch.tanh(i).bfloat16().double() ** 2))
    assert check_function(function).diagnosis == "computes in bfloat16 inside: 2 digits in double"
