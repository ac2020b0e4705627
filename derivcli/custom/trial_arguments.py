"""What a function is tried with: ordinary points or those that were typed, and Python numbers for constants."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations, product

import torch

from derivcli.custom.true_values import by_formula
from derivcli.custom.user_function import (
    POINT_BY_POINT,
    Columns,
    NoDerivativeError,
    UserCodeError,
    UserFunction,
    user_code,
)
from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.language.lexer.tokens import place_of
from derivcli.points.points import Points

ORDINARY_NUMBERS = (3.17, -0.43, 1.37, -2.69, 0.29, -1.73, 7.21, -6.37, 0.023, -0.061, 20.57, -18.43)
"""Numbers at which hardly any function has a corner or a jump, which many have at whole numbers and at tenths."""

MAX_POINTS = 12
"""So many points are tried, if there are as many."""

MAX_CANDIDATES = 600
"""So many are looked at for those at which the function is defined."""


def check_arguments(function: str, names: Iterable[str], parameters: Sequence[str], source: str = "") -> None:
    """Refuse what are no arguments of a function; `source` is a formula in which they stand."""
    for name in names:
        if name not in parameters:
            span = place_of(name, source) if source else None
            hint = f"its arguments are {', '.join(parameters)}"
            raise DerivError(f"'{function}' has no argument '{name}'", source, span, hint)


def columns_at(points: Points, parameters: Sequence[str], name: str) -> Columns:
    """The typed points, a tensor of shape (points,) for each argument."""
    limits.check_tried_points(points.count)
    check_arguments(name, points.names, parameters)
    for argument in parameters:
        if argument not in points.at:
            raise DerivError(f"'{argument}' has no value", hint=f"add one, as in `--at {argument}=1`")
    return tuple(torch.tensor(points.at[argument], dtype=torch.float64) for argument in parameters)


def ordinary_points(subject: UserFunction) -> Columns:
    """Points at which the formula has a value, or without one the forward; all, where that fails or gives none."""
    count = len(subject.parameters)
    found: list[tuple[float, ...]] = []
    for numbers in _candidates(count):
        if len(found) < MAX_POINTS and _is_defined(subject, numbers):
            found.append(numbers)
    chosen = found or list(_candidates(count))[:MAX_POINTS]
    return tuple(torch.tensor(column, dtype=torch.float64) for column in zip(*chosen, strict=True))


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


def _is_defined(subject: UserFunction, numbers: Sequence[float]) -> bool:
    columns = tuple(torch.tensor([number], dtype=torch.float64) for number in numbers)
    if subject.formula is not None:
        return bool(by_formula(subject.formula, subject.parameters, columns).known.all())
    try:
        return bool(subject.value(columns).isfinite().all())
    except (UserCodeError, NoDerivativeError):
        return False


MAX_SHAPED_ARGUMENTS = 4
"""Of so many arguments other shapes are tried."""

EXAMPLE_NUMBER = 2
"""A whole number that stands for one that nobody gave."""


def with_numbers(subject: UserFunction) -> UserFunction:
    """The function as it can be called: where its forward takes no tensors for its constants, with Python numbers.

    Raises DerivError where it takes Python numbers or tensors of other shapes than it can be given here. One that
    fails with all of them is left as it is.
    """
    one = replace(subject, columns=tuple(x[:1] for x in subject.columns))
    if _runs(one):
        return subject
    whole = [index for index in _constants(subject) if bool((subject.columns[index].frac() == 0).all())]
    for indices in [*((index,) for index in whole), whole]:
        numbers = {index: int(subject.columns[index][0]) for index in indices}
        if _runs(replace(one, numbers=numbers)):
            return replace(subject, numbers=_alike(subject, numbers))
    _refuse(one)
    return subject


def _alike(subject: UserFunction, numbers: dict[int, int]) -> dict[int, int]:
    for index, number in numbers.items():
        if (subject.columns[index] != number).any():
            name = subject.parameters[index]
            message = f"'{subject.name}' takes '{name}' as a Python number, which is one for all points"
            raise DerivError(message, hint=f"give it one value, as in `--at {name}={number}`")
    return numbers


def _constants(subject: UserFunction) -> list[int]:
    return [index for index in range(len(subject.parameters)) if index not in subject.indices]


def _refuse(one: UserFunction) -> None:
    """Raise DerivError where a forward works that is called in another way."""
    for indices in _choices(one):
        if _runs(replace(one, numbers=dict.fromkeys(indices, EXAMPLE_NUMBER))):
            others = [name for index, name in enumerate(one.parameters) if index not in indices]
            numbers_text = [one.parameters[index] for index in indices]
            at = ",".join([*(f"{name}=0.5" for name in others), *(f"{name}={EXAMPLE_NUMBER}" for name in numbers_text)])
            what, no = ("a Python number", "a tensor") if len(numbers_text) == 1 else ("Python numbers", "tensors")
            message = f"'{one.name}' takes {what} for {' and '.join(numbers_text)}, not {no}"
            raise DerivError(message, hint=f"give whole numbers, as in `--wrt {','.join(others)} --at {at}`")
    if _takes_other_shapes(one):
        message = f"'{one.name}' takes tensors of several dimensions, and no vector with a number for each point"
        raise DerivError(message, hint=POINT_BY_POINT)


def _choices(subject: UserFunction) -> Iterator[tuple[int, ...]]:
    """Arguments that may be Python numbers, never all of them: each alone, then all that are constants."""
    if len(subject.parameters) > 1:
        yield from ((index,) for index in range(len(subject.parameters)))
        yield tuple(_constants(subject))


def _runs(subject: UserFunction) -> bool:
    """Whether the forward does not fail, be it of use or not."""
    try:
        subject.value(subject.columns)
    except UserCodeError:
        return False
    except (DerivError, NoDerivativeError):
        return True
    return True


def _takes_other_shapes(one: UserFunction) -> bool:
    """Whether the forward takes matrices, perhaps together with vectors or images."""
    if len(one.parameters) > MAX_SHAPED_ARGUMENTS:
        return False
    for dimensions in product((2, 1, 4), repeat=len(one.parameters)):
        given = [x[0].expand((2,) * dimension).clone() for x, dimension in zip(one.columns, dimensions, strict=True)]
        try:
            with user_code("forward"):
                one.function.apply(*given)  # type: ignore[no-untyped-call]
        except UserCodeError:
            continue
        return True
    return False


def numbers_text(subject: UserFunction) -> str:
    """Which arguments are Python numbers, in words; empty where none are."""
    names = [f"{subject.parameters[index]} = {number}" for index, number in subject.numbers.items()]
    return f"{' and '.join(names)} as {'a Python number' if len(names) == 1 else 'Python numbers'}" if names else ""
