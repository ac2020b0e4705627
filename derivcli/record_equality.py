"""When two records are equal: arrays by format, shape and numbers."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


def equal(record: Any, other: object) -> bool:
    """Whether two records of one class hold the same in every field, for `__eq__`."""
    names = [field.name for field in fields(record)]
    if other.__class__ is not record.__class__:
        return NotImplemented  # type: ignore[no-any-return]  # the answer of an __eq__ that does not know
    return all(same(getattr(record, name), getattr(other, name)) for name in names)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, arrays in format, shape and numbers, and NaN where the other has NaN.

    Dictionaries are the same in the same order, which is that of columns.
    """
    import numpy as np  # late, since the public list names what is compared

    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        has_nan = one.dtype.kind == "f"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=has_nan)
    if isinstance(one, dict) and isinstance(other, dict):
        return [*one] == [*other] and all(map(same, one.values(), other.values()))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)
