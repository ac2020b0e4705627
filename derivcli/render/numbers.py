"""Numbers as text: the shortest that reads back the same, or so many significant digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from derivcli.result import FloatArray


def number_texts(values: FloatArray, digits: int | None = None) -> list[str]:
    """Each number of an array: 38 and not 38.0, 1e16 and not 1e+16; "nan", "inf" or "-inf"."""
    if digits is not None:
        return [_tidy(format(value, f".{digits}g")) for value in values.tolist()]
    if values.dtype == np.float32:
        return [_tidy(str(value)) for value in values]
    return [_tidy(repr(value)) for value in values.tolist()]


def aligned(texts: Sequence[str]) -> list[str]:
    """The texts padded to one width, with the points of the numbers under each other."""
    heads = [_head(text) for text in texts]
    left = max((len(head) for head in heads), default=0)
    right = max((len(text) - len(head) for text, head in zip(texts, heads, strict=True)), default=0)
    return [
        " " * (left - len(head)) + text + " " * (right - len(text) + len(head))
        for text, head in zip(texts, heads, strict=True)
    ]


def _head(text: str) -> str:
    """What stands before a number's point; words such as "nan" count as whole."""
    return text.partition(".")[0].partition("e")[0]


def _tidy(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa
