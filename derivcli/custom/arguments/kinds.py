"""What an argument may be where nobody says: a tensor of numbers, of indices or of truths, or a constant of Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import CodeType, FunctionType, MethodType
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.arguments.shapes import Shape
from derivcli.custom.loading.argument_names import in_formulas
from derivcli.custom.loading.custom_function import CustomFunction

TensorKind: TypeAlias = Literal["numbers", "indices", "few indices", "truths"]


@dataclass(frozen=True, eq=False)
class Choice:
    """A tensor of a kind, whose shape is to be found, or a constant."""

    tensor: TensorKind | None = None
    constant: object = None


NUMBERS, INDICES, FEW, TRUTHS = TENSORS = tuple(
    Choice(kind) for kind in ("numbers", "indices", "few indices", "truths")
)


def _constants(*values: object) -> tuple[Choice, ...]:
    return tuple(Choice(constant=value) for value in values)


REALS = _constants(0.5, 2.0)
WHOLES = _constants(2, 1, 0, -1)
FLAGS = _constants(True, False)
AXES = _constants(-1, 0, 1, (0,), (-1,), (0, 1))
SIZES = _constants((4,), (5, 4), (2,), (0,), (0, 1))
DEVICES = _constants(torch.device("cpu"))
FORMATS = _constants(torch.float64)
NOTHING = _constants(None)

ANNOTATED: tuple[tuple[str, tuple[Choice, ...]], ...] = (
    (r"LongTensor|IntTensor", (INDICES, FEW)),
    (r"BoolTensor", (TRUTHS,)),
    (r"Tensor", (NUMBERS, INDICES, FEW, TRUTHS)),
    (r"device", DEVICES),
    (r"dtype", FORMATS),
    (r"(?i)tuple|list|sequence|size|iterable", (*SIZES, *AXES)),
    (r"\bbool\b", FLAGS),
    (r"\bint\b|SymInt", WHOLES),
    (r"\bfloat\b|Number|Scalar", REALS),
)
"""What a pattern in an annotation says, the first that is found."""

NAMED: tuple[tuple[str, tuple[Choice, ...]], ...] = (
    (r"dims?|ax[ei]s", (*AXES, *WHOLES)),
    (r"ind(ex|ices|s)?|idx|ids?|labels?|perm(utation)?|positions?|.*_(idx|index|indices|ids)", (INDICES, FEW)),
    (r"targets?|y", (NUMBERS, INDICES, FEW)),
    (r"mask|condition|keep|.*_mask", (TRUTHS, NUMBERS)),
    (
        r"in_?place|training|train|keepdims?|inclusive|exclusive|reverse|descending|largest|causal|"
        r"(is|use|with|has|do)_.*|.*_flag|flag",
        FLAGS,
    ),
    (r"device", DEVICES),
    (r"dtype", FORMATS),
    (r"(normalized_|out(put)?_|in(put)?_)?(shape|sizes?)", SIZES),
)
"""What the whole name of an argument says where there is no annotation; letters such as n and k say nothing."""

REST = (NUMBERS, *REALS, *WHOLES, *FLAGS, INDICES, FEW, TRUTHS, *NOTHING, *AXES[3:], *SIZES, *DEVICES, *FORMATS)
"""What else is tried, in this order."""

MAX_WAYS = 100
MAX_CHOICES = 24
MAX_TEXTS = 12


def ways(
    function: CustomFunction, names: Sequence[str], typed: Mapping[str, tuple[Choice, ...]]
) -> Iterator[tuple[Choice, ...]]:
    """What arguments of these names may be together, the likeliest first; one at least is a tensor of numbers.

    `typed` is what those may be whose numbers were given.
    """
    if not names:
        yield ()
        return
    annotations, texts = annotations_of(function), texts_in(function)
    choices = [typed.get(name) or _choices(name, annotations.get(name, ""), texts) for name in names]
    ranked = sorted(
        product(*(range(len(each)) for each in _short(choices))), key=lambda places: (sum(places), max(places))
    )
    found = 0
    for places in ranked:
        way = tuple(each[place] for each, place in zip(choices, places, strict=True))
        if found < MAX_WAYS and NUMBERS in way:
            found += 1
            yield way


def _short(choices: Sequence[Sequence[Choice]]) -> list[Sequence[Choice]]:
    """Fewer choices for each of many arguments."""
    most = {1: MAX_CHOICES, 2: MAX_CHOICES, 3: 16, 4: 6, 5: 3}.get(len(choices), 2)
    return [each[:most] for each in choices]


def _choices(name: str, annotation: str, texts: Sequence[str]) -> list[Choice]:
    hinted = _hinted(name, annotation, texts)
    everything = [*hinted, *REST, *_constants(*texts)]
    return list(dict.fromkeys(everything))


def _hinted(name: str, annotation: str, texts: Sequence[str]) -> tuple[Choice, ...]:
    if re.search(r"\bstr\b|Literal", annotation):
        return _constants(*texts)
    for pattern, choices in ANNOTATED:
        if re.search(pattern, annotation):
            optional = re.search(r"Optional|None|\?", annotation)
            return (*choices, *NOTHING) if optional else choices
    if re.fullmatch(r"mode|reduction|method|kind|approximate|.*_mode", name):
        return _constants(*texts)
    return next((choices for pattern, choices in NAMED if re.fullmatch(pattern, name)), ())


def annotations_of(function: CustomFunction) -> dict[str, str]:
    """What is written behind the names of arguments, as text."""
    target: Any = function.target
    schema = getattr(getattr(target, "_opoverload", target), "_schema", None)
    if schema is not None:
        return {in_formulas(each.name): str(each.type) for each in schema.arguments}
    try:
        given = inspect.signature(forward_of(function)).parameters.values()
    except (TypeError, ValueError):
        return {}
    named = {
        in_formulas(each.name): each.annotation for each in given if each.annotation is not inspect.Parameter.empty
    }
    return {name: each if isinstance(each, str) else _written(each) for name, each in named.items()}


def _written(annotation: object) -> str:
    return (
        annotation.__name__
        if isinstance(annotation, type) and annotation.__module__ == "builtins"
        else (str(annotation))
    )


def forward_of(function: CustomFunction) -> Callable[..., Any]:
    """The code of the user's that is run first."""
    target: Any = function.target
    found: Callable[..., Any] = getattr(target, "forward", None) or getattr(target, "_init_fn", None) or target
    return found


def texts_in(function: CustomFunction) -> list[str]:
    """Words in the code of forward and of what it calls by name, such as those that a mode is compared with."""
    forward = inspect.unwrap(forward_of(function))
    codes = [each.__code__ for each in (forward, *_called(forward)) if isinstance(each, FunctionType | MethodType)]
    words = [each for code in codes for each in _constants_in(code) if re.fullmatch(r"[A-Za-z][\w-]{0,20}", each)]
    return list(dict.fromkeys(words))[:MAX_TEXTS]


def _called(function: Callable[..., Any]) -> Iterator[FunctionType]:
    """The functions outside of PyTorch that a function has at hand."""
    try:
        known = inspect.getclosurevars(function)
    except (TypeError, ValueError):  # it was not written in Python, or is not finished
        return
    for each in (*known.nonlocals.values(), *known.globals.values()):
        if isinstance(each, FunctionType) and each.__module__.partition(".")[0] != "torch":
            yield each


def _constants_in(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        for each in constant if isinstance(constant, tuple | frozenset) else (constant,):
            if isinstance(each, str):
                yield each
            elif isinstance(each, CodeType):
                yield from _constants_in(each)


def repeats(indices: Tensor) -> bool:
    """Whether a number stands among indices more than once."""
    return len({*indices.tolist()}) < len(indices)


def other_indices(indices: Tensor) -> Tensor | None:
    """Indices that are all different where some were not, or else the first two of which are one."""
    if not repeats(indices):
        return torch.cat([indices[:1], indices[:1], indices[2:]])
    return torch.arange(len(indices)) if len(indices) <= int(indices.max()) + 1 else None


def whole_numbers(kind: TensorKind, shape: Shape) -> Tensor:
    """A tensor of indices or truths: along the last axis all different, or only the first few ones."""
    length = shape[-1] if shape else 1
    count = max(1, torch.Size(shape).numel())
    steps = torch.arange(count).reshape(shape)
    if kind == "truths":
        return steps % 3 != 1
    last = torch.arange(length).roll(1) if shape else torch.zeros((), dtype=torch.long)
    return last.expand(shape).clone() if kind == "indices" else (steps * 2 + 1) % 3
