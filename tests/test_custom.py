"""Functions of a user's own work in formulas through the whole program."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from derivcli import DerivError, derive, parse
from tests.custom_functions import NewStyle, Square, Thrifty, made, pair, saving, square
from tests.support import deriv, each

ROOT = Path(__file__).parents[1]
SQUARES = ROOT / "tests" / "golden" / "data" / "squares.py"
USE = "--use", f"{SQUARES}:SQ"


def numbers(*words: str) -> list[float]:
    """What a command prints with --format value."""
    return [float(text) for text in deriv(*words, "--no-check", "--format", "value").stdout.split()]


@each(
    ("words", "expected"),
    [
        (["SQ(x)", "--at", "x=3"], [6]),
        (["SQ(x)", "--at", "x=3", "--order", "2"], [2]),
        (["SQ(x)", "--at", "x=3", "--order", "3"], [0]),
        (["SQ(SQ(x))", "--at", "x=2"], [32]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "2"], [48]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "3"], [48]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "4", "--engine", "reverse"], [24]),
        (["SQ(x*y)", "--at", "x=2,y=3"], [36, 24]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--mixed", "x,y"], [24]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--mixed", "x,y,y"], [8]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--along", "x=1,y=1"], [60]),
        (["SQ(x)", "--at", "x=1,2,3"], [2, 4, 6]),
        (["if(x > 0, SQ(x), -x)", "--at", "x=-1,0.5,2"], [-1, 1, 4]),
        (["if(x > 0, SQ(x), -x)", "--at", "x=-1,-2"], [-1, -1]),
        (["z+1", "--let", "z=SQ(x)", "--at", "x=3"], [6]),
        (["SQ(3)*x", "--at", "x=3"], [9]),
        (["x", "SQ(x)", "--at", "x=3"], [1, 6]),
        (["y = SQ(x)", "--implicit", "y", "--at", "x=3,y=9"], [6]),
        (["y = SQ(x)", "--implicit", "y", "--at", "x=3,y=9", "--order", "2"], [2]),
        (["SQ(x)", "--at", "x=3", "--dtype", "float32"], [6]),
    ],
)
def test_it_works_through_the_whole_program(words: list[str], expected: list[float]) -> None:
    assert numbers(*words, *USE) == expected


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_are_those_of_the_formula(order: int) -> None:
    at = {"x": np.linspace(-2, 2, 50)}
    own = derive(parse("sin(SQ(x))*exp(SQ(x)/4)", use={"SQ": Square}), at, order=order, check=False)
    formula = derive("sin(x**2)*exp(x**2/4)", at, order=order, check=False)
    for key, values in own.derivatives.items():
        np.testing.assert_allclose(values, formula.derivatives[key], rtol=1e-11, atol=1e-11)


def test_two_arguments_of_the_new_style() -> None:
    expression = parse("F(x, y)*y", use={"F": NewStyle})
    x, y = np.array([0.5, 1.5]), np.array([2.0, 3.0])
    result = derive(expression, {"x": x, "y": y}, mixed=["x,y", "x,x", "y,y"], paired=True, check=False)
    np.testing.assert_allclose(result.derivatives["x,y"], 2 * y * np.cos(x))
    np.testing.assert_allclose(result.derivatives["x,x"], -(y**2) * np.sin(x))
    np.testing.assert_allclose(result.derivatives["y,y"], 2 * np.sin(x))


def test_only_the_gradients_that_are_needed() -> None:
    expression = parse("F(x, y)", use={"F": Thrifty})
    assert derive(expression, {"x": 2, "y": 3}, wrt="x", check=False).derivatives["x"] == [3]
    assert derive(expression, {"x": 2, "y": 3}, wrt="y", check=False).derivatives["y"] == [2]


def test_a_branch_is_given_the_points_that_take_it() -> None:
    seen: list[Tensor] = []

    def value(i: Tensor) -> Tensor:
        seen.append(i.detach().clone())
        return torch.log(i)

    expression = parse("if(x > 0, F(x), 0)", use={"F": saving(value, lambda g, i: g / i)})
    derive(expression, {"x": [-1.0, 2.0, -3.0, 4.0]}, check=False)
    assert [{*each.tolist()} for each in seen] == [{2, 4}]


def test_it_is_given_whole_columns_of_the_number_format() -> None:
    given: list[Tensor] = []

    def value(x: Tensor, y: Tensor) -> Tensor:
        given.extend([x, y])
        return x * y

    function = pair(value, lambda g, x, y: (g * y, g * x))
    derive(parse("F(x, 2)", use={"F": function}), {"x": [1.0, 2.0, 3.0]}, dtype="float32", check=False)
    *probes, x, y = given  # the 2 is tried as a number first, which cannot be saved
    assert {(tuple(each.shape), each.dtype, each.is_contiguous()) for each in (x, y)} == {((3,), torch.float32, True)}
    assert {each.dtype for each in probes} == {torch.float32}


def test_a_data_file_goes_through_it_chunk_after_chunk(tmp_path: Path) -> None:
    count = 200_000
    (tmp_path / "x.csv").write_text("x\n" + "".join(f"{number}\n" for number in range(count)))
    deriv("SQ(x)", *USE, "--data", str(tmp_path / "x.csv"), "--output", str(tmp_path / "out.csv"))
    rows = np.loadtxt(tmp_path / "out.csv", delimiter=",", skiprows=1, usecols=(0, 1, 2))
    np.testing.assert_array_equal(rows[:, 1], np.arange(count) ** 2)
    np.testing.assert_array_equal(rows[:, 2], 2 * np.arange(count))


def test_unchecked_is_no_difference() -> None:
    assert "unchecked" in deriv("SQ(x)", *USE, "--at", "x=3", "--check").stdout
    result = derive(parse("F(x)+G(x)", use={"F": Square, "G": Square}), "x=1", check=True)
    assert result.verdicts["x"][0] is not None
    assert result.verdicts["x"][0].message == "'F' and 'G' are code, which deriv check-fn checks"


class Refusing(torch.autograd.Function):
    """A square whose backward PyTorch cannot differentiate."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        return Square.forward(ctx, i)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return Square.backward(ctx, g)


@pytest.mark.parametrize("text", ["F(x)", "sin(F(x))", "F(x)*x", "F(x)+F(F(x))", "if(x > 0, F(x), x)"])
def test_a_second_derivative_that_there_is_none_of_is_refused(text: str) -> None:
    expression = parse(text, use={"F": Refusing})
    assert np.isfinite(derive(expression, "x=2", check=False).derivatives["x"]).all()
    with pytest.raises(DerivError, match="refuses second derivatives"):
        derive(expression, "x=2", order=2, check=False)


def raising(*_: Any) -> Any:
    raise ValueError("first\nsecond")


def leaving(*_: Any) -> Any:
    raise SystemExit(0)


class MuteError(Exception):
    """An exception that cannot say what it is."""

    def __str__(self) -> str:
        raise ValueError


def muttering(*_: Any) -> Any:
    raise MuteError


@each(
    ("function", "message"),
    [
        (saving(raising, raising), "F fails: ValueError: first"),
        (square(raising), "F fails: ValueError: first"),
        (square(leaving), "F fails: SystemExit: 0"),
        (saving(leaving, leaving), "F fails: SystemExit: 0"),
        (square(muttering), "F fails: MuteError"),
        (square(lambda g, i: None), None),
        (square(lambda g, i: (g, g)), "F fails: RuntimeError: function FBackward returned an incorrect number"),
        (saving(lambda i: i.sum(), lambda g, i: g), "'F' gives a tensor of shape () where"),
        (saving(lambda i: torch.stack([i, i]), lambda g, i: g), "'F' gives a tensor of shape (2, 2) where"),
        (saving(lambda i: 3.0, lambda g, i: g), "'F' gives a float where"),
        (saving(lambda i: (i, i), lambda g, i: g), "'F' gives a tuple where"),
        (saving(lambda i: i.detach().mul_(2), lambda g, i: g * 2), "'F' changes its argument in place"),
    ],
)
def test_failures_are_refusals_in_a_line(function: Any, message: str | None) -> None:
    expression = parse("F(x)", use={"F": function})
    if message is None:
        assert derive(expression, "x=1,2", check=False).derivatives["x"].tolist() == [0, 0]
        return
    with pytest.raises(DerivError) as caught:
        derive(expression, "x=1,2", check=False)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_an_argument_that_is_changed_is_not_shared() -> None:
    doubling = saving(lambda i: i.detach().mul_(2), lambda g, i: g * 2)
    copying = saving(lambda i: i.detach().clone().mul_(2), lambda g, i: g * 2)
    for text in ("F(x)*x", "x*F(x)", "F(3)*x", "F(x*x)", "if(x > 0, F(x), x)"):
        with pytest.raises(DerivError, match="changes its argument in place"):
            derive(parse(text, use={"F": doubling}), "x=2", check=False)
        assert np.isfinite(derive(parse(text, use={"F": copying}), "x=2", check=False).value).all()
    with torch.inference_mode():
        assert derive(parse("F(x)*x", use={"F": copying}), "x=2", check=False).derivatives["x"] == [8]


def test_an_interrupt_passes_through() -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derive(parse("F(x)", use={"F": square(interrupt)}), "x=1", check=False)


def test_a_name_that_formulas_cannot_call() -> None:
    for name in ("_F", "and", "if", "x y", "1F", ""):
        with pytest.raises(DerivError):
            parse("x", use={name: Square})


def test_own_names_win_over_the_table() -> None:
    assert derive(parse("sin(x)", use={"sin": Square}), "x=3", check=False).derivatives["x"] == [6]
    for name in ("log", "heaviside", "pow"):
        expression = parse(f"{name}(x, 5)", use={name: lambda x, y: x * y})
        assert derive(expression, "x=3", check=False).derivatives["x"] == [5]


def test_it_is_called_once_for_equal_calls() -> None:
    calls = []

    def forward(ctx: Any, i: Tensor) -> Tensor:
        calls.append(len(i))
        ctx.save_for_backward(i)
        return i**2

    function = made(forward, Square.backward)
    derive(parse("F(x)+F(x)*2", use={"F": function}), {"x": np.arange(5.0)}, check=False)
    assert calls == [5]


@pytest.mark.parametrize("change", [lambda i: i.detach().mul_(7), lambda i: i.data.mul_(7)])
def test_a_constant_that_a_function_changes_stays_what_it_is(change: Any) -> None:
    number = "2.71875"  # which no other test writes
    with contextlib.suppress(DerivError):
        derive(parse(f"F({number})*x", use={"F": saving(change, lambda g, i: g)}), "x=2", check=False)
    assert derive(f"{number}*x", "x=2", check=False).derivatives["x"].tolist() == [float(number)]
