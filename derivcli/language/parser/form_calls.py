"""What each call of `functions/forms.py` stands for, by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import BINDERS, BoundVariable, free_symbols
from derivcli.language.functions.forms import Form
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.unsupported_operations import OPERATIONS
from derivcli.language.parser import operands
from derivcli.language.parser.operands import Operand

FormCall: TypeAlias = Callable[[Form, Sequence[Operand], Span], Operand]
"""What makes an operand of a form's arguments, for the place of the call."""


def _piecewise(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Piecewise((a, c), ...)`, whose arguments are values and conditions in turn."""
    return operands.piecewise(list(zip(arguments[::2], arguments[1::2], strict=True)), span)


def _choice(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`if(c, a, b)` and its like."""
    condition, then, otherwise = arguments
    everywhere = Operand(tree.truth(True), otherwise.stop, otherwise.stop, condition=True)
    return operands.piecewise([(then, condition), (otherwise, everywhere)], span)


def _derivative(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`diff(f, x)`, `diff(f, x, 2)`, `diff(f, x, y)`: the variables one after the other, each with its order."""
    body, *rest = arguments
    names: list[str] = []
    for before, argument in zip(arguments, rest, strict=False):
        if argument.tree.is_Symbol:
            names.append(argument.tree.name)
        elif argument.literal and before.tree.is_Symbol and before is not body:
            names += [names[-1]] * _order_less_one(argument)
        else:
            hint = f"write {form.example} or {form.name}(x**3, x, 2)"
            raise DerivError("a derivative is taken by variables", span=argument.span, hint=hint)
    if len(names) > limits.MAX_ORDER:
        raise DerivError(f"derivatives of order {len(names)} are not computed", span=span, hint="choose a lower one")
    operands.require_number(*arguments)
    made = body.tree
    for name in names or [tree.LEFT_OUT]:
        made = tree.derivative(made, tree.symbol(name))
    return Operand(made, span.start, span.stop, operands.deepened(arguments, span))


def _order_less_one(order: Operand) -> int:
    value = order.value
    if value is None or value != int(value) or not 1 <= value <= limits.MAX_ORDER:
        message = f"the order of a derivative is a whole number up to {limits.MAX_ORDER}"
        raise DerivError(message, span=order.span, hint="write it like diff(x**3, x, 2)")
    return int(value) - 1


def _binder(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`sum(k*x, k, 1, 5)` and its like: a body, then for each variable that it binds the variable and its bounds."""
    body, *ranges = arguments
    operands.require_number(*arguments)
    if len(ranges) % 3 or not ranges or any(not isinstance(each.tree, BoundVariable) for each in ranges[::3]):
        message = f"{form.name} takes 4 arguments, and here it has {len(arguments)}"
        step = form.binds == "index" and len(arguments) == 5
        if form.name == "integral" and len(arguments) == 1:
            message, hint = OPERATIONS[form.name]
            raise DerivError(message, span=span, hint=f"{hint}; with bounds write {form.example}")
        hint = "every whole number has a term; for other steps write sum(f(2*k + 1), k, 0, 5)" if step else ""
        raise DerivError(message, span=span, hint=hint or f"write {form.example}")
    made, depth = body.tree, operands.deepened(arguments, span)
    for bound, lower, upper in zip(ranges[::3], ranges[1::3], ranges[2::3], strict=True):
        _check_indices(form, body, bound)
        made = tree.made(BINDERS[form.name], [made, bound.tree, lower.tree, upper.tree])
    return Operand(made, span.start, span.stop, depth)


def _check_indices(form: Form, body: Operand, bound: Operand) -> None:
    """Refuse `sum(x_i, i, 1, 3)`, in which x_i may be another variable for every i."""
    index = bound.tree.name
    for name in sorted(each.name for each in free_symbols(body.tree)):
        stem, _, suffix = name.partition("_")
        if suffix == index or (len(suffix) == 2 and index in suffix):
            message = f"'{name}' may change with the {form.binds} {index} or be one variable"
            numbered = (
                f"write {stem}_1, {stem}_2 and so on term by term" if form.binds == "index" else "write its formula"
            )
            raise DerivError(message, span=body.span, hint=f"{numbered}, or give it a name without {index}")


def _relation(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Ne(x, 0)`."""
    return _over(span, operands.comparison(arguments, [_SIGNS[form.name]]))


def _all(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`And(x > 0, x < 1)`."""
    return _over(span, operands.junction(arguments, tree.all_of))


def _any(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Or(x < 0, x > 1)`, which of a single condition is that condition."""
    return _over(span, operands.junction(arguments, tree.any_of) if len(arguments) > 1 else arguments[0])


def _not(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Not(x > 0)`."""
    return _over(span, operands.negation(arguments[0], span.start))


def _either(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """`Xor(a, b)`: a without b, or b without a."""
    first, second = arguments
    sides = [
        operands.junction([one, operands.negation(other, other.start)], tree.all_of)
        for one, other in ((first, second), (second, first))
    ]
    return _over(span, operands.junction(sides, tree.any_of))


def _operation(build: Callable[[Sequence[Operand]], Operand]) -> FormCall:
    """What an operation makes of its arguments."""

    def made(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
        operands.require_number(*arguments)
        return replace(build(arguments), start=span.start, stop=span.stop, literal=False)

    return made


def _number(text: str) -> Operand:
    """A number that an operation brings along."""
    return operands.number(text, 0, 0)


def _quotient(parts: Sequence[Operand]) -> Operand:
    return operands.multiply([parts[0], operands.reciprocal(parts[1])])


def _floor(parts: Sequence[Operand]) -> Operand:
    quotient = _quotient(parts)
    return operands.call(vocabulary()["floor"], [quotient], quotient.span)


def _root(parts: Sequence[Operand]) -> Operand:
    return _quotient([_number("1"), operands.call(vocabulary()["sqrt"], parts, parts[0].span)])


def _over(span: Span, made: Operand) -> Operand:
    """What is made of the arguments as an operand that is the whole call."""
    return replace(made, start=span.start, stop=span.stop)


_SIGNS = {"Eq": "==", "Ne": "!=", "Gt": ">", "Ge": ">=", "Lt": "<", "Le": "<="}

FORM_CALLS: dict[str, FormCall] = {
    "Piecewise": _piecewise,
    "where": _choice,
    "if": _choice,
    "diff": _derivative,
    "D": _derivative,
    **dict.fromkeys(BINDERS, _binder),
    "ITE": _choice,
    **dict.fromkeys(_SIGNS, _relation),
    "And": _all,
    "Or": _any,
    "Not": _not,
    "Xor": _either,
    "add": _operation(lambda parts: operands.add(parts) if len(parts) > 1 else parts[0]),
    "multiply": _operation(lambda parts: operands.multiply(parts) if len(parts) > 1 else parts[0]),
    "subtract": _operation(lambda parts: operands.add([parts[0], operands.negative(parts[1], parts[1].start)])),
    "divide": _operation(_quotient),
    "floor_divide": _operation(_floor),
    "negative": _operation(lambda parts: operands.negative(parts[0], parts[0].start)),
    "positive": _operation(lambda parts: parts[0]),
    "square": _operation(lambda parts: operands.power(parts[0], _number("2"))),
    "reciprocal": _operation(lambda parts: _quotient([_number("1"), *parts])),
    "rsqrt": _operation(_root),
    "exp10": _operation(lambda parts: operands.power(_number("10"), parts[0])),
    "zeros_like": _operation(lambda parts: _number("0")),
    "ones_like": _operation(lambda parts: _number("1")),
}


def form_call(form: Form, arguments: Sequence[Operand], span: Span) -> Operand:
    """What a call of a form stands for; the number of arguments is checked."""
    if form.count is not None and len(arguments) != form.count:
        plural = "s" * (form.count != 1)
        message = f"{form.name} takes {form.count} argument{plural}, and here it has {len(arguments)}"
        raise DerivError(message, span=span, hint=f"write {form.example}")
    return FORM_CALLS[form.name](form, arguments, span)
