"""What may be said of a derivative whose one-sided values are known: which kinds are true, and which numbers."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from derivcli.check.verdict import Verdict
from tests.germs import ROOT, Germ
from tests.stepped import Place

Number: TypeAlias = Fraction | float | None
"""An exact number, an infinity, or None for no number."""

LARGEST = Fraction(sys.float_info.max)
SPACING = Fraction(2) ** -1074
TOLERANCE = Fraction(1, 10**12)

SILENT: tuple[Number, ...] = (None,)


@dataclass(frozen=True, slots=True)
class Numbers:
    """For each number of a verdict what it may be."""

    truth: tuple[Number, ...] = SILENT
    left: tuple[Number, ...] = SILENT
    right: tuple[Number, ...] = SILENT


Admitted: TypeAlias = Mapping[str, Numbers]
"""The kinds that are true, and their numbers."""


def near(got: float | None, wanted: Number) -> bool:
    """Whether a float64 stands for a number."""
    if got is None or wanted is None:
        return got is wanted
    if isinstance(wanted, float):
        return got == wanted
    if abs(wanted) > LARGEST * (1 - TOLERANCE) and math.isinf(got):
        return (got > 0) == (wanted > 0)
    return math.isfinite(got) and abs(Fraction(got) - wanted) <= TOLERANCE * abs(wanted) + SPACING


def exists(number: Fraction) -> Admitted:
    """What may be said where the number exists."""
    numbers = Numbers(truth=(number,))
    kinds = ["proved", "agrees", "lossy", "wrong"]
    return dict.fromkeys([*kinds, "overflow"] if abs(number) > LARGEST * (1 - TOLERANCE) else kinds, numbers)


def admitted(place: Place, order: int) -> Admitted:
    """What may be said of the value, or of a derivative of some order."""
    if place.value is None:
        return {"undefined": Numbers(), **hole(place, order)}
    if order == 0:
        return exists(place.value)
    sides = [side for side in (place.left, place.right) if side is not None]
    if not sides:
        return {"isolated": Numbers()}
    numbers = one_sided(place, place.value, order)
    jump = {} if all(continuous(side, place.value) for side in sides) else {"jump": numbers}
    if len(sides) == 1:
        return {"edge": with_truth(numbers), **jump}
    return jump or smooth_or_corner(place, order)


def smooth_or_corner(place: Place, order: int) -> Admitted:
    """What may be said where the function is continuous and goes on to both sides."""
    for lower in range(1, order + 1):
        left, right = slope(place.left, -1, lower), slope(place.right, 1, lower)
        if left != right or not isinstance(left, Fraction):
            break
        if lower == order:
            return exists(left)
    sides = (slope(place.left, -1, order), slope(place.right, 1, order))
    numbers = [(each,) if lower == order else (None, each) for each in sides]
    kind = broken(left, right)
    return {kind: Numbers((None, left) if kind == "vertical" else SILENT, numbers[0], numbers[1])}


def broken(left: Number, right: Number) -> str:
    """The kind of a place with these one-sided derivatives."""
    if isinstance(left, float) and isinstance(right, float):
        return "vertical" if left == right else "cusp"
    return "corner"


def hole(place: Place, order: int) -> Admitted:
    """What may be said where limits fill a hole."""
    sides = [side for side in (place.left, place.right) if side is not None]
    if not sides or any(side.low < 0 for side in sides) or len({side.limit() for side in sides}) > 1:
        return {}
    limit = sides[0].limit()
    if order == 0:
        return {"hole": Numbers((None, limit), (None, limit), (None, limit))}
    numbers = one_sided(place, limit, order)
    if len(sides) == 1:
        return {"hole": with_truth(numbers)}
    lower = smooth_or_corner(place, order)
    truth = (None, *lower["proved"].truth) if "proved" in lower else SILENT
    return {"hole": Numbers(truth, numbers.left, numbers.right)}


def continuous(side: Germ, value: Fraction) -> bool:
    """Whether the limit of a side is the value."""
    return side.low >= 0 and side.limit() == value


def slope(side: Germ | None, sense: int, order: int) -> Number:
    """The one-sided derivative by x of a side without a pole; None where there is none of a lower order."""
    if side is None:
        return None
    rest = side.without(0)
    for lower in range(1, order + 1):
        power = lower * ROOT
        if rest.low < power:
            return math.inf * rest.sign() * float(sense) ** order if lower == order else None
        if lower == order:
            return rest.coefficient(power) * math.factorial(order) * Fraction(sense) ** order
        rest = rest.without(power)
    raise AssertionError("derivatives have an order above 0")


def one_sided(place: Place, value: Fraction, order: int) -> Numbers:
    """What each side's derivative may be said to be: nothing, or what it is."""
    return Numbers(left=side_numbers(place.left, -1, value, order), right=side_numbers(place.right, 1, value, order))


def side_numbers(side: Germ | None, sense: int, value: Fraction, order: int) -> tuple[Number, ...]:
    """Nothing, the derivative of a continuous side, or the infinity that the quotients of another one go to."""
    if side is None:
        return SILENT
    if continuous(side, value):
        return (None, slope(side, sense, order))
    steep = sense * (side - Germ.constant(value)).sign() * math.inf
    return (None, steep) if order == 1 else (None, steep, -steep)


def with_truth(numbers: Numbers) -> Numbers:
    """With the derivative of the only side as the truth."""
    return Numbers((*numbers.left, *numbers.right), numbers.left, numbers.right)


def fault(found: Admitted, verdict: Verdict, printed: float) -> str:
    """What is false in a verdict of a printed number; empty where nothing is."""
    if verdict.kind == "unchecked":
        return ""
    numbers = found.get(verdict.kind)
    if numbers is None:
        return f"{verdict.kind} is not one of {', '.join(found)}"
    for name in ("truth", "left", "right"):
        wanted: tuple[Number, ...] = getattr(numbers, name)
        got = getattr(verdict, name)
        if not any(near(got, each) for each in wanted):
            return f"{verdict.kind}: {name} {got} is not one of {', '.join(map(shown, wanted))}"
    return misjudged(verdict, numbers.truth, printed)


def shown(number: Number) -> str:
    """A number in a message."""
    if isinstance(number, Fraction) and abs(number) > LARGEST:
        return "a number beyond float64"
    return "none" if number is None else str(float(number))


def misjudged(verdict: Verdict, truth: tuple[Number, ...], printed: float) -> str:
    """What is false in the word about the printed number itself."""
    right = verdict.kind in ("proved", "agrees")
    off = verdict.kind in ("lossy", "wrong")
    if right and not any(near(printed, each) for each in truth):
        return f"{verdict.kind}, but {printed} is printed"
    if off and verdict.truth is not None and printed == verdict.truth:
        return f"{verdict.kind}, but {printed} is printed"
    return ""
