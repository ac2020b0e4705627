"""A job as a short script in PyTorch, with comments for whoever wants to do the same by hand.

points, definitions, functions   lines that compute
derivatives                      backward(), or torch.autograd.grad again and again
output                           printed lines, a table, or a picture
"""

from __future__ import annotations

from derivcli.engines.engine_table import REVERSE
from derivcli.errors import DerivError
from derivcli.explain.code.autograd_classes import AutogradClasses, uses
from derivcli.explain.code.data_columns import ARROW, quoted
from derivcli.explain.code.derivative_code import listed, write_derivatives
from derivcli.explain.code.expression_code import FIXED, MOVING, FormulaWriter, WrittenPart
from derivcli.explain.code.graph_lifetime import depends_on
from derivcli.explain.code.line_breaking import MAX_COLUMNS, folded
from derivcli.explain.code.point_lines import PointLines, made, move, written_points
from derivcli.explain.code.script_names import Names
from derivcli.explain.code.script_plan import DIRECTION_PARAMETER, Draft, ScriptPlan, definitions_of
from derivcli.language.expression import Expression
from derivcli.language.printer import ATOM, PRODUCT, SUM, Piece, enclosed
from derivcli.language.tree import Tree, expansions, symbol

IMPORTS = {
    "math": "import math", "plt": "import matplotlib.pyplot as plt", "mpmath": "import mpmath",
    "np": "import numpy as np", **{name: f"import {name}" for name in ARROW}, "scipy": "import scipy.special",
    "torch": "import torch",
}  # fmt: skip
"""The lines that import modules, by the names that these go by."""

ROUNDING_REMARK = (
    "# the calculator's numbers up to rounding: it does the arithmetic of constants exactly, has",
    "# forms of some derivatives that lose fewer digits, and computes one point like many",
)
"""What is said of the numbers that a script prints: in one of four something differs in the last digit or two."""

FORMAT_DESCRIPTIONS = {
    "float64": "float64, which keeps 16 digits where PyTorch's default, float32, keeps 7",
    "float32": "float32, which keeps 7 digits",
}


def write_script(plan: ScriptPlan) -> str:
    """The script of a plan. What no script can hold, or would take too long, is refused."""
    if plan.order > REVERSE.orders[-1]:
        message = f"a script nests backward passes, and those of order {plan.order} take too long"
        raise DerivError(message, hint=f"choose an order of at most {REVERSE.orders[-1]}`shell:, or leave out --code`")
    task = plan.task
    names = Names([*task.names, *definitions_of(task)])
    given = made(task) if (task.dtype, task.device) != ("float64", "cpu") else ""
    draft = Draft(plan, names, AutogradClasses(names, plan.order, given, task.dtype == "float32"))
    place = _points(draft)
    if task.direction is not None:
        _way(draft)
    _formulas(draft, place)
    write_derivatives(draft)
    draft.blocks.append(_picture(draft) if plan.plot else [*ROUNDING_REMARK, *_printed(draft, place)])
    return _assembled(draft)


def _points(draft: Draft) -> PointLines:
    plan, names = draft.plan, draft.names
    read = plan.columns.headers if plan.columns else ()
    place = written_points(plan.task, plan.points, plan.recorded, plan.shifted, names, read)
    needed = "Python or this script needs that name"
    remarks = [f"# {new} is the variable {old}: {needed}" for old, new in names.renamed.items()]
    what = f"{plan.points.count:,} points" if plan.many else "the point"
    if plan.columns:
        draft.blocks.append(plan.columns.lines(names))
        what = f"a point for each row of {plan.columns.name}"
    recorded = [names.python[name] for name in plan.recorded]
    fixed = [names.python[name] for name in plan.task.names if name not in {*plan.recorded, *plan.shifted}]
    remarks.append(f"# {what}, in {FORMAT_DESCRIPTIONS[plan.task.dtype]}{';' if recorded else ''}")
    if recorded:
        remarks.append(f"# requires_grad has PyTorch record what is done with {listed(recorded)}")
    if recorded and fixed:
        remarks[-1] += f", while {listed(fixed)} {'is' if len(fixed) == 1 else 'are'} held fixed"
    draft.blocks.append([*remarks, *place.lines])
    return place


def _way(draft: Draft) -> None:
    """Add the block of the way along a direction, whose length is what PyTorch differentiates by."""
    plan, names = draft.plan, draft.names
    assert plan.task.direction is not None, "there is a direction"
    renamed = {name: names.python[name] for name in plan.shifted}
    way = names.python[DIRECTION_PARAMETER] = names.fresh("t")
    start = f"torch.zeros({plan.count_text}, " if plan.many else "torch.tensor(0.0, "
    lines = [
        f"# {way} says how far along the direction: the derivative in {way}, at {way} = 0, is the one along it",
        f"{way} = {start}{made(plan.task)}, requires_grad=True)",
    ]
    lines += [f"{new} = {new} {move(plan.task.direction, old)}{way}" for old, new in renamed.items()]
    draft.blocks.append(lines)


def _formulas(draft: Draft, place: PointLines) -> None:
    """Add the blocks of the definitions and of the functions."""
    plan, names, task = draft.plan, draft.names, draft.plan.task
    moving = {*plan.recorded, *plan.shifted}
    scope: dict[Tree, WrittenPart] = {
        symbol(name): ((names.python[name], ATOM), MOVING if name in moving else FIXED) for name in task.names
    }
    definitions = definitions_of(task)
    like = names.python[next(iter(place.arrays), task.names[0])]
    writer = FormulaWriter(names, like, draft.functions.call, plan.order, expansions(definitions.values()))
    lines: list[str] = []
    for definition in definitions.values():
        piece, kind = writer.write(definition.tree, scope)
        lines += [*writer.taken(), *folded(names.python[definition.name], piece[0])]
        scope[symbol(definition.name)] = (names.python[definition.name], ATOM), kind
    if lines:
        draft.blocks.append(["# steps on the way, each with a name", *lines])
    lines = []
    for number, name in enumerate(plan.functions):
        draft.called.append(names.fresh("F" if task.dependent else name))
        piece = _written(writer, task.expressions[number], scope)
        if not depends_on(draft.tree(number)) & {*plan.moving}:
            lines += [f"# 0*{names.python[plan.moving[0]]}: PyTorch differentiates only what it saw being computed"]
            piece = f"{enclosed(piece, SUM)} + 0*{names.python[plan.moving[0]]}", SUM
        before = writer.taken()
        if any(line.startswith("#") for line in before):
            draft.blocks.append(before)
            before = []
        lines += [*before, *folded(draft.called[number], piece[0])]
    what = "difference of both sides" if task.dependent else "function"
    several = "s, of which" if len(plan.functions) > 1 else ":"
    draft.blocks.append([f"# the {what}{several} PyTorch records each operation", *lines])


def _written(writer: FormulaWriter, expression: Expression, scope: dict[Tree, WrittenPart]) -> Piece:
    """A function, or what an equation says is 0."""
    if expression.sides is None:
        return writer.write(expression.tree, scope)[0]
    (left, _), (right, _) = (writer.write(side, scope) for side in expression.sides)
    return left if right[0] == "0" else (f"{enclosed(left, SUM)} - {enclosed(right, PRODUCT)}", SUM)


def _printed(draft: Draft, place: PointLines) -> list[str]:
    """The block that prints: a line for each number, or a table with a row for each point."""
    plan = draft.plan
    if plan.many:
        return _table(draft, place)
    if plan.degree is not None:
        shown = '    print(f"{0}{{n}} =", coefficient.item())'
        loops = [(f"for n, coefficient in enumerate({text}):", shown.format(label)) for label, text in draft.outputs]
        return [line for loop in loops for line in loop]
    width = max(len(label) for label, _ in draft.outputs)
    return [f'print("{label.ljust(width)} =", {text}.item())' for label, text in draft.outputs]


def _table(draft: Draft, place: PointLines) -> list[str]:
    points = [draft.names.python[name] for name in place.arrays]
    heads = [f'"{name}"' for name in place.arrays]
    columns = [f"{name}.tolist()" for name in points]
    for label, text in draft.outputs:
        if draft.plan.degree is None:
            heads, columns = [*heads, f'"{label}"'], [*columns, f"{text}.tolist()"]
        else:
            heads.append(f'*(f"{label}{{n}}" for n in range({draft.plan.degree + 1}))')
            columns.append(f"*(coefficient.tolist() for coefficient in {text})")
    row = draft.names.fresh("row")
    loop = f"for {row} in zip({', '.join(columns)}):"
    long = [f"for {row} in zip(", *(f"    {column}," for column in columns), "):"]
    head = f'print({", ".join(heads)}, sep="\\t")'
    return [head, *([loop] if len(loop) <= MAX_COLUMNS else long), f'    print(*{row}, sep="\\t")']


def _picture(draft: Draft) -> list[str]:
    """The block that draws over the only variable with several values."""
    plan = draft.plan
    spread = [axis.name for axis in plan.points.axes if axis.count > 1]
    if plan.degree is not None:
        raise DerivError("Taylor polynomials are not drawn", hint="leave out `--plot`")
    if not spread:
        raise DerivError("a plot needs a range of points", hint="add one, as in `--at x=-3:3:100`")
    if len(spread) > 1:
        raise DerivError("a script draws over one variable", hint="give the others one value, or leave out `--plot`")
    x, drawn = draft.names.python[spread[0]], ".detach().cpu()" if plan.task.device != "cpu" else ".detach()"
    return [
        *(f'plt.plot({x}{drawn}, {text}{drawn}, label="{label}")' for label, text in draft.outputs),
        f'plt.xlabel("{spread[0]}")',
        "plt.legend()",
        f"plt.savefig({quoted(plan.plot)})",
    ]


def _assembled(draft: Draft) -> str:
    """The blocks in their order under the imports that they need; functions and classes have room around them."""
    blocks = [*draft.functions.blocks(), *draft.blocks]
    lines = [line for block in blocks for line in block]
    heads = [text for name, text in IMPORTS.items() if uses(lines, name)]
    heads.insert(1 if uses(lines, "math") else 0, "")
    heads += [line for _, line in draft.functions.imports.values() if line]
    heads += ["", "mpmath.mp.dps = 30  # digits"] if uses(lines, "mpmath") else []
    text = "\n".join(heads).lstrip("\n")
    wide = False
    for block in blocks:
        defines = any(line.startswith(("def ", "class ")) for line in block)
        text += ("\n\n\n" if defines or wide else "\n\n") + "\n".join(block)
        wide = defines
    return text + "\n"
