"""Formulas hand their constants to functions of the user's own as these take them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function, derive, explain, parse, script
from derivcli.cli import terminal
from derivcli.custom.loading.load import find
from tests.support import deriv, each

LAYERS = Path(__file__).parent / "golden" / "data" / "layers.py"


class Recorder:
    """A function that writes down what it is given."""

    def __init__(self, run: Callable[..., Tensor]) -> None:
        self.run = run
        self.given: list[tuple[Any, ...]] = []

    def __call__(self, x: Tensor, n: float = 2.0, /, m: Any = None) -> Tensor:
        self.given.append((x, n, m))
        return self.run(x, n)


def branching(x: Tensor, n: float) -> Tensor:
    """What takes no tensor for n."""
    return x * n if n > 0 else -x * n


def smooth(x: Tensor, n: float) -> Tensor:
    """What takes either, and has a gradient in n."""
    return torch.mul(x, n)


def blind(x: Tensor, n: float) -> Tensor:
    """What takes either, and has no gradient in n."""
    return torch.mul(x, n.detach() if isinstance(n, Tensor) else n)


@each(
    ("run", "text", "expected"),
    [
        (branching, "F(x, 0.1)", 0.1),
        (branching, "F(x, 3)", 3),
        (branching, "F(x, 6/2)", 3),
        (branching, "F(x, -0.5)", -0.5),
        (branching, "F(x, c)", 0.25),
        (branching, "if(x > 0, F(x, 0.5), 1)", 0.5),
        (branching, "integral(F(t, 0.5), t, 0, x)", 0.5),
        (blind, "F(x, 0.1)", 0.1),
        (smooth, "F(x, 0.1)", None),
    ],
)
def test_constants_are_numbers_where_these_are_taken(run: Any, text: str, expected: float | None) -> None:
    function = Recorder(run)
    expression = parse(text, let={"c": "1/4"}, use={"F": function})
    derive(expression, {"x": [1.0, 2.0, 3.0]}, check=False)
    x, n, m = function.given[-1]
    assert isinstance(x, Tensor)
    assert m is None
    if expected is None:
        assert isinstance(n, Tensor)
        assert n.shape == x.shape
    else:
        assert (n, type(n)) == (expected, type(expected))


def test_what_is_left_out_keeps_its_default() -> None:
    function = Recorder(branching)
    expression = parse("F(x) + F(x, 3) + F(x, 3, 4)", use={"F": function})
    assert derive(expression, {"x": 1.0}, check=False).derivatives["x"] == [8]
    assert {(n, m) for _, n, m in function.given if not isinstance(n, Tensor) and not isinstance(m, Tensor)} == {
        (2.0, None), (3, None), (3, 4),
    }  # fmt: skip


@each(
    ("text", "message", "hint"),
    [
        ("F()", "F needs an argument", "write F(x, n=2.0, m=None)"),
        ("F(x, 1, 2, 3)", "F takes 1 to 3 arguments, and here it has 4", "write F(x, n=2.0, m=None)"),
    ],
)
def test_how_many_arguments_there_are(text: str, message: str, hint: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(text, use={"F": Recorder(smooth)})
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_variable_where_a_number_is_taken() -> None:
    expression = parse("F(x, n)", use={"F": Recorder(branching)})
    with pytest.raises(DerivError, match="'F' takes n as a Python number, which is one for all points"):
        derive(expression, {"x": [1.0, 2.0], "n": 2.0}, wrt="x", check=False)


def test_texts_and_flags_are_none_of_a_formula_s() -> None:
    def gated(x: Tensor, mode: str = "twice", flag: bool = True, scale: float = 1.0) -> Tensor:
        return x * scale * (2 if mode == "twice" and flag else 1)

    expression = parse("F(x, 3)", use={"F": gated})
    assert derive(expression, {"x": 1.0}, check=False).derivatives["x"] == [6]
    with pytest.raises(DerivError) as caught:
        parse("F(x, 3, 4)", use={"F": gated})
    assert caught.value.hint == "write F(x, scale=1.0)"


@each(
    ("thing", "text", "expected"),
    [
        (torch.nn.Softplus(), "F(x)", 0.7310585786300049),
        (torch.nn.Tanh, "F(x)", 0.41997434161402614),
        (torch.nn.PReLU(), "F(-x)", -0.25),
        (torch.special.expit, "F(x)", 0.19661193324148185),
        (torch.ops.aten.sin, "F(x)", 0.5403023058681398),
        (torch.ops.aten.leaky_relu.default, "F(-x, 1/2)", -0.5),
    ],
)
def test_whatever_has_a_backward(thing: Any, text: str, expected: float) -> None:
    found = derive(parse(text, use={"F": thing}), {"x": 1.0}, check=False).derivatives["x"]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_module_keeps_its_weights_and_their_gradients() -> None:
    layer = torch.nn.PReLU()
    derive(parse("F(x)", use={"F": layer}), {"x": [-1.0, 2.0]}, check=False)
    assert layer.weight.dtype == torch.float32
    assert layer.weight.grad is None


def test_arguments_by_the_name_that_they_have_in_python() -> None:
    for name in ("input_", "input"):
        report = check_function(f"{LAYERS}:HardShrink", at={name: [1.5, 0.25, -2.0]}, wrt=name)
        assert report.parameters[0] == "input"
    words = ["check-fn", f"{LAYERS}:Blocks.Tanh", "--wrt", "x", "--at", "x=0.5", "--against", "tanh(x)"]
    assert "Tanh(x), from" in deriv(*words, status=0).stdout


def test_whose_class_a_node_has() -> None:
    outcome = deriv(
        "explain", "Tanh(x) + tanh(x)", "--use", str(LAYERS), "--at", "x=2", "--format", "json", "--no-check"
    )
    nodes = {node["name"]: (node["grad_fn"], node["function"]) for node in outcome.json["nodes"]}
    assert nodes["v1"] == ("TanhBackward", "layers:Blocks.Tanh")
    assert nodes["v2"] == ("TanhBackward", "derivcli.engines.torch.accurate:Tanh")
    assert nodes["y"] == ("AddBackward0", None)
    ledger = explain("sin(x)", {"x": 1})
    assert {node.function for node in ledger.nodes} == {""}


def test_what_is_no_number_s_fault_is_said_once() -> None:
    words = ["HardShrink(x)*y", "--use", str(LAYERS), "--at", "x=1,2,3,y=4"]
    assert deriv(*words).stderr.count("is code") == 1
    assert deriv(*words, "--check", "--format", "table").stdout.count("is code") == 1


def test_a_script_hands_over_the_same() -> None:
    text = script(parse("F(x, 1/2) + F(x)", use={"F": find(f"{LAYERS}:HardShrink")[1]}), {"x": 2})
    assert "HardShrink.apply(x, 0.5) + HardShrink.apply(x)" in text


def test_a_formula_travels_with_its_code() -> None:
    expression = parse("F(x, 0.5)", use={"F": torch.nn.functional.softplus})
    assert pickle.loads(pickle.dumps(expression)) == expression


def test_prints_are_shown_at_once(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import torch\nprint('imported')\ndef f(x):\n    print('called', end='')\n    return x\n"
    )
    outcome = deriv("f(x)", "--use", f"{tmp_path}/own.py:f", "--at", "x=1", "--no-check", "--format", "value")
    assert (outcome.stdout, outcome.stderr) == ("1\n", "imported\ncalled")


def test_prints_stand_in_nobody_s_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.py").write_text("print('imported')\ndef f(x):\n    print('called')\n    return 2 * x\n")
    lines = f":use {tmp_path}/own.py:f\nf(3)\nx = 1, 2\nf(x)\n"
    outcome = deriv("shell", stdin=lines.encode())
    assert "called" not in outcome.stdout
    assert outcome.stderr.count("called") > 1
    monkeypatch.setattr("sys.stderr", terminal.Closed())
    with terminal.aside():
        print("nobody reads this")
