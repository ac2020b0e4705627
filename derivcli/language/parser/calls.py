"""What a closed bracket stands for: a group, `|x|`, or a call with the right arguments."""

from __future__ import annotations

from fractions import Fraction

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import IndexVariable, free_symbols
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parser import operands
from derivcli.language.parser.form_calls import form_call
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import BAR, Frame
from derivcli.language.parser.unknown_calls import finish_unknown


def finish(frame: Frame, stop: int) -> Operand:
    """The operand that a closed frame stands for, without the exponent at a function's name."""
    span = Span(frame.opener.start, stop)
    if frame.row is None and frame.form is None and frame.kind != BAR:
        inner = frame.arguments[0]
        kept = (inner.depth, inner.value, inner.condition, False, inner.rank, inner.brackets)
        return Operand(inner.tree, span.start, stop, *kept)
    called = _called(frame, span)
    called.brackets += 1
    limits.check_nesting(called.brackets, span)
    return called


def _called(frame: Frame, span: Span) -> Operand:
    if frame.kind == BAR:
        return operands.call(vocabulary()["abs"], frame.arguments, span)
    if frame.form is not None:
        return form_call(frame.form, frame.arguments, span)
    assert frame.row is not None, "a bracket alone has no arguments"
    if frame.row.unknown:
        return finish_unknown(frame, span)
    if frame.base is not None and len(frame.arguments) > 1:
        message = f"{frame.opener.text} takes 1 argument, and here it has {len(frame.arguments)}"
        raise DerivError(message, span=span, hint="write log(x, b) for the logarithm to the base b")
    return _finish_call(frame.row, frame.arguments + ([frame.base] if frame.base else []), span)


def check_whole(call: Frame) -> None:
    """Refuse a call whose order is no constant whole number."""
    row = call.row
    if row is None or not (row.whole or row.constant):
        return
    for parameter, argument in zip(row.parameters, call.arguments, strict=False):
        value = argument.value
        if parameter in row.constant and value is None:
            message = f"{parameter} in {row.signature} is a constant"
            raise DerivError(message, span=argument.span, hint="write a number there")
        if parameter not in row.whole or (value is None and is_indexed(argument.tree)):
            continue
        if value is None or value < row.least or value != int(value):
            message = f"{parameter} in {row.signature} is a constant whole number"
            raise DerivError(message, span=argument.span, hint=f"write {row.example}")
        limits.check_whole(value, f"{parameter} in {row.signature}", argument.span)


def is_indexed(node: tree.Tree) -> bool:
    """Whether nothing but indices of sums around it varies in a tree, which is looked at in each term."""
    return all(isinstance(each, IndexVariable) for each in free_symbols(node))


def _finish_call(row: Function, arguments: list[Operand], span: Span) -> Operand:
    """A call of a row: the number of arguments is checked, `pow` and `log(x, b)` have their of_base trees."""
    is_of_table = row.kernel is None
    if is_of_table and row.name == "log" and len(arguments) == 2:
        return _logarithm(arguments[0], arguments[1], span)
    if is_of_table and row.name == "heaviside" and len(arguments) == 2:
        return _step(arguments[0], arguments[1], span)
    least, most = row.arity
    count = len(arguments)
    if row.longer is not None and count > (most or count):
        return _finish_call(vocabulary()[row.longer], arguments, span)
    if count < least or (most is not None and count > most):
        required = f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
        plural = "" if required == "1" else "s"
        message = f"{row.name} takes {required} argument{plural}, and here it has {count}"
        raise DerivError(message, span=span, hint=f"write {row.signature}")
    for parameter, argument in zip(row.parameters, arguments, strict=False):
        if parameter in row.divisors and argument.value == 0:
            raise operands.divides_by_zero(span)
    if is_of_table and row.name == "pow":
        return operands.power(arguments[0], arguments[1])
    return operands.call(row, arguments, span)


def _step(argument: Operand, at_zero: Operand, span: Span) -> Operand:
    """heaviside(x, h), which is h at 0."""
    if at_zero.value == Fraction(1, 2):
        return operands.call(vocabulary()["heaviside"], [argument], span)
    zero, one = (operands.number(text, span.stop, span.stop) for text in "01")
    pairs = [
        (zero, operands.comparison([argument, zero], ["<"])),
        (at_zero, operands.comparison([argument, zero], ["=="])),
        (one, operands.comparison([argument, zero], [">"])),
    ]
    return operands.piecewise(pairs, span)


def _logarithm(argument: Operand, base: Operand, span: Span) -> Operand:
    """log(x, b) by the function made for its base where there is one."""
    if base.tree is tree.NUMBERS["e"]:
        return operands.call(vocabulary()["log"], [argument], span)
    of_base = {2: "log2", 10: "log10"}.get(int(base.value) if base.value in (2, 10) else 0)
    if of_base is not None:
        return operands.call(vocabulary()[of_base], [argument], span)
    log = vocabulary()["log"]
    over, under = (operands.call(log, [part], part.span) for part in (argument, base))
    product = operands.multiply([over, operands.reciprocal(under)])
    return Operand(product.tree, span.start, span.stop, product.depth, product.value, brackets=product.brackets)
