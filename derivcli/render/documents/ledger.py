"""A ledger: the forward and the backward pass as tables, or the graph; and a row for each node for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derivcli.custom import PREFIX
from derivcli.explain.ledger import Ledger, Local, Node
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Box, Column, Document, Equations, Gap, Graph, Sentence, Style, Table, fit
from derivcli.render.documents.numbers import check_result
from derivcli.render.formats.json import VERSION
from derivcli.render.labels import name_latex
from derivcli.render.latex_equations import understood
from derivcli.render.numbers import number_texts
from derivcli.render.quantities import derivative_label, equations, function_names
from derivcli.render.to_json import described, numbers_json, verdicts_json
from derivcli.result import FloatArray

DIGITS_OF_ONE, DIGITS_OF_SEVERAL = 6, 4
"""Significant digits where people read, unless they ask for others: a ledger has many numbers."""

MAX_NUMBERS_IN_CELL = 2
"""Points whose numbers stand in one cell before the rest is left out."""

MAX_BOXED_NODES = 199
"""Nodes of a table with boxes: each row of a box costs Rich half a millisecond."""

MAX_NUMBERS_WITH_ROOM = 6
"""Points all of whose numbers stand in one cell, if there is room."""

MAX_NAMES = 6

MAX_DERIVATIVE_NUMBERS = 100

LOCAL_NOTE = "on each edge the local derivative"
ADJOINT_NOTE = f"{LOCAL_NOTE}; an adjoint is the sum of adjoint × local derivative to the right"


def ledger_document(ledger: Ledger, style: Style, adjoints: bool = True) -> Document:
    """The document of a ledger, its graph with or without adjoints."""
    ledger = spelled_for(ledger, style)
    return Document(
        blocks=lambda: _blocks(ledger, style),
        data=lambda: _data(ledger, style),
        rows=lambda: [ROW_HEADER, *(_row(ledger, node, style) for node in ledger.nodes)],
        graph=lambda: ledger_graph(ledger, style, adjoints),
    )


def _blocks(ledger: Ledger, style: Style) -> list[Block]:
    blocks: list[Block] = [Equations(_equations(ledger))]
    is_long = len(ledger.nodes) > MAX_BOXED_NODES
    for title, columns in _tables(ledger, style).items():
        blocks += [Gap(), Sentence(title, "name"), Table(columns, is_long=is_long)]
    blocks += [Sentence(f"{', '.join(names)}: {why}", "caption") for why, names in _reasons(ledger).items()]
    blocks += [Sentence(f"{', '.join(names)}: {whose}", "caption") for whose, names in _classes(ledger).items()]
    blocks += [Sentence(warning, "warning") for warning in warnings_of(ledger, style)]
    blocks += [Gap(), *(Sentence(text, "derivative") for text in _derivatives(ledger, style))]
    return [*blocks, *check_result([ledger.result], style)]


def _equations(ledger: Ledger) -> list[tuple[str, str]]:
    """What was understood: the definitions, then the result's name and the formula."""
    expression = ledger.result.expression
    lines = [(each.name, each.text) for each in expression.definitions]
    ((left, right),) = equations([ledger.result])[len(lines) :]
    known = ledger.output == right or left.startswith(f"{ledger.output}(")
    return [*lines, (left if known else f"{ledger.output} = {left}", right)]


def _equations_latex(ledger: Ledger) -> list[str]:
    """The same lines in LaTeX."""
    *definitions, (left, _) = _equations(ledger)
    *lines, (*_, formula) = understood([ledger.result])
    found = [" ".join(line) for line in lines] if len(lines) == len(definitions) else []
    name, _, call = left.rpartition(" = ")
    letter, bracket, arguments = call.partition("(")
    listed = ", ".join(map(name_latex, arguments.rstrip(")").split(", "))) if bracket else ""
    head = name_latex(letter) + (f"({listed})" if bracket else "")
    return [*found, " = ".join([*([name_latex(name)] if name else []), head, formula])]


def _numbers(values: FloatArray | None, style: Style, most: int = MAX_NUMBERS_IN_CELL) -> str:
    """One number, or those of the first few points; "" for none."""
    if values is None:
        return ""
    digits = style.digits or (DIGITS_OF_ONE if values.size == 1 else DIGITS_OF_SEVERAL)
    return _first(values, digits, style, most)


def _first(values: FloatArray, digits: int | None, style: Style, most: int) -> str:
    texts = number_texts(values.reshape(-1)[:most], digits)
    return ", ".join([*texts, *(["…" if style.unicode else "..."] if values.size > most else [])])


def _tables(ledger: Ledger, style: Style) -> dict[str, list[Column]]:
    """The tables by their titles, with as much in them as the width allows: all points, formulas, the data again."""
    count = len(ledger.result.value)
    for most in dict.fromkeys([count if count <= MAX_NUMBERS_WITH_ROOM else MAX_NUMBERS_IN_CELL, MAX_NUMBERS_IN_CELL]):
        forward, backward = _forward(ledger, style, most, formulas=True), _backward(ledger, style, most)
        if fit(forward, style) and fit(backward, style):
            break
    if not fit(forward, style):
        forward = _forward(ledger, style, most, formulas=False)
    attributes, title = _attributes(ledger, style, most), "the tensors, as PyTorch describes them after the pass"
    if any(node.function for node in ledger.nodes):
        title = "the tensors after the pass"
    if not fit(attributes, style):
        attributes, title = attributes[:1] + attributes[2:], f"{title}; their data are the values above"
    return {
        "forward, in the order in which PyTorch computes": forward,
        "backward, in the order in which the pass comes by": backward,
        title: attributes,
    }


def _reasons(ledger: Ledger) -> dict[str, list[str]]:
    """Why the gradients of the variables and of the result are what they are: for each reason, whose; a few of many."""
    found: dict[str, list[str]] = {}
    for node in ledger.shown:
        found.setdefault(ledger.why(node), []).append(f"{node.name}.grad")
    return {why: names if len(names) <= MAX_NAMES else [*names[:MAX_NAMES], "..."] for why, names in found.items()}


def _classes(ledger: Ledger) -> dict[str, list[str]]:
    """Whose those classes are that are none of PyTorch's: for each, of which nodes; a few of many."""
    found: dict[str, list[str]] = {}
    for node in ledger.nodes:
        if node.function:
            found.setdefault(f"{node.grad_fn}, {_whose(node.function)}", []).append(f"{node.name}.grad_fn")
    return {whose: names if len(names) <= MAX_NAMES else [*names[:MAX_NAMES], "..."] for whose, names in found.items()}


def _whose(function: str) -> str:
    module, _, name = function.partition(":")
    if module.startswith("derivcli."):
        return "of a class of deriv's own"
    name = name.rpartition("<locals>.")[2]
    if module.startswith(PREFIX):
        return f"of the class {name} in {module.removeprefix(PREFIX).replace('.', '/')}.py"
    return f"of the class {name}" + ("" if module == "__main__" else f" in {module}")


def warnings_of(ledger: Ledger, style: Style) -> list[str]:
    """What functions of the user's own do to adjoints."""
    functions = " or ".join(ledger.result.expression.custom_functions)
    return [
        f"the adjoint of {node.name} is {_numbers(node.adjoint, style) or None} and not the sum of its parts: the "
        f"backward of {functions} gives something else than grad_output times its "
        "derivative, see deriv check-fn"
        for node in ledger.broken
    ]


def _derivatives(ledger: Ledger, style: Style) -> Iterator[str]:
    for key, values in ledger.result.derivatives.items():
        label = derivative_label(ledger.output, key, ledger.result).shown(style.unicode)
        yield f"{label} = {_first(values, style.digits, style, MAX_DERIVATIVE_NUMBERS)}"


def _forward(ledger: Ledger, style: Style, most: int, formulas: bool) -> list[Column]:
    nodes = ledger.nodes
    slopes = ["\n".join(_local(each, style, most, formulas) for each in node.locals) for node in nodes]
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("operation", [node.operation for node in nodes], "formula"),
        _column("value", [_numbers(node.value, style, most) for node in nodes], "value", numeric=True),
        _column("local derivatives", slopes),
    ]


def _local(local: Local, style: Style, most: int, formulas: bool) -> str:
    """A local derivative: its formula, if there is room, and its number; of several points one of the two."""
    number, formula = _numbers(local.value, style, most), local.formula if formulas else ""
    said = [formula] if formula and local.value.size > 1 else dict.fromkeys(filter(None, [formula, number]))
    return " = ".join([f"{'∂/∂' if style.unicode else 'd/d'}{local.of}", *said])


def _backward(ledger: Ledger, style: Style, most: int) -> list[Column]:
    nodes = (*ledger.backward, *(node for node in ledger.nodes if node.turn is None))
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("adjoint", [_numbers(node.adjoint, style, most) for node in nodes], "derivative", numeric=True),
        _column("accumulated", ["\n".join(_accumulated(ledger, node, style)) for node in nodes]),
    ]


def _accumulated(ledger: Ledger, node: Node, style: Style) -> list[str]:
    """What an adjoint is the sum of, and where it stays."""
    if node.turn is None:
        return ["the pass does not come by"]
    lines = ["the start"] if node.turn == 0 else []
    for share in ledger.shares[node.name]:
        product = ""
        if node.value.size == 1:
            product = f"{_numbers(share.node.adjoint, style)} * {_numbers(share.local.value, style)} "
        lines.append(f"{'+ ' if lines else ''}{product}from {share.node.name}")
    return [*lines, f"AccumulateGrad into {node.accumulates_in}"] if node.accumulates_in else lines


def _attributes(ledger: Ledger, style: Style, most: int) -> list[Column]:
    nodes = ledger.nodes
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("data", [_numbers(node.value, style, most) for node in nodes], "value", numeric=True),
        _column("grad", [_numbers(node.grad, style, most) or "None" for node in nodes], "derivative"),
        _column("grad_fn", [node.grad_fn or "None" for node in nodes], "caption"),
        _column("is_leaf", [str(node.is_leaf) for node in nodes], "caption"),
        _column("requires_grad", [str(node.requires_grad) for node in nodes], "caption"),
    ]


def _column(label: str, texts: Sequence[str], role: str = "", numeric: bool = False) -> Column:
    """A column of text; numbers of one point each stand under each other."""
    return Column(label, texts, role, numeric and not any("," in text for text in texts))


def ledger_graph(ledger: Ledger, style: Style, adjoints: bool = True) -> Graph:
    """The graph: each node a box, each reading an edge with its local derivative."""
    boxes = {node.name: _box(node, ledger, style, adjoints) for node in ledger.nodes}
    note = ADJOINT_NOTE if adjoints else LOCAL_NOTE
    edges = dict(_edges(ledger, style))
    return Graph(_equations(ledger), note, boxes, edges, ledger.root.name, lambda: _equations_latex(ledger))


def _box(node: Node, ledger: Ledger, style: Style, with_adjoint: bool) -> Box:
    """A node: how it is made, its value, its adjoint if the pass comes by; on one line with its class too."""
    made = f"{node.name} = {node.operation}" if node.operation else node.name
    value, adjoint = _numbers(node.value, style), f"adjoint {_numbers(node.adjoint, style)}"
    adjoints = [adjoint] if with_adjoint and node.adjoint is not None else []
    kept = [f"into {node.accumulates_in}"] if node.accumulates_in else [node.grad_fn] if node.grad_fn else []
    summary = "  ".join([f"{made} = {value}", *adjoints, *kept])
    inputs = [part for part in dict.fromkeys(node.inputs) if part in ledger.by_name]
    return Box([made, value, *adjoints], summary, _kind(node, ledger), not node.requires_grad, inputs)


def _kind(node: Node, ledger: Ledger) -> str:
    if node.name == ledger.output:
        return "result"
    if not node.requires_grad:
        return "fixed"
    return "variable" if node.is_leaf else "inner"


def _edges(ledger: Ledger, style: Style) -> Iterator[tuple[tuple[str, str], str]]:
    for node in ledger.nodes:
        slopes: dict[str, list[str]] = {part: [] for part in node.inputs if part in ledger.by_name}
        for local in node.locals:
            slopes[local.of].append(_numbers(local.value, style))
        for part, labels in slopes.items():
            yield (part, node.name), " + ".join(labels)


ROW_HEADER = (
    *("node", "operation", "value", "local_derivatives", "adjoint", "backward", "accumulates"),
    *("is_leaf", "requires_grad", "grad_fn", "grad"),
)


def _row(ledger: Ledger, node: Node, style: Style) -> Sequence[str]:
    return (
        node.name,
        node.operation,
        _cell(node.value, style),
        "; ".join(f"d{node.name}/d{each.of} = {_cell(each.value, style)}" for each in node.locals),
        _cell(node.adjoint, style),
        "" if node.turn is None else str(node.turn + 1),
        "; ".join(f"{_cell(each.value, style)} from {each.node.name}" for each in ledger.shares[node.name]),
        str(node.is_leaf),
        str(node.requires_grad),
        node.grad_fn or "None",
        _cell(node.grad, style) or "None",
    )


def _cell(values: FloatArray | None, style: Style) -> str:
    return "" if values is None else ", ".join(number_texts(values.reshape(-1), style.digits))


def _data(ledger: Ledger, style: Style) -> dict[str, Any]:
    result = ledger.result
    shown = {node.name for node in ledger.shown}
    return {
        "version": VERSION,
        **described(function_names([result])[0], result),
        "at": {name: numbers_json(values, style) for name, values in result.at.items()},
        "dtype": str(result.value.dtype),
        "output": ledger.output,
        "nodes": [_node_data(ledger, node, node.name in shown, style) for node in ledger.nodes],
        "backward": [node.name for node in ledger.backward],
        "derivatives": {key: numbers_json(values, style) for key, values in result.derivatives.items()},
        "verdicts": {key: verdicts_json(verdicts) for key, verdicts in result.verdicts.items()},
    }


def _node_data(ledger: Ledger, node: Node, shown: bool, style: Style) -> dict[str, Any]:
    def numbers(values: FloatArray | None) -> Any:
        return None if values is None else numbers_json(values.reshape(-1), style)

    return {
        "name": node.name,
        "operation": node.operation,
        "inputs": list(node.inputs),
        "value": numbers(node.value),
        "local_derivatives": [
            {"of": each.of, "formula": each.formula, "value": numbers(each.value)} for each in node.locals
        ],
        "adjoint": numbers(node.adjoint),
        "accumulates": [{"from": each.node.name, "value": numbers(each.value)} for each in ledger.shares[node.name]],
        "is_leaf": node.is_leaf,
        "requires_grad": node.requires_grad,
        "grad_fn": node.grad_fn or None,
        "function": node.function.removeprefix(PREFIX) or None,
        "grad": numbers(node.grad),
        "why": ledger.why(node) if shown else "",
    }
