"""What a picture shows: lines broken where they would be false, in panels whose axes show their shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcli.errors import DerivError, visible
from derivcli.pictures.sampling.discontinuities import Floats, broken, derivative_gaps, function_gaps, lonely, window
from derivcli.render.labels import Label, raised
from derivcli.render.quantities import arguments_of, field_name, function_names, notation_of
from derivcli.result import ALONG, FloatArray, Result, partial_of

COMPARABLE = 20
"""Functions and derivatives share one pair of axes while their scales differ by less than this factor."""

# Okabe and Ito's palette: told apart by every kind of colour vision.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

NAME_LETTERS = 24
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the picture, sorted by `x`, with nan where it is not drawn.

    `window` is the vertical range that shows its shape; `circles` are the points that stand off the line.
    `order` is 0 for the function and counts its derivatives from 1.
    """

    label: str
    x: Floats
    y: Floats
    window: tuple[float, float]
    circles: tuple[Floats, Floats]
    color: str
    order: int

    @property
    def is_cut(self) -> bool:
        """Whether some of it lies outside its window."""
        return bool(((self.y < self.window[0]) | (self.y > self.window[1])).any())


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves that share a vertical axis, in units of ten to the power `unit`, from `low` to `high`."""

    curves: list[Curve]
    low: float
    high: float
    unit: int
    logarithmic: bool


def with_place(result: Result) -> Result:
    """The result at the points that have a place in a picture: files may hold others."""
    there = result.finite
    if there.all():
        return result
    at = {name: values[there] for name, values in result.at.items()}
    derivatives = {key: values[there] for key, values in result.derivatives.items()}
    return replace(result, at=at, value=result.value[there], derivatives=derivatives, flags=result.flags[there])


def varying(at: dict[str, FloatArray]) -> str:
    """The name of the one variable that takes several values."""
    names = [name for name, values in at.items() if len(np.unique(values)) > 1]
    if not names:
        raise DerivError("a plot needs a range of points", hint="try `--at x=-3:3:100`")
    if len(names) > 1:
        raise DerivError(
            f"a plot shows one variable, and {' and '.join((', '.join(names[:-1]), names[-1]))} vary",
            hint="give all but one of them a single value",
        )
    return names[0]


def panels_of(results: Sequence[Result], name: str) -> list[Panel]:
    """The functions and derivatives over the variable `name`, arranged for drawing."""
    with np.errstate(all="ignore"):
        curves = [curve for index in range(len(results)) for curve in _curves(results, index, name)]
        if not any(np.isfinite(curve.y).any() for curve in curves):
            raise DerivError("no value in this range is finite", hint="choose points where the function is defined")
        return _panels(curves)


def _curves(results: Sequence[Result], index: int, name: str) -> list[Curve]:
    """The lines of one function and its derivatives, told apart by colour and, in grey print, by dashes."""
    result = results[index]
    # Files may hold a point twice, and points in any order.
    x, places = np.unique(np.asarray(result.at[name], dtype=np.float64), return_index=True)
    y, flags = _finite(result.value[places]), result.flags[places]
    known = result.direction is None and name in result.derivatives
    slope = _finite(result.derivatives[name][places]) if known else None
    special = lonely((flags != 0) & np.isfinite(y))
    gaps, slope_gaps = function_gaps(x, y, slope, special, flags)
    color = COLORS[index % len(COLORS)]
    curves = [Curve(label(results, index), *broken(x, y, gaps), window(y), (x[:0], y[:0]), color, 0)]
    for number, (key, values) in enumerate(result.derivatives.items()):
        # Where the function has no value it has no derivative, though PyTorch gives log one at -1.
        slope = np.where(np.isfinite(y), _finite(values[places]), np.nan)
        off, by = special & np.isfinite(slope), partial_of(key)
        # Where floor(u) + v steps along u, its derivative by v does not.
        inherited = slope_gaps if name in by or ALONG in by else np.zeros_like(gaps)
        kept, breaks = derivative_gaps(x, slope, off, inherited, poles=not known or by != (name,))
        line, circles = broken(x[kept], slope[kept], breaks), (x[off], slope[off])
        is_own = len(results) > 1 and not result.sums
        color = COLORS[(index if is_own else index + number + 1) % len(COLORS)]
        curves.append(Curve(label(results, index, key), *line, window(slope), circles, color, number + 1))
    return curves


def _finite(values: FloatArray) -> Floats:
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _panels(curves: list[Curve]) -> list[Panel]:
    """One panel where functions and derivatives are of comparable size, otherwise one for each."""
    functions = [curve for curve in curves if not curve.order]
    derivatives = [curve for curve in curves if curve.order]
    scales = [_scale(functions), _scale(derivatives)]
    if min(scales) == 0 or max(scales) < COMPARABLE * min(scales):
        return [_panel(curves)]
    return [_panel(functions), _panel(derivatives)]


def _scale(curves: list[Curve]) -> float:
    """The height of an axis that shows the curves and zero, divided by 32 so that it does not overflow."""
    ends = np.array([end for curve in curves for end in curve.window if np.isfinite(end)]) / 32
    return float(np.max(ends, initial=0) - np.min(ends, initial=0))


def _panel(curves: list[Curve]) -> Panel:
    """The curves with the vertical axis that suits them: logarithmic, in units of a power of ten, or neither."""
    low, high = _range(curves)
    if all(_is_explosive(curve) for curve in curves):
        return Panel([_changed(curve, np.log10) for curve in curves], *_padded(np.log10(low), np.log10(high)), 0, True)
    exponent = unit_of(np.array([low, high]))
    unit = 10.0**exponent
    low, high = _padded(low / unit, high / unit)
    # What lies far outside is brought nearer, since the drawing routines subtract any two values.
    near = low - 10 * (high - low), high + 10 * (high - low)
    return Panel([_changed(curve, lambda y: np.clip(y / unit, *near)) for curve in curves], low, high, exponent, False)


def _range(curves: list[Curve]) -> tuple[float, float]:
    """The vertical range that shows each curve; of several with poles, the tamest says how far all are shown."""
    reach = min((max(-curve.window[0], curve.window[1]) for curve in curves if curve.is_cut), default=np.inf)
    windows = []
    for curve in curves:
        low, high = curve.window
        near = curve.is_cut and low < reach and high > -reach
        windows.append((max(low, -reach), min(high, reach)) if near else (low, high))
    return float(np.nanmin(windows)), float(np.nanmax(windows))


def _is_explosive(curve: Curve) -> bool:
    """Whether its positive values would look like a corner on a linear axis, as those of exp(x) up to 700 do."""
    finite = curve.y[np.isfinite(curve.y)]
    if not finite.size or curve.is_cut:
        return not finite.size
    return bool(finite.min() > 0 and finite.max() / 1e6 > np.median(finite))


def _changed(curve: Curve, change: Callable[[Floats], Floats]) -> Curve:
    return replace(curve, y=change(curve.y), circles=(curve.circles[0], change(curve.circles[1])))


def unit_of(values: Floats) -> int:
    """The power of ten to take as a unit: 0, except near the ends of float64, where axes overflow."""
    largest = np.max(np.abs(values))
    exponent = int(np.floor(np.log10(largest))) if largest > 0 else 0
    return int(np.clip(exponent, -300, 308)) if abs(exponent) >= 250 else 0


def _padded(low: float, high: float) -> tuple[float, float]:
    """The range with some air on both sides; that of a constant, but for rounding, goes on to zero."""
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = (min(low, 0), max(high, 0)) if low or high else (-1, 1)
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def label(results: Sequence[Result], index: int, key: str = "") -> str:
    """As in f(x), or f₂(x) where there are several; for the derivative `key` f′(x) or, of several variables, ∂f/∂u."""
    result = results[index]
    name = function_names(results)[index]
    function = (field_name(name, result) if key and result.sums else name).translate(SUBSCRIPTS)
    partial = partial_of(key) if key else ()
    if partial and notation_of(result) != "prime":
        return Label(function, tuple(short(name, NAME_LETTERS) for name in partial), notation_of(result)).shown()
    primes = ("", "′", "″", "‴")[len(partial)] if len(partial) < 4 else f"⁽{raised(len(partial))}⁾"
    return f"{function}{primes}({short(', '.join(arguments_of(result)), NAME_LETTERS)})"


def short(text: str, letters: int) -> str:
    """The text, made visible and cut to a length."""
    text = visible(text)
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
