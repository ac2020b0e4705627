"""What is studied: a function on an interval or in a box, the curve of an equation, the path of a moving point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.pipeline import parse
from derivcli.validation import check_known, check_not_code, equation_hint, studied_variable

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.at_option import Interval
    from derivcli.request import Request
    from derivcli.study.boxes.records import BoxStudy, CurveStudy
    from derivcli.study.study import Study

MAX_BOX_VARIABLES = 4
"""A box of more variables has too many parts and faces."""


def study(request: Request) -> Study | BoxStudy | CurveStudy:
    """What a function does on an interval, or on one that is chosen; in a box of several; or a curve there."""
    if request.parameter:
        return _path_study(request)
    if len(request.expressions) > 1:
        raise DerivError("a study is of one function", hint="give one, or two coordinates with `--parametric t`")
    if len(request.study) > 1:
        return _box_study(request)
    with equation_hint("leave out what is before or behind the '=': a study is that of a formula"):
        (expression,) = parse(request)
    check_not_code(expression)
    check_known([expression])
    from derivcli.study.interval_ends import ends_of
    from derivcli.study.study_function import study_function

    ends = ends_of(request.study[0]) if request.study else None
    return study_function(expression, studied_variable(expression, request.study), ends)


def _box_study(request: Request) -> BoxStudy | CurveStudy:
    """A function in a box, or the curve of an equation."""
    names = check_box(request.study)
    expression = _in_box(request, names)
    check_not_code(expression)
    check_known([expression])
    check_boxed(expression, names)
    from derivcli.study.boxes.study_box import study_box
    from derivcli.study.boxes.study_implicit import study_implicit
    from derivcli.study.interval_ends import ends_of

    box = {interval.variable: ends_of(interval) for interval in request.study}
    return study_implicit(expression, box) if expression.sides else study_box(expression, box)


def _in_box(request: Request, names: Sequence[str]) -> Expression:
    """The formula, or the equation where both of its variables have an interval."""
    declared = replace(request, wrt=names)
    text = request.expressions[0]
    if isinstance(text, str) and "=" in text and len(names) == 2:
        with suppress(DerivError):
            (expression,) = parse(declared)
            if expression.name not in names:
                return expression
        return parse(replace(request, dependent=names[-1]))[0]
    return parse(declared)[0]


def _path_study(request: Request) -> CurveStudy:
    """A moving point, by two functions of a parameter."""
    expressions = parse(request)
    interval = check_path(expressions, request.parameter, request.study)
    for expression in expressions:
        check_not_code(expression)
    check_known(expressions)
    from derivcli.study.boxes.study_parametric import study_parametric
    from derivcli.study.interval_ends import ends_of

    return study_parametric(expressions[0], expressions[1], request.parameter, *ends_of(interval))


def check_box(intervals: Sequence[Interval]) -> tuple[str, ...]:
    """The variables of a box; refused where an interval is infinite, or there are too many, or two of one variable."""
    names = tuple(interval.variable for interval in intervals)
    if len({*names}) < len(names):
        raise DerivError("there are two intervals of one variable", hint="leave out all but one")
    if len(names) > MAX_BOX_VARIABLES:
        message = f"a study is in up to {MAX_BOX_VARIABLES} variables, and there are {len(names)}"
        raise DerivError(message, hint="give the others a value, as in `--let z=1`")
    for interval in intervals:
        if math.isinf(interval.low) or math.isinf(interval.high):
            hint = f"choose two finite ends, as in `--on {names[0]}=-10:10,{names[1]}=-10:10`"
            raise DerivError("a box has finite ends", hint=hint)
    return names


def check_boxed(expression: Expression, names: Sequence[str]) -> None:
    """Refuse a formula with a variable that has no interval, and the text that asks for a derivative."""
    source, span = expression.source, Span(0, len(expression.source))
    if expression.asked:
        raise DerivError("this asks for a derivative, and a study is of a function", source, span, "write the function")
    for name in expression.variables:
        if name not in names:
            hint = f"give it an interval, as in `--on {','.join(f'{each}=-5:5' for each in (*names, name))}`"
            raise DerivError(f"'{name}' has no interval", source, span, hint)


def check_path(expressions: Sequence[Expression], parameter: str, intervals: Sequence[Interval]) -> Interval:
    """The interval of a parameter; refused where there is none, or the functions are not two of that parameter."""
    if len(expressions) != 2:
        hint = f'write them like `deriv study "cos(t)" "sin(2t)" --parametric {parameter} --on {parameter}=0:2pi`'
        raise DerivError(f"a path in the plane has two coordinates, and there are {len(expressions)}", hint=hint)
    if len(intervals) != 1 or math.isinf(intervals[0].low) or math.isinf(intervals[0].high):
        message = "a path is studied on one interval with finite ends"
        raise DerivError(message, hint=f"add one, as in `--on {parameter}=0:2pi`")
    for expression in expressions:
        for name in {*expression.variables, *filter(None, [intervals[0].variable])}:
            if name != parameter:
                hint = f"the parameter is '{parameter}'; give others a value, as in `--let {name}=1`"
                span = Span(0, len(expression.source))
                raise DerivError(f"'{name}' is not the parameter", expression.source, span, hint)
    return intervals[0]
