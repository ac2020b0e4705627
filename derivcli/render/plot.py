"""One picture of functions and their derivatives over one variable, as PNG, SVG or PDF."""

from __future__ import annotations

import importlib.util
import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.errors import DerivError, visible
from derivcli.render.columns import arguments_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from derivcli.result import FloatArray, Result

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

SUFFIXES = ("png", "svg", "pdf")
"""The kinds of picture, by the ending of their file's name."""

FEW = 30
"""Up to so many points each one is marked."""

COMPARABLE = 20
"""Functions and derivatives share one pair of axes while their scales differ by less than this factor."""

# Okabe and Ito's palette: told apart by every kind of colour vision.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES: tuple[Any, ...] = ("solid", (0, (4.2, 1.6)), (0, (4.2, 1.4, 1.0, 1.4)), (0, (1.2, 1.2)))
INK, GREY, PALE = "#222222", "#6b6b6b", "#e4e4e4"

# All lengths in inches: letters and axes keep their size, whatever stands in the header.
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 7.2, 0.78, 0.28, 0.18, 0.62
TITLE_LINE, NOTE_LINE, LEGEND_LINE, LEGEND_GAP = 0.30, 0.24, 0.25, 0.10
PANEL_HEIGHTS = {1: (3.7,), 2: (2.3, 2.0)}
TITLE_LETTERS, NOTE_LETTERS, NAME_LETTERS, TITLE_LINES = 64, 96, 24, 4

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

LOOK: dict[Any, Any] = {
    # Both families come with Matplotlib; the second lends the letters that the first lacks.
    "font.family": ["STIXGeneral", "DejaVu Sans"],
    "mathtext.fontset": "stix",
    "font.size": 12,
    "text.color": INK,
    "axes.axisbelow": True,
    "axes.edgecolor": PALE,
    "axes.formatter.limits": (-3, 5),
    "axes.formatter.use_mathtext": True,
    "axes.grid": True,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.borderaxespad": 0.2,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "deriv",
    # Agg gives up on a line with very many corners unless it may draw it in pieces.
    "agg.path.chunksize": 10_000,
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the picture, sorted by `x`, with nan where it is not drawn.

    `window` is the vertical range that shows its shape; `circles` are the points that stand beside the line.
    """

    label: str
    x: Floats
    y: Floats
    window: tuple[float, float]
    circles: tuple[Floats, Floats]
    color: str
    dashes: int

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


def draw_plot(results: Sequence[Result], suffix: str) -> bytes:
    """The functions and derivatives over the one variable that varies, as the bytes of a picture file."""
    name = _varying(results[0].at)
    with np.errstate(all="ignore"):
        curves = [curve for index in range(len(results)) for curve in _curves(results, index, name)]
        if not any(np.isfinite(curve.y).any() for curve in curves):
            raise DerivError("No value in this range is finite.", hint="choose points where the function is defined")
        panels = _panels(curves)
    with _clean_matplotlib():
        return _picture(results, name, panels, suffix)


# What is drawn: from results to curves and panels.


def _varying(at: dict[str, FloatArray]) -> str:
    """The name of the one variable that takes several values."""
    names = [name for name, values in at.items() if len(np.unique(values)) > 1]
    if not names:
        raise DerivError("A plot needs a range of points.", hint="try --at x=-3:3:100")
    if len(names) > 1:
        raise DerivError(
            f"A plot shows one variable, and {' and '.join((', '.join(names[:-1]), names[-1]))} vary.",
            hint="give all but one of them a single value",
        )
    return names[0]


def _curves(results: Sequence[Result], index: int, name: str) -> list[Curve]:
    """The lines of one function and its derivatives, told apart by colour and, in grey print, by dashes."""
    result = results[index]
    x, y = _sorted(result.at[name], result.value)
    slope = _sorted(result.at[name], result.derivatives[name])[1] if name in result.derivatives else None
    line = _broken(x, y, _breaks(x, y, slope))
    curves = [Curve(_label(results, index), *line, _window(y), (x[:0], y[:0]), COLORS[index % len(COLORS)], 0)]
    beside = _lonely(result.flags[np.argsort(result.at[name], kind="stable")] != 0)
    for number, (key, values) in enumerate(result.derivatives.items()):
        y = _sorted(result.at[name], values)[1]
        line, circles = _derivative_line(x, y, beside), (x[beside], y[beside])
        color = COLORS[(index if len(results) > 1 else number + 1) % len(COLORS)]
        dashes = 1 + number % (len(DASHES) - 1)
        curves.append(Curve(_label(results, index, key), *line, _window(y), circles, color, dashes))
    return curves


def _lonely(mask: Mask) -> Mask:
    """The points of a mask with no neighbour in it; where all are flagged, as in max(x, x), no point is special."""
    padded = np.pad(mask, 1)
    return np.asarray(mask & ~(padded[:-2] | padded[2:]))


def _derivative_line(x: Floats, y: Floats, beside: Mask) -> tuple[Floats, Floats]:
    """The line through all points but those `beside` it, over which it goes on only if it is smooth on both sides."""
    kept = np.flatnonzero(~beside)
    breaks, across = _breaks(x[kept], y[kept]), np.diff(kept) > 1
    breaks[:1] |= across[:1]
    breaks[-1:] |= across[-1:]
    return _broken(x[kept], y[kept], breaks)


def _sorted(x: FloatArray, y: FloatArray) -> tuple[Floats, Floats]:
    """Both arrays in the order of `x`, as float64, with nan for what is not finite."""
    order = np.argsort(x, kind="stable")
    y = np.asarray(y, dtype=np.float64)[order]
    return np.asarray(x, dtype=np.float64)[order], np.where(np.isfinite(y), y, np.nan)


def _broken(x: Floats, y: Floats, breaks: Mask) -> tuple[Floats, Floats]:
    """The line with a nan put into each gap that `breaks` marks."""
    places = np.flatnonzero(breaks) + 1
    return np.insert(x, places, x[places - 1]), np.insert(y, places, np.nan)


def _breaks(x: Floats, y: Floats, slope: Floats | None = None) -> Mask:
    """The gaps between neighbouring points, shape (points - 1,), over which a line would be false.

    At a jump the rate of change leaves the slopes at both ends by far more than they differ from each other, and
    than the rates near by change. At a pole the step is as large as the whole shape and runs against both slopes.
    Where `slope` is not known (for want of a further derivative) the rates of the neighbouring gaps stand for it.
    """
    if not np.isfinite(y).any():
        return np.zeros(len(y) - 1, dtype=np.bool_)
    y = y / 32  # so that no difference overflows
    step, gap = np.diff(y), np.diff(x / 32)
    rate = step / gap
    before2, before, after, after2 = _neighbours(rate)
    nearby = np.fmax(np.abs(before - before2), np.abs(after2 - after))
    low, high = _window(y)
    tall, least = high - low, max(0.02 * (high - low), 1e-12 * np.nanmax(np.abs(y)))
    if slope is not None:
        before, after, tall = slope[:-1], slope[1:], min(tall, 0.8 * (np.nanmax(y) - np.nanmin(y)))
    excess = np.abs(rate - before / 2 - after / 2)
    jump = (excess * gap > least) & (excess > 2 * np.abs(after - before)) & ~(excess <= 10 * nearby)
    against = (np.sign(before) * np.sign(rate) < 0) & (np.sign(after) * np.sign(rate) < 0)
    return np.asarray(jump | (against & (np.abs(step) > max(tall, least))))


def _neighbours(values: Floats) -> Floats:
    """The two values before and the two after each one, shape (4, values), nan beyond the ends."""
    padded = np.pad(values, 2, constant_values=np.nan)
    return np.array([padded[shift : shift + len(values)] for shift in (0, 1, 3, 4)])


def _window(y: Floats) -> tuple[float, float]:
    """The vertical range that shows the shape: all of it, unless poles would flatten the rest to a line."""
    finite = y[np.isfinite(y)]
    if not finite.size:
        return (np.nan, np.nan)
    low, high = float(finite.min()), float(finite.max())
    first, third = (float(quartile) for quartile in np.quantile(finite / 32, (0.25, 0.75)))
    reach = 3 * (third - first)  # a 32nd, so that no difference overflows
    inner_low, inner_high = max(low / 32, first - reach), min(high / 32, third + reach)
    if 0 < 3 * (inner_high - inner_low) < high / 32 - low / 32 and _runs_away(y / 32):
        return (32 * inner_low, 32 * inner_high)
    return (low, high)


def _runs_away(y: Floats) -> bool:
    """Whether the farthest value lies on a branch that grows like a pole.

    Toward a pole the steps grow by factors that grow themselves. A peak, a power or an exponential is
    not like that, however steep it is, and is never cut.
    """
    top = int(np.nanargmax(np.abs(y - np.nanmedian(y))))
    for branch in (y[top : top + 4], y[max(top - 3, 0) : top + 1][::-1]):
        steps = np.abs(np.diff(branch))
        if len(steps) == 3 and steps[0] / steps[1] > 1.2 * (steps[1] / steps[2]):
            return True
    return False


def _panels(curves: list[Curve]) -> list[Panel]:
    """One panel where functions and derivatives are of comparable size, otherwise one for each."""
    functions = [curve for curve in curves if not curve.dashes]
    derivatives = [curve for curve in curves if curve.dashes]
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
    exponent = _unit(np.array([low, high]))
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
    """The curve with another vertical coordinate."""
    return replace(curve, y=change(curve.y), circles=(curve.circles[0], change(curve.circles[1])))


def _unit(values: Floats) -> int:
    """The power of ten to take as a unit: 0, except near the ends of float64, where axes overflow."""
    largest = np.max(np.abs(values))
    exponent = int(np.floor(np.log10(largest))) if largest > 0 else 0
    return int(np.clip(exponent, -300, 308)) if abs(exponent) >= 250 else 0


def _padded(low: float, high: float) -> tuple[float, float]:
    """The range with some air on both sides; that of a constant, but for rounding, goes on to zero."""
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = (min(low, 0), max(high, 0)) if low or high else (-1, 1)
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


# How it is named.


def _label(results: Sequence[Result], index: int, key: str = "") -> str:
    """As in f(x), or f₂(x) where there are several; for the derivative `key` f′(x) or, of several variables, ∂f/∂u."""
    function = "f" if len(results) == 1 else "f" + str(index + 1).translate(SUBSCRIPTS)
    wrt = key.split(",") if key else []
    order = str(len(wrt)).translate(SUPERSCRIPTS)
    variables = {*results[index].expression.variables, *",".join(results[index].derivatives).split(",")}
    if wrt and len(variables) > 1:
        below = "".join(f"∂{_short(name, NAME_LETTERS)}" for name in wrt)
        return f"∂{order if len(wrt) > 1 else ''}{function}/{below}"
    primes = ("", "′", "″", "‴")[len(wrt)] if len(wrt) < 4 else f"⁽{order}⁾"
    return f"{function}{primes}({_short(', '.join(arguments_of(results[index])), NAME_LETTERS)})"


def _titles(results: Sequence[Result]) -> list[str]:
    """Each function and its text, on a line of its own; of many functions the first few."""
    lines = [
        _short(f"{_label(results, index)} = {result.expression.text}", TITLE_LETTERS)
        for index, result in enumerate(results)
    ]
    more = len(lines) - TITLE_LINES + 1
    return lines if more < 2 else [*lines[:-more], f"… and {more} more functions"]


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def _note(results: Sequence[Result], name: str, x_unit: int, panels: list[Panel]) -> str:
    """What the axes do not say: definitions, constants, circles, unusual scales, values out of sight."""
    notes = [f"{part.name} = {part.text}" for result in results for part in result.expression.definitions]
    notes += [f"{other} = {values[0]:.6g}" for other, values in results[0].at.items() if other != name]
    if x_unit:
        notes.append(f"horizontal unit {_power(x_unit)}")
    for panel in panels:
        notes += [f"vertical unit {_power(panel.unit)}"] * (panel.unit != 0)
        notes += ["logarithmic scale"] * panel.logarithmic
    curves = [(curve, panel) for panel in panels for curve in panel.curves]
    if any(np.isfinite(curve.circles[1]).any() for curve, _ in curves):
        notes.append("○ PyTorch’s convention, perhaps no derivative")
    if any(((curve.y < panel.low) | (curve.y > panel.high)).any() for curve, panel in curves):
        notes.append("values beyond the axis are cut off")
    return _short("   ·   ".join(dict.fromkeys(notes)), NOTE_LETTERS)


def _short(text: str, letters: int) -> str:
    """The text, made visible and cut to a length."""
    text = visible(text)
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


# How it is drawn.


def _picture(results: Sequence[Result], name: str, panels: list[Panel], suffix: str) -> bytes:
    """The whole figure, saved; nothing in it depends on the day or on chance."""
    x = np.asarray(results[0].at[name], dtype=np.float64)
    x_unit = _unit(x)
    titles, note = _titles(results), _note(results, name, x_unit, panels)
    figure, rows = _figure(titles, note, panels)
    for axes, panel in zip(rows, panels, strict=True):
        _draw_panel(axes, panel, 10.0**x_unit)
        axes.tick_params(labelbottom=axes is rows[-1])
    low, high = x.min() / 10.0**x_unit, x.max() / 10.0**x_unit
    rows[-1].set_xlim(low - 0.015 * (high - low), high + 0.015 * (high - low))
    rows[-1].set_xlabel(_short(name, NAME_LETTERS), parse_math=False, fontsize=14)
    metadata = {"Title": titles[0], **({"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(suffix, {}))}
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix, metadata=metadata)
    return stream.getvalue()


def _figure(titles: list[str], note: str, panels: list[Panel]) -> tuple[Figure, list[Axes]]:
    """From top to bottom the titles, a note, and empty axes for each panel with room for its legend."""
    from matplotlib.figure import Figure

    top = TOP + TITLE_LINE * len(titles) + NOTE_LINE * bool(note)
    legends = [LEGEND_GAP + LEGEND_LINE * -(-len(panel.curves) // _legend_columns(panel)) for panel in panels]
    heights = PANEL_HEIGHTS[len(panels)]
    height = top + sum(legends) + sum(heights) + BOTTOM
    figure = Figure(figsize=(WIDTH, height), dpi=200)
    _draw_header(figure, titles, note)
    rows: list[Axes] = []
    for legend, extent in zip(legends, heights, strict=True):
        top += legend + extent
        box = (LEFT / WIDTH, 1 - top / height, 1 - (LEFT + RIGHT) / WIDTH, extent / height)
        rows.append(figure.add_axes(box, sharex=rows[0] if rows else None))
    return figure, rows


def _draw_header(figure: Figure, titles: list[str], note: str) -> None:
    """The lines above the axes; here and elsewhere the user's text is plain text, "$" and "\\" mean themselves."""
    for number, line in enumerate([*titles, note]):
        look: dict[str, Any] = {"fontsize": 15} if number < len(titles) else {"fontsize": 11, "color": GREY}
        place = (LEFT / WIDTH, 1 - (TOP + TITLE_LINE * number) / figure.get_figheight())
        figure.text(*place, line, va="top", parse_math=False, **look)


def _legend_columns(panel: Panel) -> int:
    """How many entries of the legend stand side by side: all, or each function above its derivatives."""
    longest = max(len(curve.label) for curve in panel.curves)
    wanted = len({curve.color for curve in panel.curves})
    rows = -(-len(panel.curves) // max(1, min(wanted, 80 // (longest + 8))))
    return -(-len(panel.curves) // rows)


def _draw_panel(axes: Axes, panel: Panel, x_unit: float) -> None:
    """One pair of axes with its curves and, above them, the legend."""
    for curve in panel.curves:
        _draw_curve(axes, curve, x_unit)
    axes.set_ylim(panel.low, panel.high)
    axes.locator_params(steps=[1, 2, 5, 10])
    if panel.logarithmic:
        axes.locator_params("y", integer=True)
        axes.yaxis.set_major_formatter(lambda value, _: f"$10^{{{value:.0f}}}$")
    elif panel.low < 0 < panel.high:
        axes.axhline(0, color=GREY, linewidth=0.9, zorder=1.5)
    legend = axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=_legend_columns(panel))
    for text in legend.get_texts():
        text.set(parse_math=False, fontsize=13)


def _draw_curve(axes: Axes, curve: Curve, x_unit: float) -> None:
    """The line, its points where they are few or have no neighbour, and the circles beside it."""
    x, few = curve.x / x_unit, len(np.unique(curve.x)) <= FEW
    shape, size = ("s", 4.5) if curve.dashes else ("o", 5.5)
    point: dict[str, Any] = {"marker": shape, "markersize": size, "markeredgecolor": "white", "markeredgewidth": 0.7}
    line: dict[str, Any] = {"linestyle": DASHES[curve.dashes], "linewidth": 1.7 if curve.dashes else 2.2}
    axes.plot(x, curve.y, label=curve.label, color=curve.color, **line, **(point if few else {}))
    if not few:
        lonely = _lonely(np.isfinite(curve.y))
        axes.plot(x[lonely], curve.y[lonely], linestyle="none", color=curve.color, **point)
    at, value = curve.circles
    axes.plot(at / x_unit, value, "o", color=curve.color, markersize=6.5, markerfacecolor="white", zorder=4)


# Matplotlib without its surroundings.


@contextmanager
def _clean_matplotlib() -> Iterator[None]:
    """Matplotlib with its own defaults, whatever configuration files, environment or a host program say, and silent."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        matplotlib = _import_matplotlib()
        with matplotlib.rc_context(), warnings.catch_warnings():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(LOOK)
            # A letter that no shipped font has is drawn as a box, which says enough.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        logger.setLevel(level)


def _import_matplotlib() -> Any:
    """The package, imported in the one directory where it can find no configuration but its own.

    While it is imported it obeys a file `matplotlibrc` in the current directory before any other, even one
    named in the environment, and such a file can print, fail, or name a module to run. Its own data directory
    holds the pristine one. The way back is a descriptor, since a directory whose path is gone or may not be
    followed is still a place to return to.
    """
    if "matplotlib.figure" not in sys.modules:
        found = importlib.util.find_spec("matplotlib")
        assert found is not None, "Matplotlib is installed with this package."
        assert found.origin is not None, "Matplotlib is a package with files."
        here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
        backend = os.environ.pop("MPLBACKEND", None)  # an unknown name there ends the import
        try:
            os.chdir(Path(found.origin).with_name("mpl-data"))
            importlib.import_module("matplotlib.figure")
        finally:
            os.fchdir(here)
            os.close(here)
            if backend is not None:
                os.environ["MPLBACKEND"] = backend
    return importlib.import_module("matplotlib")
