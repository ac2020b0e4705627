"""What each call of `functions/forms.py` stands for, by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivcli.errors import DerivError, Span
from derivcli.language import operands, tree
from derivcli.language.bound_variables import BINDERS, BoundVariable
from derivcli.language.functions.forms import Form
from derivcli.language.operands import Operand


def _piecewise(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Piecewise((a, c), ...)`, whose arguments are values and conditions in turn."""
    return operands.piecewise(list(zip(arguments[::2], arguments[1::2], strict=True)), span)


def _choice(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`if(c, a, b)` and `where(c, a, b)`."""
    if len(arguments) != 3:
        message = f"{form.name} takes 3 arguments, and here it has {len(arguments)}"
        raise DerivError(message, span=span, hint=f"write {form.example}")
    condition, then, otherwise = arguments
    everywhere = Operand(tree.truth(True), otherwise.stop, otherwise.stop, condition=True)
    return operands.piecewise([(then, condition), (otherwise, everywhere)], span)


def _binder(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`sum(k*x, k, 1, 5)` and its like: a body, then for each variable that it binds the variable and its bounds."""
    body, *ranges = arguments
    operands.require_number(*arguments)
    if len(ranges) % 3 or not ranges or any(not isinstance(each.tree, BoundVariable) for each in ranges[::3]):
        message = f"{form.name} takes 4 arguments, and here it has {len(arguments)}"
        step = form.binds == "index" and len(arguments) == 5
        hint = "every whole number has a term; for other steps write sum(f(2*k + 1), k, 0, 5)" if step else ""
        raise DerivError(message, span=span, hint=hint or f"write {form.example}")
    made, depth = body.tree, operands.deepened(arguments, span)
    for bound, lower, upper in zip(ranges[::3], ranges[1::3], ranges[2::3], strict=True):
        made = tree.made(BINDERS[form.name], [made, bound.tree, lower.tree, upper.tree])
    return Operand(made, span.start, span.stop, depth)


FORM_CALLS: dict[str, Callable[[Form, Sequence[Operand], Span], Operand]] = {
    "Piecewise": _piecewise,
    "where": _choice,
    "if": _choice,
    **dict.fromkeys(BINDERS, _binder),
}
