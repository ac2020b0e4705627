"""What a forward takes beside tensors of one shape: Python numbers for constants, or what cannot be tried here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from derivcli.custom.probe import NoDerivativeError, OwnError, Subject, own
from derivcli.errors import DerivError

MANY = 4
"""Of so many arguments other shapes are tried."""

EXAMPLE = 2
"""A whole number that stands for one that nobody gave."""


def with_numbers(subject: Subject) -> Subject:
    """The function as it can be called: where its forward takes no tensors for its constants, with Python numbers.

    Raises DerivError where it takes Python numbers or tensors of other shapes than it can be given here. One that
    fails with all of them is left as it is.
    """
    one = replace(subject, columns=tuple(x[:1] for x in subject.columns))
    if _runs(one):
        return subject
    whole = [place for place in _constants(subject) if bool((subject.columns[place].frac() == 0).all())]
    for places in [*((place,) for place in whole), whole]:
        numbers = {place: int(subject.columns[place][0]) for place in places}
        if _runs(replace(one, numbers=numbers)):
            return replace(subject, numbers=_alike(subject, numbers))
    _refuse(one)
    return subject


def _alike(subject: Subject, numbers: dict[int, int]) -> dict[int, int]:
    """The numbers, if they are the same at every point."""
    for place, number in numbers.items():
        if (subject.columns[place] != number).any():
            name = subject.parameters[place]
            message = f"'{subject.name}' takes '{name}' as a Python number, which is one for all points"
            raise DerivError(message, hint=f"give it one value, as in `--at {name}={number}`")
    return numbers


def _constants(subject: Subject) -> list[int]:
    """The arguments that it is not differentiated by."""
    return [place for place in range(len(subject.parameters)) if place not in subject.places]


def _refuse(one: Subject) -> None:
    """Raise DerivError where a forward works that is called otherwise."""
    for places in _choices(one):
        if _runs(replace(one, numbers=dict.fromkeys(places, EXAMPLE))):
            others = [name for place, name in enumerate(one.parameters) if place not in places]
            named = [one.parameters[place] for place in places]
            at = ",".join([*(f"{name}=0.5" for name in others), *(f"{name}={EXAMPLE}" for name in named)])
            what, no = ("a Python number", "a tensor") if len(named) == 1 else ("Python numbers", "tensors")
            message = f"'{one.name}' takes {what} for {' and '.join(named)}, not {no}"
            raise DerivError(message, hint=f"give whole numbers, as in `--wrt {','.join(others)} --at {at}`")
    if _takes_other_shapes(one):
        message = f"'{one.name}' takes tensors of several dimensions, and no vector with a number for each point"
        hint = "formulas call functions that work point by point; torch.autograd.gradcheck takes others"
        raise DerivError(message, hint=hint)


def _choices(subject: Subject) -> Iterator[tuple[int, ...]]:
    """Arguments that may be Python numbers, never all of them: each, then those that are meant as constants."""
    if len(subject.parameters) > 1:
        yield from ((place,) for place in range(len(subject.parameters)))
        yield tuple(_constants(subject))


def _runs(subject: Subject) -> bool:
    """Whether the forward does not fail, be it of use or not."""
    try:
        subject.value(subject.columns)
    except OwnError:
        return False
    except (DerivError, NoDerivativeError):
        return True
    return True


def _takes_other_shapes(one: Subject) -> bool:
    """Whether the forward takes matrices, and vectors or images beside them."""
    if len(one.parameters) > MANY:
        return False
    for dimensions in product((2, 1, 4), repeat=len(one.parameters)):
        given = [x[0].expand((2,) * dimension).clone() for x, dimension in zip(one.columns, dimensions, strict=True)]
        try:
            with own("forward"):
                one.function.apply(*given)  # type: ignore[no-untyped-call]
        except OwnError:
            continue
        return True
    return False


def named(subject: Subject) -> str:
    """Which arguments are Python numbers, in words; empty where none are."""
    names = [f"{subject.parameters[place]} = {number}" for place, number in subject.numbers.items()]
    return f"{' and '.join(names)} as {'a Python number' if len(names) == 1 else 'Python numbers'}" if names else ""
