"""Ledgers: each against real tensors that keep their gradients, and against the chain rule."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from derivcli import derive, explain, parse
from derivcli.engines.program import OPERATIONS, lower
from derivcli.engines.torch import backward_graph
from derivcli.engines.torch.rules import run
from derivcli.explain.ledger import Ledger
from derivcli.explain.ledger_builder import FORMS, FORMULAS
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from tests.rows import call_of, every_row, samples, smooth, with_numbers
from tests.support import each

SPELLED: dict[str, Callable[..., Any]] = {
    "sqrt": torch.sqrt, "exp": torch.exp, "sin": torch.sin, "cos": torch.cos, "log": torch.log, "abs": torch.abs,
    "relu": torch.relu, "max": torch.maximum, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "atan": torch.atan,
}  # fmt: skip
SPELLED["total"] = torch.sum
SPELLED["number"] = lambda value: torch.tensor(float(value), dtype=torch.float64)
CONSTANT = re.compile(r"(?<![\w.*])(?<!\*\(-)\d[\d.]*(?!\w)")
"""A number that is an operand; an exponent is none."""

OF_OURS = {"tanh": "TanhBackward", "atan": "AtanBackward", "sigmoid": "SigmoidBackward", "pow": "PowBackward"}
"""Functions whose node is of a class of ours."""

CASES: list[tuple[str, Mapping[str, float], Mapping[str, str]]] = [
    ("6*x**2 + 2*x + 4", {"x": 3}, {}),
    ("u**3 + v**2 + 4*u*v", {"u": 3, "v": 4}, {}),
    ("z**2 + sin(z)*v", {"w": 2, "x": 3, "b": 1, "v": 2}, {"z": "w*x + b"}),
    ("x*x*x - x/(x + 2)", {"x": -1.5}, {}),
    ("exp(-x**2/2)*sqrt(x) - 3**x", {"x": 0.75}, {}),
    ("abs(x)*relu(x) + max(x, y)", {"x": -2, "y": 1}, {}),
    ("tanh(x)*sigmoid(x) - atan(x*y)", {"x": 0.4, "y": 3}, {}),
    ("v1 + w1*y", {"v1": 2, "w1": 3, "y": 1}, {}),
    ("x**(-2)*x**0.5", {"x": 2}, {}),
]


def real_tensors(ledger: Ledger, wanted: Mapping[str, float]) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors of a formula made anew from how the ledger says that they are made, each keeping its gradient.

    Beside them stand their names in the order in which a backward pass comes by.
    """
    tensors: dict[str, Tensor] = {}
    order: list[str] = []
    for node in ledger.nodes:
        if node.operation:
            text = CONSTANT.sub(r"number(\g<0>)", re.sub("^sum of (.*)", r"total(\1)", node.operation))
            tensors[node.name] = eval(text, dict(SPELLED), tensors)  # the test's own eyes on the text
        else:
            given = ledger.result.at[node.name]
            tensors[node.name] = torch.tensor(given, requires_grad=node.name in wanted)
        tensor = tensors[node.name]
        if tensor.requires_grad:
            tensor.retain_grad()
            tensor.register_hook(lambda _, name=node.name: order.append(name))  # type: ignore[no-untyped-call]
    tensors[ledger.root.name].backward()  # type: ignore[no-untyped-call]
    return tensors, order


def differences(ledger: Ledger, tensors: Mapping[str, Tensor]) -> list[str]:
    """In what a ledger is not what real tensors say."""
    found = []
    for node in ledger.nodes:
        tensor = tensors[node.name]
        called = "" if tensor.grad_fn is None else type(tensor.grad_fn).__name__
        ours = OF_OURS.get("pow" if "**x" in node.operation else node.operation.partition("(")[0], called)
        found += [f"{node.name} is_leaf"] * (node.is_leaf != tensor.is_leaf)
        found += [f"{node.name} requires_grad"] * (node.requires_grad != tensor.requires_grad)
        found += [f"{node.name} grad_fn {node.grad_fn} {called}"] * (node.grad_fn not in (called, ours))
        found += [f"{node.name} value"] * (not np.allclose(node.value, tensor.detach(), rtol=1e-15, atol=0))
        if tensor.is_leaf and tensor.grad is not None:
            found += [f"{node.name} grad"] * (node.grad is None or not np.allclose(node.grad, tensor.grad, rtol=1e-14))
        else:
            found += [f"{node.name} grad"] * (node.grad is not None)
        adjoint = None if tensor.grad is None else tensor.grad.numpy()
        if adjoint is None or node.adjoint is None:
            found += [f"{node.name} adjoint"] * (adjoint is not node.adjoint)
        elif not np.allclose(node.adjoint, adjoint, rtol=1e-12, atol=0):
            found.append(f"{node.name} adjoint {node.adjoint} {adjoint}")
    return found


def broken_sums(ledger: Ledger) -> list[str]:
    """The nodes whose adjoint is not the sum of what comes from those that read them."""
    found = []
    for node in ledger.nodes:
        if node.adjoint is None or node.turn == 0:
            continue
        total = sum(share.value for share in ledger.shares[node.name])
        if not np.allclose(total, node.adjoint, rtol=1e-12, atol=1e-300, equal_nan=True):
            found.append(f"{node.name}: {total} is not {node.adjoint}")
    return found


def drawn(seed: int) -> str:
    """A formula in x and y, drawn."""
    draw = random.Random(seed)

    def term(depth: int) -> str:
        if depth == 0:
            return draw.choice(["x", "y", "2", "0.5", "3"])
        kind = draw.choice(["+", "-", "*", "/", "call", "power", "max"])
        if kind == "call":
            return f"{draw.choice(['sin', 'cos', 'exp', 'atan', 'tanh', 'sigmoid', 'abs'])}({term(depth - 1)})"
        if kind == "power":
            return f"({term(depth - 1)})**{draw.choice([2, 3])}"
        if kind == "max":
            return f"max({term(depth - 1)}, {term(depth - 1)})"
        bottom = "(1 + ({})**2)" if kind == "/" else "({})"
        return f"({term(depth - 1)}){kind}{bottom.format(term(depth - 1))}"

    return f"x*y + {term(draw.randint(2, 4))}"


@each(("text", "at", "let"), CASES)
def test_a_ledger_is_what_real_tensors_say(text: str, at: Mapping[str, float], let: Mapping[str, str]) -> None:
    ledger = explain(text, dict(at), let=let)
    tensors, order = real_tensors(ledger, at)
    assert differences(ledger, tensors) == []
    assert [node.name for node in ledger.backward] == order
    assert broken_sums(ledger) == []


@each("points", [1, 3])
@each("seed", range(60))
def test_a_drawn_ledger_is_what_real_tensors_say(seed: int, points: int) -> None:
    at = {"x": np.linspace(0.3, 1.7, points), "y": np.linspace(-1.1, 0.9, points)}
    ledger = explain(drawn(seed), at, paired=True, check=False)
    tensors, order = real_tensors(ledger, {"x": 1, "y": 1})
    assert differences(ledger, tensors) == []
    assert [node.name for node in ledger.backward] == order
    assert broken_sums(ledger) == []
    derived = derive(drawn(seed), at, paired=True, check=False)
    for name in "xy":
        node = ledger.by_name[name]
        assert node.grad is not None
        assert node.grad.tolist() == derived.derivatives[name].tolist() == ledger.result.derivatives[name].tolist()
    assert ledger.result.value.tolist() == derived.value.tolist()
    assert ledger.result.flags.tolist() == derived.flags.tolist()


def test_planted_faults_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = explain("sin(x)*x", {"x": 2})
    tensors, _ = real_tensors(ledger, {"x": 2})
    node = ledger.nodes[1]
    faults: list[dict[str, Any]] = [
        {"value": node.value * 1.0005}, {"adjoint": node.value * 1.0005}, {"adjoint": None}, {"is_leaf": True},
        {"requires_grad": False}, {"grad_fn": "MulBackward0"}, {"grad": node.value},
    ]  # fmt: skip
    for fault in faults:
        spoilt = replace(ledger, nodes=tuple(replace(each, **fault) if each is node else each for each in ledger.nodes))
        assert len(differences(spoilt, tensors)) == 1, fault
    slopes = backward_graph._slopes
    spoilt_slopes = lambda *known: [None if each is None else each * 1.0005 for each in slopes(*known)]  # noqa: E731
    monkeypatch.setattr(backward_graph, "_slopes", spoilt_slopes)
    assert broken_sums(explain("sin(x)*x", {"x": 2}))


def kept_by_steps(text: str, at: Mapping[str, float]) -> dict[str, list[float]]:
    """The gradients that tensors keep where the program's steps are run one by one: of values, of adjoints."""
    program = lower([parse(text, declared=list(at))], tuple(at))
    values = [torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in at.values()]
    for step in program.steps:
        values.append(run(step, [values[number] for number in step.inputs], 1, values[0]))
    for value in values:
        if value.requires_grad:
            value.retain_grad()
    values[program.outputs[0]].backward()  # type: ignore[no-untyped-call]
    kept = [value for value in values if value.requires_grad and value.grad is not None]
    return {
        "value": [value.item() for value in kept],
        "adjoint": [value.grad.item() for value in kept if value.grad is not None],
    }


def node_sample(row: Function) -> tuple[str, dict[str, float]]:
    """A call of a row with the variables that it can be differentiated by, at the first sample."""
    sample = samples(row)[0]
    return with_numbers(row, call_of(row), sample), {row.parameters[index]: sample[index] for index in smooth(row)}


@every_row
def test_every_function_has_its_place_in_a_ledger(row: Function) -> None:
    text, at = node_sample(row)
    ledger = explain(text, at, check=False)
    assert broken_sums(ledger) == []
    program = lower([parse(text, declared=list(at))], tuple(at))
    if not any(step.branches for step in program.steps):
        reached = [node for node in ledger.nodes if node.adjoint is not None]
        real = kept_by_steps(text, at)
        assert [node.value.item() for node in reached] == pytest.approx(real["value"], rel=1e-15, nan_ok=True)
        assert [node.adjoint.item() for node in reached if node.adjoint is not None] == pytest.approx(
            real["adjoint"], rel=1e-14, nan_ok=True
        )


@every_row
def test_formulas_of_local_derivatives_are_true(row: Function) -> None:
    ledger = explain(*node_sample(row), check=False)
    for node in ledger.nodes:
        for local in node.locals:
            assert local.formula, f"{node.name} = {node.operation} has no formula for {local.of}"
            at = {name: ledger.by_name[name].value.item() for name in node.inputs if name in ledger.by_name}
            declared = [name for name in at if name in parse(local.formula, declared=list(at)).variables]
            known = {name: at[name] for name in declared}
            value = derive(parse(local.formula, declared=list(at)), known or {"x": 0}, list(known or "x"), check=False)
            assert value.value.item() == pytest.approx(local.value.item(), rel=1e-9, abs=1e-12), local.formula


def test_every_operation_has_a_form() -> None:
    rows = {name for name, row in vocabulary().items() if row.primitive}
    unseen = {"constant", "pow_constant", "piecewise", "integral"} | {
        name for name in OPERATIONS if not name[0].isalpha()
    }
    logic = {"and", "or", "not", "true", "false"}
    assert FORMS.keys() | rows | unseen | logic >= OPERATIONS
    assert FORMULAS.keys() | rows | unseen | logic >= OPERATIONS


# Leaves and sentences


def names(ledger: Ledger) -> list[str]:
    return [node.name for node in ledger.nodes]


def why(text: str, at: dict[str, float], wrt: str | None = None) -> dict[str, str]:
    ledger = explain(text, at, wrt)
    return {node.name: ledger.why(node).partition(" since ")[0].rstrip(",") for node in ledger.shown}


def test_why_a_gradient_is_there_or_not() -> None:
    assert why("u*v", {"u": 1, "v": 2}, "u") == {"u": "filled", "v": "None", "y": "None"}
    ledger = explain("u^2", {"u": 1, "v": 2}, ["u", "v"])
    u, v, y = ledger.shown
    assert "ends at leaves" in ledger.why(u)
    assert ledger.why(v) == "None, since y does not depend on it"
    assert "no leaf" in ledger.why(y)
    assert "retain_grad" in ledger.why(y)
    fixed = explain("u*v", {"u": 1, "v": 2}, "u")
    assert fixed.why(fixed.by_name["v"]) == "None, since requires_grad is False"
    (x,) = explain("x", {"x": 2}).shown
    assert x.grad is not None
    assert x.grad.tolist() == [1]


def test_a_tensor_that_is_no_leaf_keeps_no_gradient() -> None:
    for node in explain("sin(x)*x", {"x": 2}).nodes[1:]:
        assert node.grad is None
        assert node.adjoint is not None
        assert not node.accumulates_in


def test_what_is_held_fixed_takes_no_part() -> None:
    ledger = explain("sin(u)*v*u", {"u": 1, "v": 2}, "v")
    u, v = ledger.variables
    assert (u.requires_grad, u.adjoint, u.turn) == (False, None, None)
    sine = ledger.nodes[2]
    assert (sine.operation, sine.requires_grad, sine.grad_fn, sine.is_leaf) == ("sin(u)", False, "", True)
    assert v.adjoint is not None


def test_a_constant_has_no_graph() -> None:
    ledger = explain("3", {"x": 2})
    assert ledger.backward == ()
    assert ledger.result.derivatives["x"].tolist() == [0]


def test_a_tensor_that_is_read_twice_counts_twice() -> None:
    ledger = explain("x*x", {"x": 3})
    assert [share.value.item() for share in ledger.shares["x"]] == [3, 3]
    assert ledger.nodes[0].accumulates_in == "x.grad"


@pytest.mark.parametrize("text", ["gammaincc(0, x)", "gammaincc(-1, x)", "root(x, 0)", "besselj(0, x)", "beta(x, 0)"])
def test_a_formula_that_is_not_real_is_left_out(text: str) -> None:
    formulas = [local.formula for node in explain(text, {"x": 1}, check=False).nodes for local in node.locals]
    assert not any(word in formula for formula in formulas for word in ("zoo", "nan", "oo", "I"))


def test_numbers_that_overflow_are_numbers() -> None:
    ledger = explain("exp(x)*exp(x)", {"x": 700})
    assert ledger.shares["x"][0].value.item() == np.inf


def test_whoever_writes_into_a_ledger_changes_nothing_else() -> None:
    for text in ("2.78125", "2.78125*x", "x + 2.78125", "x/2.78125"):
        for node in explain(text, {"x": 1.0}, check=False).nodes:
            arrays = [node.value, node.adjoint, node.grad, *(local.value for local in node.locals)]
            for array in arrays:
                if array is not None:
                    array[...] = 9
    assert derive("2.78125*x", {"x": 1.0}, check=False).derivatives["x"].tolist() == [2.78125]


# Batches and branches


def test_a_batch_is_summed() -> None:
    ledger = explain("x^2", {"x": [1.0, 2.0, 3.0]})
    total = ledger.root
    assert (total.name, total.grad_fn, total.value.item()) == ("sum", "SumBackward0", 14)
    assert ledger.by_name["x"].grad is not None
    assert ledger.by_name["x"].grad.tolist() == [2, 4, 6]


@each("points", [[2.0], [-2.0], [0.0], [-1.0, 2.0, -3.0], [1.0, 2.0], [-1.0, 0.0, 5.0]])
@each(
    "text",
    ["if(x > 0, x*tanh(x), 2x)", "if(x > 0, sqrt(x), 0)*x", "Piecewise((x^2, x < -2), (x, x < 1), (sin(x), True))",
     "if(x > 0, if(x > 1, x^3, x), -x) + x", "if(x > 7, x, 1)", "if(x > 0, x, 3)"],
)  # fmt: skip
def test_branches(text: str, points: list[float]) -> None:
    ledger = explain(text, {"x": points}, check=False)
    assert broken_sums(ledger) == []
    derived = derive(text, {"x": points}, check=False).derivatives["x"]
    assert np.array_equal(ledger.result.derivatives["x"], derived, equal_nan=True)
    assert len(names(ledger)) == len(set(names(ledger)))


def test_one_point_has_the_branch_that_it_takes() -> None:
    assert [node.operation for node in explain("if(x > 0, sin(x), x^2)", {"x": -2}).nodes] == ["", "x**2"]


def test_special_places_are_judged() -> None:
    verdict = explain("abs(x)", {"x": 0}).result.verdicts["x"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.left, verdict.right) == ("corner", -1, 1)
    assert explain("abs(x)", {"x": 0}, check=False).result.flags.tolist() != [0]


def test_single_precision() -> None:
    ledger = explain("sin(x)", {"x": 1}, dtype="float32")
    assert all(node.value.dtype == np.float32 for node in ledger.nodes)


def test_a_thousand_nodes() -> None:
    text = "+".join(f"sin({number}*x)*exp(x/{number})" for number in range(1, 201))
    ledger = explain(text, {"x": 1.25})
    assert len(ledger.nodes) >= 1_000
    assert broken_sums(ledger) == []
