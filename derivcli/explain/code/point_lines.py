"""The points of a script: a line for each variable, in the numbers that were typed."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.engines.task import Task
from derivcli.errors import DerivError
from derivcli.explain.code.expression_code import NUMBER, FormulaWriter
from derivcli.explain.code.line_breaking import MAX_COLUMNS
from derivcli.explain.code.script_names import Names
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.tree import Tree
from derivcli.points.points import Axis, Points, Range, Values

MAX_VALUES = 1_000
"""Numbers that a script holds; a range is one line however many there are."""

PI_MULTIPLES = {
    math.pi * times / parts: f"{sign}{f'{times}*' if times > 1 else ''}math.pi{f'/{parts}' if parts > 1 else ''}"
    for times, parts, sign in ((1, 1, ""), (2, 1, ""), (3, 1, ""), (4, 1, ""), (1, 2, ""), (3, 2, ""), (1, 4, ""))
}
"""Ends of ranges that were hardly typed as decimals."""


@dataclass(frozen=True, slots=True)
class PointLines:
    """The points of a script: its lines, and the variables that hold a number for each point."""

    lines: Sequence[str]
    arrays: Sequence[str]


def made(task: Task) -> str:
    """The arguments by which a tensor gets its number format and its device."""
    return f"dtype=torch.{task.dtype}" + (f', device="{task.device}"' if task.device != "cpu" else "")


def written_points(
    task: Task,
    points: Points,
    moving: Collection[str],
    shifted: Collection[str],
    names: Names,
    read: Collection[str] = (),
) -> PointLines:
    """The lines that make the variables, those `moving` recorded by PyTorch and those `shifted` of full length.

    Those that are `read` from a file are arrays already.
    """
    spread = [axis.name for axis in points.axes if axis.count != 1]
    arrays = [axis.name for axis in points.axes if axis.count != 1 or (spread and axis.name in {*moving, *shifted})]
    crossed = len(spread) > 1 and not points.paired
    lines = []
    for axis in points.axes:
        recorded = ", requires_grad=True" if axis.name in moving and not (crossed and axis.name in arrays) else ""
        arguments = f"{made(task)}{recorded}"
        if axis.name in read:
            text = f"torch.tensor({names.python[axis.name]}, {arguments})"
        elif axis.count == 1 and axis.name in arrays and not crossed:
            length = f"len({names.python[next(iter(read))]})" if read else points.count
            text = f"torch.full(({length},), {_number(axis, 0)}, {arguments})"
        elif axis.count == 1 and not (crossed and axis.name in arrays):
            text = f"torch.tensor({_number(axis, 0)}, {arguments})"
        else:
            text = f"torch.tensor({_numbers(axis)}, {arguments})"
        lines += [f"# {_range_remark(axis)}"] if _range_remark(axis) else []
        lines.append(f"{names.python[axis.name]} = {text}")
    return PointLines([*lines, *(_crossing(arrays, moving, names) if crossed else ())], arrays)


def move(direction: Points, name: str) -> str:
    """What is added to a variable on the way along a direction, up to the factor that is the way: `+ 2*`."""
    axis = next(axis for axis in direction.axes if axis.name == name)
    text = _number(axis, 0).removesuffix(".0")
    sign, size = ("-", text[1:]) if text[0] == "-" and " " not in text else ("+", text)
    size = f"({size})" if " " in size else size
    return f"{sign} " if size == "1" else f"{sign} {size}*"


def _crossing(arrays: Sequence[str], moving: Collection[str], names: Names) -> list[str]:
    """The lines that combine every value with every other."""
    variables = ", ".join(names.python[name] for name in arrays)
    return [
        "",
        f"# every combination of them, {names.python[arrays[-1]]} moving fastest",
        f'{variables} = (grid.flatten() for grid in torch.meshgrid({variables}, indexing="ij"))',
        *(f"{names.python[name]}.requires_grad_()" for name in arrays if name in moving),
    ]


def _numbers(axis: Axis) -> str:
    if sum(piece.count for piece in axis.pieces if isinstance(piece, Values)) > MAX_VALUES:
        message = f"'{axis.name}' has more than {MAX_VALUES:,} values of its own, too many for a script"
        raise DerivError(message, hint="give a range, as in `--at x=0:1:11`")
    items: list[str] = []
    first = 0
    for piece in axis.pieces:
        if isinstance(piece, Range):
            items.append(_range(piece) if len(axis.pieces) == 1 else f"*({_range(piece)})")
        else:
            items += [_number(axis, first + place) for place in range(piece.count)]
        first += piece.count
    text = ", ".join(items)
    if len(text) <= MAX_COLUMNS - len("x = torch.tensor([], dtype=torch.float64, requires_grad=True)"):
        return f"[{text}]"
    return "\n".join(["[", *textwrap.wrap(text, MAX_COLUMNS - 4, initial_indent="    ", subsequent_indent="    "), "]"])


def _range(piece: Range) -> str:
    """The values of a range as Python computes them one by one, to the same last digit as the calculator."""
    steps = piece.count - 1
    if piece.whole is None:  # as it is interpolated there
        start, stop = _end(piece.start), _end(piece.stop)
        if piece.start == 0:
            return f"{stop}*(i/{steps}) for i in range({piece.count})"
        return f"{start}*(1 - i/{steps}) + {stop}*(i/{steps}) for i in range({piece.count})"
    first, last, common = piece.whole
    shared = math.gcd(first * steps, last - first, common * steps)
    begin, step, below = first * steps // shared, (last - first) // shared, common * steps // shared
    up = f"{step}*i" if step != 1 else "i"
    down = f"{begin} - {-step}*i" if step != -1 else f"{begin} - i"
    text = down if step < 0 else up if begin == 0 else f"{up} - {-begin}" if begin < 0 else f"{begin} + {up}"
    if below != 1:
        text = f"({text})/{below}" if " " in text else f"{text}/{below}"
    return f"{text} for i in range({piece.count})"


def _range_remark(axis: Axis) -> str:
    """What a list of quotients is, and why it is no torch.linspace."""
    if len(axis.pieces) != 1 or not isinstance(axis.pieces[0], Range):
        return ""
    piece = axis.pieces[0]
    if piece.whole is None:
        return ""
    ends = f"from {_end(piece.start)} to {_end(piece.stop)}"
    return f"{ends}, each number rounded once: torch.linspace rounds on the way, and may miss a 0"


def _end(value: Constant) -> str:
    number = float(value)
    if number in PI_MULTIPLES:
        return PI_MULTIPLES[number]
    return f"-{PI_MULTIPLES[-number]}" if -number in PI_MULTIPLES else repr(number).removesuffix(".0")


def _number(axis: Axis, place: int) -> str:
    """A value as it was typed, or as the float64 that it is."""
    tree = axis.exact(place)
    value = float(axis.take(np.array([place]))[0])
    if not math.isfinite(value):
        return f"{'-' if value < 0 else ''}math.{'nan' if math.isnan(value) else 'inf'}"
    text = repr(value) if tree is None else _typed(tree, value)
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def _typed(tree: Tree, value: float) -> str:
    """A number as typed, where Python has it."""
    (text, _), kind = FormulaWriter(Names(), "", lambda call: "").write(tree, {})
    return text if kind == NUMBER else repr(value)
