"""Gradients compared with what they should be: whether they differ, and what kind of mistake the difference shows."""

from __future__ import annotations

import torch
from torch import Tensor

from derivcli.check.verdict import DTYPE_DIGITS
from derivcli.custom.faults.recognized_gradients import NOT_STATED, NOT_STATED_BUT_ZERO, recognized
from derivcli.custom.report import Outcome, failed, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.truth.true_values import ERROR_FACTOR, TrueValues

RELATIVE_TOLERANCE = 1e-6
"""Numbers with no larger relative error are right; how many of their digits are right is reported."""

MAX_ULPS = 64
"""Units in the last place that a number of the function's size may be off, however small its derivative is."""

UNDERFLOW_SIZE = 1e-250
"""Numbers below this size are near underflow and may be anything."""

NOISE_FACTOR = 30.0
"""This many times the measured rounding is allowed, up to MAX_NOISE_SHARE of a number."""
MAX_NOISE_SHARE = 1e-3

ZERO_FACTOR = 1e3
"""A number this many times larger than its tolerance is surely not 0."""

MIN_RIGHT_POINTS = 2
"""Right numbers at fewer points may be chance."""

WHOLE_SHARE = 0.75
"""The share of the points that must show what is said of the function as a whole."""

DIGITS_QUANTILE = 0.9
"""The quantile of right digits that counts, since a few numbers have more by chance."""

MIN_CONSTANT_DIGITS = 2
"""A rounded constant leaves more right digits than this."""


def rounding_floor(subject: Subject, order: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """What rounding of the function's own numbers makes of a derivative, at every point.

    A derivative may be computed from the value, as that of tanh is from 1 - y**2.
    """
    return floor_at(subject.values, subject.values, subject.columns, order, dtype)


def floor_at(values: Tensor, usual: Tensor, columns: Columns, order: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """What rounding of the numbers that a function has at points makes of a derivative there.

    `usual` are those at the points of the subject.
    """
    values, usual = (torch.where(each.isfinite(), each.abs(), 0.0) for each in (values, usual))
    size = torch.maximum(values, usual.max().clamp(max=1.0))
    nearest = columns.abs().amin(0).clamp(1e-3, 1.0)
    return MAX_ULPS * torch.finfo(dtype).eps * size / nearest**order + UNDERFLOW_SIZE


def tolerance_of(truth: TrueValues, rounding_floor: Tensor, rounding: Tensor | float = 0.0) -> Tensor:
    """How far a number may be from the truth."""
    size = truth.numbers.abs()
    noisy = torch.minimum(NOISE_FACTOR * torch.as_tensor(rounding), MAX_NOISE_SHARE * size).nan_to_num()
    return ERROR_FACTOR * truth.errors + RELATIVE_TOLERANCE * size + rounding_floor + noisy


def are_wrong(found: Tensor, truth: TrueValues, tolerance: Tensor) -> Tensor:
    """Where a number is not the true one, as far as that is known."""
    return truth.known & ~((found - truth.numbers).abs() <= tolerance)


def digits(found: Tensor, truth: TrueValues, rounding_floor: Tensor) -> Tensor:
    """How many digits of each number are right; all where nothing is known or the difference is but rounding."""
    error = (found - truth.numbers).abs()
    right = -torch.log10(error / truth.numbers.abs())
    most = DTYPE_DIGITS["float64"]
    right = torch.where((error <= rounding_floor) | ~truth.known, most, right)
    return right.nan_to_num(0.0, most).clamp(0, most)


def digits_text(subject: Subject, found: Tensor, truth: TrueValues, order: int) -> str:
    """How many digits of a derivative are right at every point, in words."""
    right = digits(found, truth, rounding_floor(subject, order))
    return f"{'at least ' * (right.min() < right.max())}{int(right.min())} digits"


def points_text(count: int) -> str:
    """So many points, in words."""
    return f"{count} point{'s' * (count != 1)}"


def deviation_text(subject: Subject, index: tuple[int, ...], found: Tensor, due: Tensor, which: str = "") -> str:
    """Where a number is, what it is and what it should be, in words."""
    return f"{subject.at(index[-1])}{which}: {should_be(found[index].item(), due[index].item())}"


def should_be(found: float, due: float) -> str:
    """A number and what it should be, in words, in so many digits that these differ."""
    found, due = found + 0.0, due + 0.0  # no -0
    digits = next((each for each in (6, 10) if f"{found:.{each}g}" != f"{due:.{each}g}"), 17)
    return f"{found:.{digits}g}, should be {due:.{digits}g}"


def first_true(mask: Tensor) -> tuple[int, ...]:
    """The index of the first true element; points, the last axis, go first."""
    by_point = mask.movedim(-1, 0)
    point, *others = by_point.nonzero()[0].tolist()
    return (*others, point)


def deviates(subject: Subject, found: Tensor, truth: TrueValues, order: int, rounding: Tensor | float = 0.0) -> Tensor:
    """Where a derivative of an order is not the true one, beyond what rounding makes of it."""
    return are_wrong(found, truth, tolerance_of(truth, rounding_floor(subject, order), rounding))


def as_expected(
    subject: Subject,
    found: Tensor,
    due: Tensor,
    kind: str,
    sentence: str,
    rounding: Tensor | float = 0.0,
    setting: str = "",
) -> Outcome:
    """The outcome for gradients of shape (rows, points) that should be `due`."""
    off = deviates(subject, found, TrueValues(due), 1, rounding)
    if not off.any():
        return passed()
    index = first_true(off)
    by = f", by {subject.wrt[index[0]]}" if len(found) > 1 else ""
    return failed(kind, sentence, deviation_text(subject, index, found, due, setting + by))


def gradient_fault(subject: Subject, found: Tensor, truth: TrueValues, tolerance: Tensor) -> Outcome | None:
    """What is wrong with gradients of shape (rows, points); None where nothing is."""
    off = are_wrong(found, truth, tolerance)
    if not off.any():
        return None
    off = off & found.isfinite() if (off & found.isfinite()).any() else off  # what has no number comes second
    index = first_true(off)
    name = subject.wrt[index[0]] if len(subject.parameters) > 1 else ""
    detail = deviation_text(subject, index, found, truth.numbers, f", by {name}" if name else "")
    swapped = _swapped(subject, found, truth, tolerance, off)
    if swapped:
        return failed("swapped", swapped, detail)
    meant = recognized(subject, found, truth, tolerance, off)
    if meant:
        return failed(*meant, detail)
    looks = [_look(subject, *row) for row in zip(found, truth.numbers, tolerance, off, strict=True) if row[3].any()]
    kind, sentence = looks[0]
    stated = subject.stated.get(subject.owners[index[0]])
    if stated is not None and kind == "derivative":
        return failed("stated", NOT_STATED.format(stated.source), detail)
    if stated is not None and kind == "zero":
        return failed("zero", NOT_STATED_BUT_ZERO.format(stated.source), detail)
    alike = len(looks) == len(subject.indices) and all(look == looks[0] for look in looks)
    what, colon, why = sentence.partition(":")
    return failed(kind, f"{what} in {name}{colon}{why}" if name and not alike else sentence, detail)


def _swapped(subject: Subject, found: Tensor, truth: TrueValues, tolerance: Tensor, off: Tensor) -> str:
    bad = [index for index in range(len(off)) if off[index].any()]
    if len(bad) != 2 or not truth.known[bad].any():
        return ""
    a, b = bad
    crossed = TrueValues(truth.numbers[[b, a]], truth.errors[[b, a]])
    if are_wrong(found[[a, b]], crossed, tolerance[[a, b]] + tolerance[[b, a]]).any():
        return ""
    return f"the gradients of {subject.wrt[a]} and {subject.wrt[b]} are swapped"


def _look(subject: Subject, found: Tensor, true: Tensor, tolerance: Tensor, off: Tensor) -> tuple[str, str]:
    known = true.isfinite()
    if not found[off].isfinite().all():
        return "infinite", "backward gives no finite number where there is a derivative"
    known = known & found.isfinite()
    found, true, tolerance = found[known], true[known], tolerance[known]
    if (found == 0).all():
        return "zero", "backward gives 0, and forward varies"
    if _are_near(found, -true, tolerance):
        return "sign", "wrong sign"
    ratio = (found / true)[true.abs() > ZERO_FACTOR * tolerance].median()
    if len(found) > 1 and f"{ratio.item():.6g}" != "1" and _are_near(found, ratio * true, tolerance):
        return "factor", f"off by a factor {ratio.item():.6g}"
    if len(found) == 1 and _is_simple(ratio.item()) and _are_near(found, ratio * true, tolerance):
        return "factor", f"off by a factor {ratio.item():.6g} at this point"
    shift = (found - true).median()
    if len(found) > 2 and shift.abs() > tolerance.median() and _are_near(found, true + shift, tolerance):
        return "constant", f"off by an added constant {shift.item():.6g}"
    return _rest(subject, found, true, tolerance, off[known])


def _are_near(found: Tensor, others: Tensor, tolerance: Tensor) -> bool:
    return bool(((found - others).abs() <= 2 * tolerance + RELATIVE_TOLERANCE * others.abs()).all())


def _is_simple(ratio: float) -> bool:
    """Whether a ratio is a small whole number, or one over the other."""
    both = (ratio, 1 / ratio if ratio else 0.0)
    return any(2 <= abs(each) <= 12 and abs(each - round(each)) < 1e-9 for each in both)


def _rest(subject: Subject, found: Tensor, true: Tensor, tolerance: Tensor, off: Tensor) -> tuple[str, str]:
    """The kind and the sentence of a gradient that is another, a little or much, everywhere or somewhere.

    The numbers are those of the points that are known.
    """
    best = _rounded(found, true, tolerance)
    if best > MIN_CONSTANT_DIGITS:
        return "digits", f"backward is right to {best} digits at best: a constant that is rounded?"
    if len(found) - int(off.sum()) >= MIN_RIGHT_POINTS:
        where = f"at {int(off.sum())} of {points_text(subject.count)}" if subject.typed else "at some of the points"
        few = int(_right(found, true)[off].min())
        if few > MIN_CONSTANT_DIGITS:
            return "digits", f"backward is right to {few} digits only {where}: a constant that is rounded?"
        return "somewhere", f"backward is wrong {where}"
    return "derivative", "backward is not the derivative of forward"


def _rounded(found: Tensor, true: Tensor, tolerance: Tensor) -> int:
    """How many digits the best of the numbers have that are all a little off, as by a rounded constant; 0 if not so."""
    error, size = (found - true).abs(), true.abs()
    if (error > tolerance - RELATIVE_TOLERANCE * size).double().mean() < WHOLE_SHARE:
        return 0
    right = _right(found, true)
    return int(right.quantile(DIGITS_QUANTILE)) if right.median() > MIN_CONSTANT_DIGITS else 0


def _right(found: Tensor, true: Tensor) -> Tensor:
    return -torch.log10((found - true).abs() / true.abs()).nan_to_num(0.0)
