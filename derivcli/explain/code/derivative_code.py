"""The derivatives of a script: backward() for first ones, torch.autograd.grad again and again for others."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.explain.code.graph_lifetime import depends_on, graph_lasts
from derivcli.explain.code.script_plan import DIRECTION_PARAMETER, Draft
from derivcli.result import ALONG, Partial

MIN_LOOP_ORDER = 4
"""From this order on a single derivative is taken in a loop."""

UNUSED_OPTIONS = ", allow_unused=True, materialize_grads=True"
UNUSED_REMARK = "# allow_unused, materialize_grads: where a variable does not occur, 0 and no error"

SUM_REMARK = "# each {0} depends on its own point only, so the derivative of their sum holds that of each"


def write_derivatives(draft: Draft) -> None:
    """Add the blocks of the derivatives, and what is to be shown of them."""
    plan = draft.plan
    if plan.degree is not None:
        _series(draft)
    elif plan.task.dependent:
        _implicit(draft)
    elif plan.order > 1:
        _nested(draft)
    elif len(draft.called) == 1 and _uses_all(draft, 0):
        _backward(draft)
    else:
        _gradients(draft)


def _backward(draft: Draft) -> None:
    """First derivatives of one function, by backward()."""
    plan, (function,) = draft.plan, draft.called
    python = {name: draft.names.python[name] for name in plan.moving}
    several = "s" if len(python) > 1 else ""
    lines = [f"# the derivative{several}: from {function} back to {listed([*python.values()])}"]
    lines += [SUM_REMARK.format(function)] if plan.many else []
    draft.blocks.append([*lines, f"{function}{draft.sum}.backward()"])
    draft.outputs.append((plan.functions[0], function))
    for partial in plan.task.partials:
        draft.show(0, partial, f"{python[_by(partial[0])]}.grad")


def _gradients(draft: Draft) -> None:
    """First derivatives of several functions, or of one that does not have all variables."""
    plan, moving = draft.plan, draft.plan.moving
    used = [_uses_all(draft, place) for place in range(len(draft.called))]
    shared = len(draft.called) > 1 and any(expression.definitions for expression in plan.task.expressions)
    back = shared or plan.task.direction is not None
    which = "each function" if len(draft.called) > 1 else draft.called[0]
    lines = [f"# the derivatives: from {which} back to {listed([draft.names.python[name] for name in moving])}"]
    lines += [SUM_REMARK.format("value")] if plan.many else []
    lines += [] if all(used) else [UNUSED_REMARK]
    lines += ["# retain_graph: what functions have in common is needed again"] if back else []
    inputs = _together([draft.names.python[name] for name in moving])
    for place, function in enumerate(draft.called):
        slopes = {_by(partial[0]): draft.slope(place, partial) for partial in plan.task.partials}
        options = ("" if used[place] else UNUSED_OPTIONS) + (", retain_graph=True" if back else "")
        left = ", ".join(slopes[name] for name in moving) if len(moving) > 1 else f"({slopes[moving[0]]},)"
        lines.append(f"{left} = torch.autograd.grad({function}{draft.sum}, {inputs}{options})")
        draft.outputs.append((plan.functions[place], function))
        for partial in plan.task.partials:
            draft.show(place, partial, slopes[_by(partial[0])])
    draft.blocks.append(lines)


def _nested(draft: Draft) -> None:
    plan, partials = draft.plan, draft.plan.task.partials
    derivative = _define(draft, _surely(draft, partials))
    is_mixed = any(len({*partial}) > 1 for partial in partials)
    lines = [f"# differentiated {plan.order} times, one after another"]
    if is_mixed:
        lines = ["# derivatives of derivatives, the last variable first"]
    for place, function in enumerate(draft.called):
        draft.outputs.append((plan.functions[place], function))
        known: dict[Partial, str] = {(): function}
        for partial in partials:
            if len(partials) == 1 and len(partial) >= MIN_LOOP_ORDER and not is_mixed:
                known[partial] = draft.slope(place, partial)
                name, by = known[partial], draft.names.python[_by(partial[0])]
                lines += ["# (each time the graph grows, so that a long formula takes long)", f"{name} = {function}"]
                lines += [f"for _ in range({len(partial)}):", f"    {name} = {derivative}({name}, {by})"]
            for start in reversed(range(len(partial))):
                part = partial[start:]
                if part not in known and partial not in known:
                    known[part] = draft.slope(place, part)
                    lines.append(f"{known[part]} = {derivative}({known[part[1:]]}, {draft.names.python[_by(part[0])]})")
            draft.show(place, partial, known[partial])
    draft.blocks.append(lines)


def _series(draft: Draft) -> None:
    """Taylor coefficients: dividing by 1, 2, 3, ... on the way makes the n-th derivative over n!."""
    plan, degree = draft.plan, draft.plan.degree or 0
    variable = draft.names.python[plan.moving[0]]
    derivative = _define(draft, _surely(draft, [(plan.moving[0],) * degree])) if degree else ""
    number = draft.names.fresh("n")
    lines = ["# the n-th coefficient is the n-th derivative over n!, made by dividing by 1, 2, 3, ... on the way"]
    for place, function in enumerate(draft.called):
        name = draft.names.fresh("coefficients" if len(draft.called) == 1 else f"coefficients{place + 1}")
        lines.append(f"{name} = [{function}]")
        if degree:
            lines.append(f"for {number} in range(1, {degree + 1}):")
            lines.append(f"    {name}.append({derivative}({name}[-1], {variable})/{number})")
        draft.outputs.append((f"{plan.functions[place]} c" if len(draft.called) > 1 else "c", name))
    draft.blocks.append(lines)


def _implicit(draft: Draft) -> None:
    """The derivatives of a variable that equations make a function of the others."""
    plan, names, task = draft.plan, draft.names.python, draft.plan.task
    high = plan.order > 1
    derivative = _define(draft, False) if high else ""
    by = list(dict.fromkeys(name for partial in task.partials for name in partial))
    down = names[task.dependent]
    lines: list[str] = []
    for place, function in enumerate(draft.called):
        parts = {name: draft.names.fresh(f"{function}_{names[name]}") for name in (*by, task.dependent)}
        lines += [f"# while {function} stays 0, {down} moves by -{parts[by[0]]}/{parts[task.dependent]}"]
        lines += [SUM_REMARK.format(function)] if plan.many else []
        options = ", create_graph=True" if high else ", retain_graph=True" if len(draft.called) > 1 else ""
        options += "" if {*parts} <= depends_on(draft.tree(place)) else UNUSED_OPTIONS
        inputs = _together([names[name] for name in parts])
        lines.append(f"{', '.join(parts.values())} = torch.autograd.grad({function}{draft.sum}, {inputs}{options})")
        known: dict[Partial, str] = {(name,): draft.slope(place, (name,)) for name in by}
        lines += [f"{known[name,]} = -{parts[name]}/{parts[task.dependent]}" for name in by]
        lines += _along_the_curve(draft, place, known, derivative)
        for partial in task.partials:
            draft.show(place, partial, known[partial])
    draft.blocks.append(lines)


def _along_the_curve(draft: Draft, place: int, known: dict[Partial, str], derivative: str) -> list[str]:
    """Higher derivatives of a dependent variable; all that is differentiated changes with it too."""
    names, down = draft.names.python, draft.names.python[draft.plan.task.dependent]
    lines: list[str] = []
    for partial in draft.plan.task.partials:
        for start in reversed(range(len(partial))):
            part = partial[start:]
            if part not in known:
                lines = lines or ["", f"# as {down} moves along, what depends on it changes with it too"]
                inner, by = known[part[1:]], names[part[0]]
                known[part] = draft.slope(place, part)
                moved = f"{derivative}({inner}, {down})*{known[part[0],]}"
                lines.append(f"{known[part]} = {derivative}({inner}, {by}) + {moved}")
    return lines


def _define(draft: Draft, sure: bool) -> str:
    """Add a function that differentiates; unless it is sure to find its variable, it may find none."""
    name = draft.names.fresh("derivative")
    each = "each y in its own x" if draft.plan.many else "y in x"
    grad = f"torch.autograd.grad(y{draft.sum}, x, create_graph=True"
    if sure:
        lines = [
            f'    """The derivative of {each}; create_graph, so that it can be differentiated too."""',
            f"    (slope,) = {grad})",
            "    return slope",
        ]
    else:
        lines = [
            f'    """The derivative of {each}, 0 where no x is left in y.',
            "",
            "    create_graph: it can be differentiated too. allow_unused, materialize_grads: 0 and no error.",
            '    """',
            "    if not y.requires_grad:",
            "        return torch.zeros_like(x)",
            f"    (slope,) = {grad}{UNUSED_OPTIONS})",
            "    return slope + torch.zeros_like(x)  # a 0 that PyTorch leaves without memory gets some",
        ]
    draft.blocks.insert(0, [f"def {name}(y, x):", *lines])
    return name


def _surely(draft: Draft, partials: Sequence[Partial]) -> bool:
    """Whether each derivative surely finds its variable in the graph of the one before."""
    steps = [tuple(map(_by, partial)) for partial in partials]
    return all(graph_lasts(draft.tree(place), steps, draft.plan.moving) for place in range(len(draft.called)))


def _uses_all(draft: Draft, place: int) -> bool:
    """Whether a function is computed from all variables to differentiate by; one of none gets 0 times the first."""
    found = depends_on(draft.tree(place)) or {draft.plan.moving[0]}
    return {*draft.plan.moving} <= (found if found & {*draft.plan.moving} else {draft.plan.moving[0]})


def _by(name: str) -> str:
    return DIRECTION_PARAMETER if name == ALONG else name


def _together(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
