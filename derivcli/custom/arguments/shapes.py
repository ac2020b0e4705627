"""Shapes that tensor arguments may have together, the likeliest first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]
Assignment: TypeAlias = tuple[Shape, ...]
"""A shape for each tensor argument."""

SIZES = {"n": 3, "k": 4, "m": 5, "v": 2, "b": 2, "c": 3, "o": 4, "l": 6, "j": 3, "h": 2, "1": 1}
"""What letters of a template stand for: rows, columns, outputs, values, batches, channels, filters, lengths, kernels.

All that can be confused differ, so that what is transposed does not fit. There are fewer rows than columns, so that
the number of a row is one of a column too.
"""

SQUARE = 4
SQUARED = "nkmv"
"""Letters that stand for one size where rows, columns and outputs have to be as many."""

ALIKE = ("k", "nk", "kk", "-", "bnk", "bkk", "bcl", "bcll")
"""Shapes that all arguments may have, `-` is a number."""

TEMPLATES: Mapping[int, tuple[str, ...]] = {
    2: (
        "nk mk", "nk km", "k k", "nk nk", "nk k", "nk n", "nk m", "k km", "mk k", "k m", "k nk", "n nk", "nk k1",
        "nk n1", "nk 1k", "bnk bkm", "bnk km", "bnk bmk", "bnk k", "bcl ocj", "bcll ocjj", "bcl c", "bcll c", "k 1",
        "k -", "- k", "nk 1", "nk -", "- nk",
    ),
    3: (
        "nk mk m", "nk km m", "nk mk mv", "k k k", "nk nk nk", "nk k k", "nk m m", "nk mk mk", "nk nk n", "nk n n",
        "nk nk k", "nk n k", "nk km nm", "nk kk nk", "nk mk n", "k mk m", "k k -", "k - -", "nk nk -", "nk k -",
        "nk - -", "nk 1 1", "bnk bmk bmv", "bnk mk m", "bnk km m", "bnk k k", "bcl ocj o", "bcll ocjj o", "bcl c c",
        "bcll c c", "mk nk nm", "k km m",
    ),
    4: (
        "nk mk m vm", "nk mk mv nm", "nk mk mk mk", "nk mk m mk", "nk kk kk kk", "bnk bmk bmv nm", "nk nk nk n",
        "nk k k k", "nk k k -", "bcl c c -", "k k k -",
    ),
    5: ("nk mk m vm v", "nk mk m mk m", "nk k k k k", "bcl c c c c", "bcll c c c c", "bnk bmk bmv bnm -"),
}  # fmt: skip
"""Shapes of so many arguments that go together: layers, products of matrices, attention, convolutions, norms."""

INDEXED: Mapping[int, tuple[str, ...]] = {
    2: ("nk n", "nk nk", "n mk", "k k", "nk -", "- nk"),
    3: ("nk n k", "nk n n", "nk nk n", "mk nk mn"),
    4: ("nk mk mv nm",),
}
"""Shapes that come first where some of the arguments are indices or masks."""

SHAPES: tuple[Shape, ...] = ((4,), (3, 4), (5, 4), (4, 5), (3,), (4, 4), (2, 3, 4), (), (1,), (2, 3, 4, 4))
"""Shapes whose every combination is tried where no template fits."""

FREE = ("s", "n", "sm", "bns", "bsl", "bsll", "ss", "m")
"""Further shapes of what is combined with arguments whose shapes are given, in which `s` is one of their sizes."""

ROWS = (3, *range(2, 99))
"""So many rows arguments may have whose shapes are not given, the first that is no size of one that is."""

MAX_COMBINATIONS = 400


def assignments(fixed: Sequence[Shape | None], indexed: bool = False) -> tuple[list[Assignment], list[Assignment]]:
    """Shapes for arguments, of which those that are not None are fixed, each once, the likeliest first.

    In the second list some are single numbers that are not fixed. Some may be `indexed` by others.
    """
    count = len(fixed)
    texts = [
        *(INDEXED.get(count, ()) if indexed else ()),
        *TEMPLATES.get(count, ()),
        *(" ".join([text] * count) for text in ALIKE),
    ]
    likely = [expanded(text, SIZES) for text in texts]
    likely += [expanded(text, SIZES | dict.fromkeys(SQUARED, SQUARE)) for text in texts]
    around = _around(fixed) if any(shape is not None for shape in fixed) else ()
    found = dict.fromkeys([*around, *(each for each in likely if _agrees(each, fixed)), *_combinations(fixed)])
    single = [
        each for each in found if any(math.prod(one) == 1 and one != two for one, two in zip(each, fixed, strict=True))
    ]
    return [each for each in found if each not in {*single}], single


def expanded(text: str, sizes: Mapping[str, int]) -> Assignment:
    """The shapes that a template writes."""
    return tuple(tuple(sizes[letter] for letter in word if letter != "-") for word in text.split())


def _combinations(fixed: Sequence[Shape | None]) -> Iterator[Assignment]:
    """Every combination of usual shapes, up to a limit."""
    choices = [SHAPES if shape is None else (shape,) for shape in fixed]
    yield from islice(product(*choices), MAX_COMBINATIONS)


def _agrees(assignment: Assignment, fixed: Sequence[Shape | None]) -> bool:
    return all(shape is None or shape == each for shape, each in zip(fixed, assignment, strict=True))


def _around(fixed: Sequence[Shape | None]) -> Iterator[Assignment]:
    """Shapes of the others by the sizes of those that are fixed: rows of as many, the same, and what else there is."""
    sizes = dict.fromkeys(size for shape in fixed if shape for size in reversed(shape))
    others = SIZES | {"n": next((size for size in ROWS if size not in sizes), ROWS[0])}
    rows, *free = ([expanded(text, others | {"s": size})[0] for size in sizes] for text in ("ns", *FREE))
    same = [shape for shape in fixed if shape is not None]
    choices = [[*rows, *same, *chain(*free), ()] if shape is None else [shape] for shape in fixed]
    if any(shape is None for shape in fixed):
        yield from islice(product(*choices), MAX_COMBINATIONS)
    else:
        yield tuple(shape for shape in fixed if shape is not None)
