"""What a user's function is called with: kinds of arguments, shapes, values and constants are found, read and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function
from derivcli.custom.arguments import literals
from derivcli.custom.arguments.binding import bind
from derivcli.custom.arguments.calls_text import constants_text
from derivcli.custom.arguments.given import Given
from derivcli.custom.check_function import attempted
from derivcli.custom.loading.custom_function import custom_function
from derivcli.custom.report import Outcome
from derivcli.custom.subject import Subject
from derivcli.custom.trials import trial_table
from derivcli.custom.trials.backward_trials import batch
from derivcli.custom.trials.variant_trials import other_constants, other_shapes
from tests.custom_functions import Square, dirty, made, saving, square
from tests.planted.making import taking
from tests.support import each


def bound(function: Any, **said: Any) -> Subject:
    with torch.enable_grad():
        return bind(custom_function("F", function), given=Given(**said))


def failing(subject: Subject) -> list[str]:
    """What is wrong by the trials of the derivative and of other ways of calling."""
    trials: list[Callable[[Subject], Outcome]] = [
        row.attempt for row in trial_table.TRIALS if row.name.startswith("backward with an upstream gradient of 1")
    ]
    outcomes = [attempted(trial, subject) for trial in (*trials, other_constants, other_shapes)]
    return [outcome.sentence for outcome in outcomes if outcome.state == "failed"]


def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x.mm(w.t()) + b


def with_bias(x: Tensor, w: Tensor, b: Tensor | None = None) -> Tensor:
    return x.mm(w.t()) if b is None else linear(x, w, b)


def branching(x: Tensor, lam: float) -> Tensor:
    return x * lam if lam > 0 else x


def chosen(x: Tensor, mode: Any = "sine") -> Tensor:
    return torch.sin(x) if mode == "sine" else torch.exp(x) if mode == "power" else x**2


def picked(logits: Tensor, target: Tensor) -> Any:
    return -torch.log_softmax(logits, 1)[torch.arange(len(target)), target].sum()


def picked_slopes(g: Tensor, logits: Tensor, target: Tensor) -> Any:
    return g * (torch.softmax(logits, 1) - torch.eye(logits.shape[1], dtype=g.dtype)[target]), None


def root(a: Tensor) -> Any:
    numbers, vectors = torch.linalg.eigh(a)
    return vectors @ torch.diag(numbers.sqrt()) @ vectors.T


def root_slope(g: Tensor, a: Tensor) -> Any:
    numbers, vectors = torch.linalg.eigh(a)
    roots = numbers.sqrt()
    return vectors @ ((vectors.T @ g @ vectors) / (roots[:, None] + roots)) @ vectors.T


def entropy(p: Tensor) -> Tensor:
    return -(p.log() * p + (1 - p).log() * (1 - p)).sum()


def total(*xs: Tensor) -> Tensor:
    return torch.stack([x**2 for x in xs]).sum(0)


def masked(x: Tensor, mask: Tensor) -> Tensor:
    return x.masked_fill(mask, 0.0)


def parametric(x: Tensor, weight: Tensor) -> Tensor:
    return torch.where(x > 0, x, weight * x)


CALLS: dict[str, tuple[Any, str]] = {
    "points": (Square, ""),
    "layer": (
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g.sum(0))), "x of shape 3x4, w of shape 5x4, b of shape 5"
    ),
    "square matrices": (
        saving(torch.linalg.inv, lambda g, i: -torch.linalg.inv(i).T @ g @ torch.linalg.inv(i).T), "i of shape 4x4"
    ),
    "number": (taking(branching, lambda g, x, lam: (g * (lam if lam > 0 else 1), None)), "lam = 0.5 as a number"),
    "whole number": (
        taking(lambda x, k: x.topk(k, -1).values.sum(-1), lambda g, x, k: (
            torch.zeros_like(x).scatter(-1, x.topk(k, -1).indices, 1.0) * g[..., None], None
        )), "x of shape 4, k = 2 as a number",
    ),
    "axis": (
        taking(lambda x, dim: x.cumsum(dim), lambda g, x, dim: (g.flip(dim).cumsum(dim).flip(dim), None)),
        "x of shape 4, dim = -1 as a number",
    ),
    "classes": (taking(picked, picked_slopes), "logits of shape 3x4, target = [2, 0, 1]"),
    "mask": (taking(masked, lambda g, x, mask: (g * ~mask, None)), "x of shape 3x4, mask of shape 3x4"),
    "device": (taking(lambda x, device: x.to(device) * 2, lambda g, *_: (2 * g, None)), "device = device('cpu')"),
    "word": (taking(chosen, lambda g, x, mode: (g * torch.cos(x), None)), "mode = 'sine'"),
    "numbers between 0 and 1": (saving(entropy, lambda g, i: g * ((1 - i).log() - i.log())), "i of shape 4"),
    "symmetric matrix": (saving(root, root_slope), "i of shape 4x4"),
    "any number of tensors": (taking(total, lambda g, *xs: tuple(2 * g * x for x in xs)), ""),
    "parameter": (
        taking(parametric, lambda g, x, w: (g * torch.where(x > 0, 1.0, w), (g * x * (x <= 0)).sum().reshape(1))),
        "x of shape 4, weight of shape 1",
    ),
    "in place, and says so": (made(dirty, lambda ctx, g: g * 2), ""),
}  # fmt: skip


@each("name", CALLS)
def test_what_a_function_takes_is_found_and_nothing_is_said_of_it(name: str) -> None:
    function, told = CALLS[name]
    subject = bound(function)
    assert constants_text(subject).replace("(type='cpu')", "('cpu')") == told
    assert name == "word" or failing(subject) == []


FAULTS: dict[str, tuple[Any, str]] = {
    "word": (CALLS["word"][0], "backward is wrong where mode is 'power'"),
    "default": (
        taking(lambda x, slope=0.5: slope * x**2, lambda g, x, slope: (g * x, None)),
        "backward is wrong where slope is not 0.5",
    ),
    "flag": (
        taking(lambda x, twice=True: x * (1 + twice), lambda g, x, twice: (g, None)),
        "backward is wrong where twice is True",
    ),
    "bias that may be None": (
        taking(with_bias, lambda g, x, w, b: (g @ w, g.T @ x, None if b is None else 2 * g.sum(0))),
        "off by a factor 2 in b",
    ),
    "repeated index": (
        taking(lambda x, index: x[index], lambda g, x, index: (torch.zeros_like(x).index_copy(0, index, g), None)),
        "backward is wrong where index repeats a number",
    ),
    "row of numbers": (
        taking(lambda x, y: x * y, lambda g, x, y: (g * y, g * x if len(y) == len(x) else (g * x).mean(0, True))),
        "off by a factor 0.333333 in y where x has shape 3x4 and y has shape 4: a mean where a sum is due?",
    ),
}  # fmt: skip


@each("name", FAULTS)
def test_a_fault_in_another_way_of_calling_is_found(name: str) -> None:
    function, sentence = FAULTS[name]
    assert failing(bound(function)) == [sentence]


def test_several_values_of_a_constant_are_tried() -> None:
    function = CALLS["word"][0]
    assert failing(bound(function, constants={"mode": ("sine",)})) == []
    assert failing(bound(function, constants={"mode": ("sine", "square")})) == [
        "backward is wrong where mode is 'square'"
    ]
    report = check_function(function, with_={"mode": ["power", "sine"]})
    assert report.diagnosis == "backward is wrong where mode is 'power'"


def test_devices_and_number_formats_are_given_by_name() -> None:
    def moved(x: Tensor, device: Any, dtype: Any) -> Tensor:
        assert (device.type, dtype) == ("cpu", torch.float64)
        return x.to(device, dtype) * 2

    function = taking(moved, lambda g, *_: (2 * g, None, None))
    assert check_function(function, with_={"device": "cpu", "dtype": "float64"}).ok
    with pytest.raises(DerivError, match="'gpu' is no device of PyTorch"):
        check_function(function, with_={"device": "gpu", "dtype": "float64"})


def test_one_typed_point_is_tried_in_a_batch() -> None:
    subject = bound(square(lambda g, i: g * 2 * i[0]), tensors={})
    one = bind(custom_function("F", square(lambda g, i: g * 2 * i[0])), given=Given(points=points("i=1")))
    assert one.count == 1
    assert [attempted(batch, each).kind for each in (subject, one)] == ["batch", "batch"]


def points(text: str) -> Any:
    from derivcli.points.at_option import read_points

    return read_points([text])


def test_numbers_of_a_loss_are_its_entries() -> None:
    loss = saving(lambda i: (i**2).mean(), lambda g, i: g * 2 * i)
    assert check_function(loss, at={"i": [1, 2]}).diagnosis == "off by a factor 2: a sum where a mean is due?"
    report = check_function(loss, at={"i": torch.tensor([[1.0, 2.0], [3.0, 4.0]])})
    assert (report.points, report.diagnosis) == (1, "off by a factor 4: a sum where a mean is due?")
    assert check_function(loss, at="i=[[1,2],[3,4]]").diagnosis == report.diagnosis


def only_five(ctx: Any, x: Tensor) -> Tensor:
    if x.ndim != 5:
        raise ValueError("5 dimensions, please")
    return x


def misspelled(ctx: Any, x: Tensor) -> Any:
    return x + offset  # type: ignore[name-defined]  # noqa: F821


def test_what_cannot_be_called_is_no_fault() -> None:
    function = made(only_five, lambda ctx, g: g)
    with pytest.raises(DerivError, match="'F' could not be called: forward raises ValueError: 5 dimensions, please"):
        check_function(function)
    assert check_function(function, shape={"x": (1, 2, 1, 2, 1)}).ok
    with pytest.raises(DerivError, match=r"(?s)5 dimensions, please.*give others with"):
        check_function(function, shape={"x": 3})
    assert check_function(made(misspelled, lambda ctx, g: g)).diagnosis == "forward fails"


def test_literals_are_read_and_never_run() -> None:
    read = literals.constants_in(["lam=0.5,n=-3", "mode=max,min", "flag=true,mask=None", "dims=(1,(2,)),to='a b'"])
    assert read == {
        "lam": (0.5,), "n": (-3,), "mode": ("max", "min"), "flag": (True,), "mask": (None,), "dims": ((1, (2,)),),
        "to": ("a b",),
    }  # fmt: skip
    assert literals.shapes_in(["x=4x3,w=5×3", "b=5", "s=()", "t=(2,3)"]) == {
        "x": (4, 3), "w": (5, 3), "b": (5,), "s": (), "t": (2, 3)
    }  # fmt: skip
    for text in ("x=open('f')", "x=1+1", "x=a.b()", "x=[1", "x=`id`", "=1", "x"):
        with pytest.raises(DerivError) as caught:
            literals.constants_in([text])
        assert caught.value.span is not None
