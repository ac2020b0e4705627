"""What each call of `functions/forms.py` stands for, by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivcli.errors import DerivError, Span
from derivcli.language import operands, tree
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


FORM_CALLS: dict[str, Callable[[Form, Sequence[Operand], Span], Operand]] = {
    "Piecewise": _piecewise,
    "where": _choice,
    "if": _choice,
}
