"""What Python gives as the values of a variable: numbers, texts, sequences of both, and arrays of any library.

An array is like a column of a file: it may be empty, and what is not finite keeps its place there. A number or a
sequence is like what is typed: there are some, and they are finite.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from numbers import Complex, Rational, Real
from typing import Any

import numpy as np

from derivcli.errors import ArgumentError, DerivError, failure
from derivcli.language import limits
from derivcli.language.parser.constant_folding import EXACT_BITS
from derivcli.language.tree import Tree, number
from derivcli.points.points import MAX_EXACT_INTEGER, Values
from derivcli.result import FloatArray

REFUSED_KINDS = {
    "b": ("truth values", "numbers are wanted, as in values.astype(float)"),
    "c": ("complex numbers", "take the real parts, as in values.real"),
    "M": ("times", "subtract a start and divide by a unit of time"),
    "m": ("spans of time", "divide them by a unit of time"),
    "S": ("bytes", "decode them"),
    "V": ("records", "take one field, as in values['x']"),
}
"""What an array of one of NumPy's kinds holds that is no number, and the way out."""

KEPT_HINT = "in an array such values keep their place, without numbers"


def parts_of(name: str, value: object) -> list[str | Values]:
    """The values that Python gives a variable, in their order: texts to be read, and numbers."""
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, bytes | bytearray):
        raise _no_points(name, value)
    if _is_array(value) and not isinstance(value, np.generic):
        values = _array(name, value)
        is_float = values.dtype.kind == "f"
        return [Values(np.atleast_1d(values))] if is_float else _runs(name, values.tolist(), from_array=True)
    if isinstance(value, Sequence):
        return _sequence(name, value)
    return [_values([_typed(name, value)])]


def _is_array(value: object) -> bool:
    return isinstance(value, memoryview) or hasattr(type(value), "__array__") or hasattr(value, "typecode")


def _sequence(name: str, values: Sequence[Any]) -> list[str | Values]:
    if isinstance(values, range) and values[limits.MAX_POINTS_HELD :]:
        message = f"'{name}' has more values than the {limits.MAX_POINTS_HELD:,} that are held in memory"
        raise ArgumentError(message, hint='write a range as a text, as in "0:1:11"')
    if not len(values):
        hint = "give one, or an empty array for no points"
        raise ArgumentError(f"'{name}' needs a number or an array of one dimension, and this is empty", hint=hint)
    if {*map(type, values)} <= {int, float} and all(
        -MAX_EXACT_INTEGER <= value <= MAX_EXACT_INTEGER for value in values
    ):
        return [Values(np.array(values, dtype=np.float64))]
    return _runs(name, values)


def _runs(name: str, items: Sequence[object], from_array: bool = False) -> list[str | Values]:
    """Items of many kinds, where texts that follow each other are one text, and so are numbers one piece."""
    if not items:
        return [Values(np.zeros(0))]
    found: list[str | Values] = []
    for is_text, run in groupby(items, lambda item: isinstance(item, str)):
        if is_text:
            found.append(",".join(map(str, run)))
        else:
            found.append(_values([_typed(name, item, from_array) for item in run]))
    return found


def _values(typed: Iterable[tuple[float, Tree | None]]) -> Values:
    numbers, trees = zip(*typed, strict=True)
    return Values(np.array(numbers, dtype=np.float64), trees if any(tree is not None for tree in trees) else None)


def _typed(name: str, item: Any, from_array: bool = False) -> tuple[float, Tree | None]:
    """One number as a float64, with its tree where it is exact and no float64."""
    if isinstance(item, np.generic) or _is_array(item):
        values = _array(name, item)
        if values.ndim or not values.size or values.dtype.kind != "f":
            raise _no_points(name, item)
        value, exact = float(values[()]), None
    else:
        value, exact = _float(name, item), _fraction(name, item)
    if not np.isfinite(value) and not from_array:
        raise ArgumentError(f"'{name}' has a value that is not finite", hint=f"points are finite numbers; {KEPT_HINT}")
    return value, None if exact is None or value == exact else number(exact)


def _float(name: str, item: Any) -> float:
    """The float64 nearest to a number of Python or SymPy."""
    if isinstance(item, bool) or not (isinstance(item, Real | Decimal) or hasattr(type(item), "__float__")):
        raise _no_points(name, item)
    try:
        value = float(item)
    except OverflowError:
        value = math.inf
    except Exception:  # SymPy and others raise what they like for what is no number
        raise _no_points(name, item) from None
    is_exact = item.is_finite() if isinstance(item, Decimal) else isinstance(item, Rational)
    if is_exact and (math.isinf(value) or value == 0 != item):
        raise ArgumentError(f"'{name}' has a value that is no float64", hint="give numbers between 5e-324 and 1.7e308")
    return value


def _fraction(name: str, item: object) -> Fraction | None:
    """The exact number that a whole number, a fraction or a decimal is."""
    if isinstance(item, Rational):
        exact = Fraction(int(item.numerator), int(item.denominator))
    elif isinstance(item, Decimal) and item.is_finite():
        exact = Fraction(item)
    else:
        return None
    if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > EXACT_BITS:
        raise ArgumentError(f"'{name}' has a value of too many digits", hint="round it, as in float(value)")
    return exact


def _array(name: str, value: Any) -> FloatArray:
    """An array of any library as one of NumPy's: of float64, or of objects or texts that are looked at one by one."""
    try:
        array = np.asarray(_dense(name, value))
    except DerivError:
        raise
    except Exception as error:  # whoever wrote the array may raise anything
        hint = "make a NumPy array of it"
        raise ArgumentError(f"'{name}' cannot be read as an array: {failure(error)}", hint=hint) from None
    kind = array.dtype.kind
    if kind in REFUSED_KINDS:
        what, hint = REFUSED_KINDS[kind]
        raise ArgumentError(f"'{name}' is given {what}, which are no points", hint=hint)
    if array.ndim > 1:
        hint = "flatten it, as in values.ravel()"
        raise ArgumentError(f"'{name}' needs a number or an array of one dimension, not of {array.ndim}", hint=hint)
    return _float64(name, array) if kind in "fiu" else np.atleast_1d(array)


def _float64(name: str, array: Any) -> FloatArray:
    """Numbers of another format as float64, which has to hold them."""
    with np.errstate(all="ignore"):
        values: FloatArray = np.asarray(array, dtype=np.float64)
        beyond = np.ravel(np.abs(values) >= MAX_EXACT_INTEGER if array.dtype.kind in "iu" else values != array)
    for place in np.flatnonzero(beyond).tolist():
        given, held = np.ravel(array)[place].item(), float(np.ravel(values)[place])
        if held == held and int(held) != given if array.dtype.kind in "iu" else given == given:
            message = f"'{name}' has a value that is no float64: {np.ravel(array)[place]}"
            raise ArgumentError(message, hint="round them yourself, as in values.astype(float), or give texts")
    return values


def _dense(name: str, value: Any) -> object:
    """An array without what NumPy would drop in silence or not read: gradients, devices, masks and gaps."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().to("cpu").resolve_conj().resolve_neg().to_dense()
        return value.double() if value.dtype.is_floating_point else value
    gaps = np.ma.getmaskarray(value).any() if isinstance(value, np.ma.MaskedArray) else _nulls(value)
    if gaps:
        hint = "fill the gaps, as in values.filled(numpy.nan), or leave them out"
        raise ArgumentError(f"'{name}' has places without a value", hint=hint)
    return np.ma.getdata(value) if isinstance(value, np.ma.MaskedArray) else value


def _nulls(value: object) -> bool:
    """Whether a column of Arrow or Polars has gaps, which NumPy would take for NaN."""
    count = getattr(value, "null_count", 0)
    return bool(count() if callable(count) else count)


def _no_points(name: str, value: object) -> DerivError:
    is_complex = isinstance(value, Complex) and not isinstance(value, Real)
    kind = "a complex number" if is_complex else "None" if value is None else type(value).__name__
    hint = 'give a number, a text such as "pi/2", a list of these, or an array'
    return ArgumentError(f"'{name}' is given {kind}, which is no point", hint=hint)
