"""A ledger for people: the forward and the backward pass as tables, or the graph as a tree; and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivcli.render.columns import Style, derivative_label, equations, function_names
from derivcli.render.json import VERSION, described, dump, numbers_json, verdicts_json
from derivcli.render.numbers import number_texts

if TYPE_CHECKING:
    from derivcli.explain.ledger import Ledger, Local, Node
    from derivcli.render.terminal import TableColumn
    from derivcli.result import FloatArray

DIGITS, DIGITS_OF_SEVERAL = 6, 4
"""Significant digits where people read, unless they ask for others: a ledger has many numbers."""

SEVERAL = 2
"""Points whose numbers stand in one cell before the rest is left out."""

MANY = 200
"""Nodes from which on tables have no boxes: each row of a box costs Rich half a millisecond."""

FEW = 6
"""Points all of whose numbers stand in one cell, if there is room, and names in a sentence."""

LISTED = 100
"""Numbers of a derivative that are listed."""

DEEPEST = 30
"""Levels of a tree that are drawn; what lies deeper is in the table."""


def numbers_text(values: FloatArray | None, style: Style, most: int = SEVERAL) -> str:
    """One number, or those of the first few points; "" for none."""
    if values is None:
        return ""
    digits = style.digits or (DIGITS if values.size == 1 else DIGITS_OF_SEVERAL)
    return _first(values, digits, style, most)


def _first(values: FloatArray, digits: int | None, style: Style, most: int) -> str:
    """The first of some numbers, and that there are more."""
    texts = number_texts(values.reshape(-1)[:most], digits)
    return ", ".join([*texts, *(["…" if style.unicode else "..."] if values.size > most else [])])


def equation_of(ledger: Ledger) -> list[tuple[str, str]]:
    """What was understood: the definitions, then the result's name and the formula."""
    expression = ledger.result.expression
    lines = [(each.name, each.text) for each in expression.definitions]
    ((left, right),) = equations([ledger.result])[len(lines) :]
    known = ledger.output == right or left.startswith(f"{ledger.output}(")
    return [*lines, (left if known else f"{ledger.output} = {left}", right)]


def write_table(ledger: Ledger, style: Style) -> str:
    """The forward pass, the backward pass, what PyTorch says of the variables and the result, and why."""
    from derivcli.render.table import print_verdicts
    from derivcli.render.terminal import (
        COLORS,
        console_of,
        print_columns,
        print_equations,
        print_lines,
        print_wrapped,
        text_on,
    )

    console = console_of(style)
    print_equations(console, equation_of(ledger))
    show = print_columns if len(ledger.nodes) < MANY else print_lines
    for title, columns in _tables(ledger, style).items():
        console.print()
        print_wrapped(console, title, COLORS["name"])
        show(console, columns, style)
    for why, names in _reasons(ledger).items():
        print_wrapped(console, f"{', '.join(names)}: {why}", COLORS["caption"])
    for warning in warnings_of(ledger, style):
        print_wrapped(console, warning, COLORS["warning"])
    console.print()
    for label, text in _derivatives(ledger, style):
        print_wrapped(console, f"{label} = {text}", COLORS["derivative"])
    print_verdicts(console, [ledger.result], style)
    return text_on(console)


def _tables(ledger: Ledger, style: Style) -> dict[str, list[TableColumn]]:
    """The tables by their titles, with as much in them as the width allows: all points, formulas, the data again."""
    from derivcli.render.terminal import fits

    count = len(ledger.result.value)
    for most in dict.fromkeys([count if count <= FEW else SEVERAL, SEVERAL]):
        forward, backward = _forward(ledger, style, most, formulas=True), _backward(ledger, style, most)
        if fits(forward, style) and fits(backward, style):
            break
    if not fits(forward, style):
        forward = _forward(ledger, style, most, formulas=False)
    attributes, title = _attributes(ledger, style, most), "the tensors, as PyTorch describes them after the pass"
    if not fits(attributes, style):
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
    return {why: names if len(names) <= FEW else [*names[:FEW], "..."] for why, names in found.items()}


def warnings_of(ledger: Ledger, style: Style) -> list[str]:
    """What functions of the user's own do to adjoints."""
    functions = " or ".join(ledger.result.expression.custom_functions)
    return [
        f"the adjoint of {node.name} is {numbers_text(node.adjoint, style) or None} and not the sum of its parts: the "
        f"backward of {functions} gives something else than grad_output times its "
        "derivative, see deriv check-fn"
        for node in ledger.broken
    ]


def _derivatives(ledger: Ledger, style: Style) -> list[tuple[str, str]]:
    """The derivatives that the pass came to, with all their digits."""
    found = []
    for key, values in ledger.result.derivatives.items():
        label = derivative_label(ledger.output, key, ledger.result).shown(style.unicode)
        found.append((label, _first(values, style.digits, style, LISTED)))
    return found


def _forward(ledger: Ledger, style: Style, most: int, formulas: bool) -> list[TableColumn]:
    """A row for each node: how it is made, its value, its local derivatives."""
    nodes = ledger.nodes
    slopes = ["\n".join(_local(each, style, most, formulas) for each in node.locals) for node in nodes]
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("operation", [node.operation for node in nodes], "formula"),
        _column("value", [numbers_text(node.value, style, most) for node in nodes], "value", numeric=True),
        _column("local derivatives", slopes),
    ]


def _local(local: Local, style: Style, most: int, formulas: bool) -> str:
    """A local derivative: its formula, if wanted, and its number; of several points one of the two."""
    number, formula = numbers_text(local.value, style, most), local.formula if formulas else ""
    said = [formula] if formula and local.value.size > 1 else dict.fromkeys(filter(None, [formula, number]))
    return " = ".join([f"{'∂/∂' if style.unicode else 'd/d'}{local.of}", *said])


def _backward(ledger: Ledger, style: Style, most: int) -> list[TableColumn]:
    """A row for each node, in the order of the backward pass: its adjoint, and what that is the sum of."""
    nodes = (*ledger.backward, *(node for node in ledger.nodes if node.turn is None))
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("adjoint", [numbers_text(node.adjoint, style, most) for node in nodes], "derivative", numeric=True),
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
            product = f"{numbers_text(share.node.adjoint, style)} * {numbers_text(share.local.value, style)} "
        lines.append(f"{'+ ' if lines else ''}{product}from {share.node.name}")
    return [*lines, f"AccumulateGrad into {node.accumulates_in}"] if node.accumulates_in else lines


def _attributes(ledger: Ledger, style: Style, most: int) -> list[TableColumn]:
    """A row for each node: PyTorch's own attributes after the backward pass."""
    nodes = ledger.nodes
    return [
        _column("node", [node.name for node in nodes], "name"),
        _column("data", [numbers_text(node.value, style, most) for node in nodes], "value", numeric=True),
        _column("grad", [numbers_text(node.grad, style, most) or "None" for node in nodes], "derivative"),
        _column("grad_fn", [node.grad_fn or "None" for node in nodes], "caption"),
        _column("is_leaf", [str(node.is_leaf) for node in nodes], "caption"),
        _column("requires_grad", [str(node.requires_grad) for node in nodes], "caption"),
    ]


def _column(label: str, texts: Sequence[str], role: str = "", numeric: bool = False) -> TableColumn:
    """A column of text in the color of its role; numbers of one point each stand under each other."""
    from derivcli.render.terminal import COLORS, TableColumn

    return TableColumn(label, texts, COLORS.get(role, ""), numeric and not any("," in text for text in texts))


def write_tree(ledger: Ledger, style: Style) -> str:
    """The graph from the result down to the variables; a node that was shown above is not opened again."""
    lines = [*(f"{left} = {right}" for left, right in equation_of(ledger)), ""]
    down, branch, last, through = ("│  ", "├─ ", "└─ ", "   ") if style.unicode else ("|  ", "+- ", "`- ", "   ")
    seen: set[str] = set()
    waiting = [(ledger.root.name, "", "")]
    while waiting:
        name, before, margin = waiting.pop()
        node = ledger.by_name[name]
        children = [part for part in dict.fromkeys(node.inputs) if part in ledger.by_name]
        opened = name in seen and bool(children)
        lines.append(before + _tree_line(node, style) + "  (above)" * opened)
        seen.add(name)
        if children and not opened and len(margin) >= DEEPEST * len(down):
            lines.append(f"{margin}{last}{'…' if style.unicode else '...'} deeper: see --format table")
            continue
        for place, child in enumerate(() if opened else children[::-1]):
            waiting.append((child, margin + (branch if place else last), margin + (down if place else through)))
    return "\n".join(lines) + "\n"


def _tree_line(node: Node, style: Style) -> str:
    """A node in a line: how it is made, its value, its adjoint, its class."""
    made = f" = {node.operation}" if node.operation else ""
    adjoint = f"  adjoint {numbers_text(node.adjoint, style)}" if node.adjoint is not None else ""
    kept = f"  into {node.accumulates_in}" if node.accumulates_in else f"  {node.grad_fn}" if node.grad_fn else ""
    return f"{node.name}{made} = {numbers_text(node.value, style)}{adjoint}{kept}"


def write_tsv(ledger: Ledger, style: Style) -> str:
    """A line for each node, with every digit; several of one kind stand in one cell with `;` between them."""
    head = "node operation value local_derivatives adjoint backward accumulates is_leaf requires_grad grad_fn grad"
    lines = ["\t".join(head.split())]
    for node in ledger.nodes:
        cells = (
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
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _cell(values: FloatArray | None, style: Style) -> str:
    """All numbers of an array, or nothing."""
    return "" if values is None else ", ".join(number_texts(values.reshape(-1), style.digits))


def write_json(ledger: Ledger, style: Style) -> str:
    """One object: the nodes in the order of the forward pass, and the names in that of the backward pass."""
    result = ledger.result
    shown = {node.name for node in ledger.shown}
    content: dict[str, Any] = {
        "version": VERSION,
        **described(function_names([result])[0], result),
        "at": {name: numbers_json(values, style) for name, values in result.at.items()},
        "dtype": str(result.value.dtype),
        "output": ledger.output,
        "nodes": [_described(ledger, node, node.name in shown, style) for node in ledger.nodes],
        "backward": [node.name for node in ledger.backward],
        "derivatives": {key: numbers_json(values, style) for key, values in result.derivatives.items()},
        "verdicts": {key: verdicts_json(verdicts) for key, verdicts in result.verdicts.items()},
    }
    return dump(content)


def _described(ledger: Ledger, node: Node, shown: bool, style: Style) -> dict[str, Any]:
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
        "grad": numbers(node.grad),
        "why": ledger.why(node) if shown else "",
    }
