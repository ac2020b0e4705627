"""The check of a user's function: its points and arguments, and what its report tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function, parse
from derivcli.engines.program import lower
from derivcli.engines.torch.rules import forward as run
from derivcli.language.functions.table import FUNCTIONS
from tests.custom_functions import FunctionClass, Square, made, pair, relu, saving, square
from tests.planted import FAULTS, SOUND
from tests.planted.formats import SINGLE
from tests.support import each
from tests.test_planted import report_of

SQUARES = Path(__file__).parent / "golden" / "data" / "squares.py"


def test_the_sentence_of_the_function_that_forgets() -> None:
    report = check_function(square(lambda g, i: 2 * i), "i**2", at="i=3")
    assert report.diagnosis == "ignores grad_output: right at the end of a graph, wrong inside one"
    assert [trial.detail for trial in report.trials if trial.state == "failed"] == [
        "at i = 3 with grad_output 2: 6, should be 12"
    ]


def wrapped(text: str, factor: float = 1.0) -> FunctionClass:
    """A formula of i as a function of one's own: PyTorch differentiates it inside its backward."""
    program = lower([parse(text)], ["i"])

    def value(x: Tensor) -> Tensor:
        return run(program, [x.reshape(-1)], x.numel()).expand(x.numel()).reshape(x.shape) * 1.0

    def slope(g: Tensor, x: Tensor) -> Tensor:
        again = torch.is_grad_enabled()
        with torch.enable_grad():
            x = x if x.requires_grad else x.detach().requires_grad_()
            y = value(x)
            found = None
            if y.requires_grad:
                (found,) = torch.autograd.grad(y, x, torch.ones_like(y), create_graph=again, allow_unused=True)
        return g * (0 * x if found is None else found) * factor

    return saving(value, slope)


OF_ONE_ARGUMENT = [row for row in FUNCTIONS if len(row.parameters) == len(row.defaults) + 1 and not row.constant]
SLOW = {"fresnelc", "erfinv", "airyai", "harmonic"}
"""Functions whose numbers far out take milliseconds each."""
ROWS = [
    pytest.param(row, marks=pytest.mark.sweep if k % 2 or row.name in SLOW else ())
    for k, row in enumerate(OF_ONE_ARGUMENT[::4])
]
"""Every fourth function of one argument, and every eighth outside the sweep."""

STEPS = {"sign", "floor", "ceil", "round", "trunc", "heaviside"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_functions_of_the_table_pass_and_a_small_error_in_them_does_not(row: Any) -> None:
    text = f"{row.name}(i)"
    assert check_function(wrapped(text), text).diagnosis == ""
    assert check_function(wrapped(text)).diagnosis == ""
    if row.name not in STEPS:
        assert check_function(wrapped(text, 1.0005)).diagnosis == "off by a factor 1.0005"


def test_points_that_were_typed() -> None:
    report = check_function(square(lambda g, i: g * 2 * i.abs()), "i**2", at={"i": [1, 2, 3]})
    assert (report.ok, report.points) == (True, 3)
    report = check_function(square(lambda g, i: g * 2 * i.abs()), "i**2", at="i=-1,2,3,-4")
    assert report.diagnosis == "backward is wrong where i is negative"


def test_two_arguments_crossed_and_paired() -> None:
    product = pair(torch.mul, lambda g, x, y: (g * y, g * x))
    assert check_function(product, at="x=1,2,y=3,4,5").points == 6
    assert check_function(product, at="x=1,2,3,y=3,4,5", paired=True).points == 3


def test_an_argument_that_is_meant_as_a_constant() -> None:
    power = pair(torch.pow, lambda g, x, n: (g * n * x ** (n - 1), None))
    assert check_function(power).diagnosis == "backward gives None for y, on which forward depends"
    assert check_function(power, wrt="x").ok
    assert check_function(power, "x**y", wrt=["x"]).ok


def power(ctx: Any, x: Tensor, n: Any) -> Tensor:
    """A forward whose exponent has to be a Python number."""
    ctx.save_for_backward(x)
    ctx.n = n
    return torch.stack([x for _ in range(n)]).prod(0)


def exact_power(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
    (x,) = ctx.saved_tensors
    return g * ctx.n * x ** (ctx.n - 1), None


def short_power(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
    (x,) = ctx.saved_tensors
    return g * x ** (ctx.n - 1), None


def test_what_fails_at_points_that_were_typed_is_no_fault_of_the_backward() -> None:
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        raise ValueError

    with pytest.raises(DerivError, match="forward raises ValueError"):
        check_function(made(forward, exact_power), at="x=2,y=3", wrt="x")


def test_the_detail_is_of_what_the_sentence_tells() -> None:
    details = {trial.state: trial.detail for trial in report_of("another, and nan").trials}
    assert details["failed"] == "at i = 3.17: 1.15373, should be 0.987789"
    fault = saving(torch.lgamma, lambda g, i: g * torch.log(i))
    report = check_function(fault, at="i=-0.5,3")
    assert [trial.detail for trial in report.trials if trial.state == "failed"] == [
        "at i = 3: 1.09861, should be 0.922784"
    ]


@each("name", [name for name in FAULTS if name.startswith("float32 ") and "constant" not in name])
def test_a_report_of_float32_tells_no_other_number_of_digits(name: str) -> None:
    if FAULTS[name].sentence == SINGLE:
        told = [trial.detail for trial in report_of(name).trials if trial.state == "passed"]
        told = [detail for detail in told if "digits" in detail]
        assert all(detail.startswith(("16 digits", "at least")) for detail in told), told


@pytest.mark.parametrize("points", ["i=3e-5", "i=1e-300", "i=1,2,3", "i=-5:5:101"])
def test_a_double_is_not_taken_for_a_float32(points: str) -> None:
    for value, slope in ((torch.cos, lambda g, i: -g * torch.sin(i)), (lambda i: i / 3, lambda g, i: g / 3)):
        assert check_function(saving(value, slope), at=points).kind != "float32"


def test_an_argument_with_a_default_keeps_it() -> None:
    def forward(ctx: Any, x: Tensor, factor: float = 3.0) -> Tensor:
        return x * factor

    report = check_function(made(forward, lambda ctx, g: (g * 3, None)), "3*x")
    assert (report.ok, report.parameters) == (True, ("x", "factor"))


@pytest.mark.parametrize("formula", ["relu(i)", None])
def test_corners_are_passed_over(formula: str | None) -> None:
    function = saving(torch.relu, relu)
    report = check_function(function, formula, at="i=-1,0,1")
    assert report.ok
    detail = {trial.name: trial.detail for trial in report.trials}["backward with an upstream gradient of 1"]
    assert "not tried at 1 point without a derivative" in detail
    with pytest.raises(DerivError, match="no derivative to compare with"):
        check_function(function, formula, at="i=0")


def test_jumps_and_edges_are_passed_over() -> None:
    assert check_function(saving(torch.floor, lambda g, i: g * 0), at="i=1,2.5").ok
    assert check_function(saving(torch.sqrt, lambda g, i: g / 2 / torch.sqrt(i)), at="i=0,2.5").ok


def test_a_function_with_few_points_that_suit_it() -> None:
    report = check_function(saving(torch.atanh, lambda g, i: g / (1 - i**2)))
    assert (report.ok, report.points) == (True, 4)


def test_three_arguments() -> None:
    def forward(ctx: Any, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        ctx.save_for_backward(x, y, z)
        return x * y + torch.log(z)

    def backward(ctx: Any, g: Tensor) -> Any:
        x, y, z = ctx.saved_tensors
        return g * y, g * x, g / z

    assert check_function(made(forward, backward), "x*y+log(z)").ok
    assert check_function(made(forward, backward)).ok


def test_a_file_is_run_for_its_function() -> None:
    report = check_function(f"{SQUARES}:Forgetful")
    assert (report.name, report.source, report.kind) == ("Forgetful", f"{SQUARES}:Forgetful", "ignores")


def test_what_has_no_backward() -> None:
    with pytest.raises(DerivError, match="has no backward: it is of type int"):
        check_function(3)  # type: ignore[arg-type]


def test_interrupts_pass_through() -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    for function in (saving(interrupt, interrupt), square(interrupt)):
        with pytest.raises(KeyboardInterrupt):
            check_function(function)


def test_it_works_whatever_the_caller_has_set() -> None:
    with torch.no_grad():
        assert check_function(Square).ok
    with torch.inference_mode():
        assert check_function(Square).ok


ODD = ["0", "1e-300", "1e-8", "-1e-3", "700", "1e8", "1e12", "1e300", "5e-324", "-5:5:101", "1e-8,1,1e8"]
RIGHT_EVERYWHERE: dict[str, FunctionClass] = {
    "square": Square,
    "relu": saving(torch.relu, relu),
    "sin": saving(torch.sin, lambda g, i: g * torch.cos(i)),
    "quick": saving(lambda i: torch.sin(1e4 * i), lambda g, i: g * 1e4 * torch.cos(1e4 * i)),
    "exp": saving(torch.exp, lambda g, i: g * torch.exp(i)),
    "tanh": SOUND["tanh"].function,
    "log": SOUND["log"].function,
    "reciprocal": SOUND["reciprocal"].function,
    "far from 0": saving(lambda i: 1e6 + i.abs(), lambda g, i: g * i.sign()),
}


@pytest.mark.parametrize("name", RIGHT_EVERYWHERE)
def test_no_false_alarm_at_odd_points(name: str) -> None:
    for at in ODD:
        try:
            diagnosis = check_function(RIGHT_EVERYWHERE[name], at=f"i={at}").diagnosis
        except DerivError as refusal:
            diagnosis = refusal.message.partition(" at ")[2]
        assert (at, diagnosis) in ((at, ""), (at, "any of the points"), (at, "none of the points"))


def test_a_simple_factor_at_one_point() -> None:
    found = check_function(square(lambda g, i: 4 * i * g), "i**2", at="i=3")
    assert found.diagnosis == "off by a factor 2 at this point"
    assert "factor" not in check_function(square(lambda g, i: 3 * i**2 * g), "i**2", at="i=2.1").diagnosis
