"""What a function is called with: shapes that it takes, constants, and ordinary points or those that were typed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations, product

import torch
from torch import Tensor

from derivcli.custom.custom_function import REQUIRED, CustomFunction
from derivcli.custom.gradient_comparison import deviates
from derivcli.custom.subject import Argument, Columns, Subject, shape_text
from derivcli.custom.true_values import TrueValues, by_formula
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.language.expression import Expression
from derivcli.language.lexer.tokens import place_of
from derivcli.points.points import Points

ORDINARY_NUMBERS = (3.17, -0.43, 1.37, -2.69, 0.29, -1.73, 7.21, -6.37, 0.023, -0.061, 20.57, -18.43)
"""Numbers at which hardly any function has a corner or a jump, which many have at whole numbers and at tenths."""

MAX_POINTS = 12
"""So many points are tried, if there are as many."""

MAX_CANDIDATES = 600
"""So many are looked at for those at which the function is defined."""

SHAPED_POINTS = 3
"""So many points are tried of a function that takes tensors of shapes of its own."""

SHAPES: tuple[tuple[int, ...], ...] = ((4,), (3, 4), (5, 4), (4, 5), (3,), (4, 4), (2, 3, 4), (), (2, 3, 4, 4))
"""Shapes of arguments that are tried, the likeliest first."""

MAX_ASSIGNMENTS = 3000
SHAPES_SEED = 3


def bind(
    function: CustomFunction,
    formula: Expression | None = None,
    points: Points | None = None,
    wrt: Sequence[str] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    constants: Mapping[str, object] | None = None,
) -> Subject:
    """The function with arguments that it takes, pointwise if it can be so called, and points to try it at."""
    shapes, constants = shapes or {}, constants or {}
    arguments = tuple(_arguments(function, wrt, constants))
    tensors = [argument.name for argument in arguments if argument.shape is not None]
    empty = torch.zeros(len(tensors), 0, dtype=torch.float64)
    subject = Subject(function, arguments, empty, formula=formula, typed=points is not None)
    if not shapes:
        columns = ordinary_points(subject) if points is None else columns_at(points, tensors, function.name)
        subject = replace(subject, columns=columns)
        if points is not None or formula is not None or _is_pointwise(subject):
            return subject
    shaped = _shaped(subject, shapes)
    return subject if shaped is None else shaped


def _arguments(
    function: CustomFunction, wrt: Sequence[str] | None, constants: Mapping[str, object]
) -> Iterator[Argument]:
    for parameter in function.parameters:
        by_name = parameter.kind == "keyword"
        constant = constants.get(parameter.name, parameter.default)
        if constant is REQUIRED:
            yield Argument(parameter.name, (), None, wrt is None or parameter.name in wrt, by_name)
        else:
            yield Argument(parameter.name, None, constant, False, by_name)


def _is_pointwise(subject: Subject) -> bool:
    """Whether the forward takes all points as vectors, and that of each does not depend on the others."""
    try:
        found, alone = subject.value(subject.columns), subject.values
    except (UserCodeError, NoDerivativeError, DerivError):
        return False
    return not deviates(subject, found, TrueValues(alone), 0).any()


def _shaped(subject: Subject, shapes: Mapping[str, tuple[int, ...]]) -> Subject | None:
    """The function called once a point, with the first shapes that it takes; None where it takes none."""
    choices = [[shapes[each.name]] if each.name in shapes else list(SHAPES) for each in subject.tensor_arguments]
    for tried, assignment in enumerate(product(*choices)):
        if tried == MAX_ASSIGNMENTS:
            break
        given = iter(assignment)
        arguments = tuple(
            each if each.shape is None else replace(each, shape=next(given)) for each in subject.arguments
        )
        shaped = replace(subject, arguments=arguments, pointwise=False)
        shaped = replace(shaped, columns=_drawn_points(len(shaped.parameters)))
        try:
            if shaped.values.isfinite().all():
                return shaped
        except (UserCodeError, NoDerivativeError, DerivError):
            continue
    return None


def _drawn_points(entries: int) -> Columns:
    generator = torch.Generator().manual_seed(SHAPES_SEED)
    drawn = torch.randn(entries, SHAPED_POINTS, generator=generator, dtype=torch.float64)
    return (drawn * 100).round() / 100


def check_arguments(function: str, names: Iterable[str], parameters: Sequence[str], source: str = "") -> None:
    """Refuse what are no arguments of a function; `source` is a formula in which they stand."""
    for name in names:
        if name not in parameters:
            span = place_of(name, source) if source else None
            hint = f"its arguments are {', '.join(parameters)}"
            raise DerivError(f"'{function}' has no argument '{name}'", source, span, hint)


def columns_at(points: Points, parameters: Sequence[str], name: str) -> Columns:
    """The typed points, of shape (entries, points)."""
    limits.check_tried_points(points.count)
    check_arguments(name, points.names, parameters)
    for argument in parameters:
        if argument not in points.at:
            raise DerivError(f"'{argument}' has no value", hint=f"add one, as in `--at {argument}=1`")
    return torch.stack([torch.tensor(points.at[argument], dtype=torch.float64) for argument in parameters])


def ordinary_points(subject: Subject) -> Columns:
    """Points at which the formula has a value, or without one the forward; all, where that fails or gives none."""
    count = len(subject.parameters)
    found: list[tuple[float, ...]] = []
    for numbers in _candidates(count):
        if len(found) < MAX_POINTS and _is_defined(subject, numbers):
            found.append(numbers)
    chosen = found or list(_candidates(count))[:MAX_POINTS]
    return torch.tensor(chosen, dtype=torch.float64).T


def _candidates(count: int) -> Iterator[tuple[float, ...]]:
    """Ordinary numbers for so many arguments, no two of them the same, in the same order every time."""
    if count == 1:
        yield from ((number,) for number in ORDINARY_NUMBERS)
    elif count == 2:
        pairs = list(permutations(ORDINARY_NUMBERS, count))
        yield from random.Random(count).sample(pairs, len(pairs))
    else:
        choice = random.Random(count)
        pick = choice.sample if count <= len(ORDINARY_NUMBERS) else choice.choices
        yield from (tuple(pick(ORDINARY_NUMBERS, k=count)) for _ in range(MAX_CANDIDATES))


def _is_defined(subject: Subject, numbers: Sequence[float]) -> bool:
    columns = torch.tensor(numbers, dtype=torch.float64)[:, None]
    if subject.formula is not None:
        return bool(by_formula(subject.formula, subject.parameters, columns).known.all())
    try:
        return bool(subject.value(columns).isfinite().all())
    except (UserCodeError, NoDerivativeError, DerivError):
        return False


def constants_text(subject: Subject) -> str:
    """What shapes the arguments have and what constants there are, in words; empty where there is nothing to tell."""
    shapes = [f"{each.name} of shape {shape_text(each.shape or ())}" for each in subject.tensor_arguments]
    told = [f"{each.name} = {each.constant}" for each in subject.arguments if _is_told(each)]
    return ", ".join([*([] if subject.pointwise else shapes), *told])


def _is_told(argument: Argument) -> bool:
    return argument.shape is None and not isinstance(argument.constant, Tensor)
