"""What is to be seen, as plain numbers: each kind of picture makes one of these, and each way of drawing takes one.

All coordinates are those of the mathematics, in float64. Nothing here knows of pixels, fonts or colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.record_equality import equal

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called: in plain signs, and in LaTeX, "" where there is none."""

    text: str
    latex: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """An unbroken line through finite points, both of shape (points,)."""

    x: Floats
    y: Floats

    __eq__ = equal


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that is shown, of a kind of MARKS; its `name` stands beside it where there is one.

    `verdict` is the kind of the verdict about it, and `tip` is what a page tells of it.
    """

    x: float
    y: float
    kind: str
    name: Name | None = None
    tip: str = ""
    verdict: str = ""


MARKS = {
    "closed": "an end that belongs to the line",
    "open": "an end that does not belong to the line, or a hole",
    "isolated": "a point with no line beside it",
    "dot": "a point of a list, or a row of a file",
    "touch": "the point where a tangent touches",
    "zero": "a zero",
    "minimum": "a minimum",
    "maximum": "a maximum",
    "flat": "a critical point that is no extremum",
    "saddle": "a saddle",
    "source": "a zero of a field that all paths near it leave",
    "sink": "a zero of a field that all paths near it go to",
    "degenerate": "a critical point of a kind that second derivatives do not tell",
    "inflection": "an inflection",
    "corner": "a corner, a cusp or a vertical tangent",
    "node": "a crossing or an isolated point of a curve",
    "start": "where a path begins",
}
"""The kinds of marks, and what each one says."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line that belongs together, of several strokes where it breaks.

    `role` is "function" (with `order` 0), "derivative" (with its order), "tangent", "polynomial" or "path", and of a
    line on a field "border" (of the domain), "jump" or "pole". `function` numbers the functions of a picture from 0; a
    tangent or a polynomial has the number of its function.
    `window` is the vertical range that shows its shape. `arrows`, shape (arrows, 4), has points of a path with the
    direction in which it is run through.
    """

    name: Name
    strokes: tuple[Stroke, ...]
    role: str = "function"
    order: int = 0
    function: int = 0
    window: tuple[float, float] = (np.nan, np.nan)
    marks: tuple[Mark, ...] = ()
    arrows: Floats | None = None

    __eq__ = equal


@dataclass(frozen=True, slots=True)
class Asymptote:
    """A vertical line that a curve approaches, or a horizontal one."""

    place: float
    vertical: bool = True
    name: Name | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The region between two lines over the same x, such as all values that are proved possible."""

    name: Name
    x: Floats
    low: Floats
    high: Floats
    function: int = 0

    __eq__ = equal


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """How many points of a file lie in each cell: `counts` has the shape (rows from below, columns from the left)."""

    name: Name
    counts: NDArray[np.int64]
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def edges(self) -> tuple[Floats, Floats]:
        """Where columns begin and end, and where rows do."""
        rows, columns = self.counts.shape
        return _between(self.x, columns), _between(self.y, rows)

    __eq__ = equal


def _between(ends: tuple[float, float], count: int) -> Floats:
    """The ends of so many equal parts, without overflow."""
    part = np.linspace(0, 1, count + 1)
    return np.asarray(ends[0] * (1 - part) + ends[1] * part)


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`, in units of ten to the power `unit`; `turns` says that pi divides it well."""

    name: Name
    low: float
    high: float
    unit: int = 0
    logarithmic: bool = False
    turns: bool = False


UNIT_EXPONENT = 250
"""Beyond this power of ten an axis has it as its unit."""


def unit_of(low: float, high: float) -> int:
    """The power of ten to take as a unit: 0, except near the ends of float64, where axes overflow."""
    largest = max(abs(low), abs(high))
    exponent = math.floor(math.log10(largest)) if largest > 0 else 0
    return min(max(exponent, -300), 308) if abs(exponent) >= UNIT_EXPONENT else 0


@dataclass(frozen=True, slots=True)
class Panel:
    """What shares a pair of axes. Its numbers are not scaled by the axes' units."""

    x: Axis
    y: Axis
    curves: tuple[Curve, ...] = ()
    asymptotes: tuple[Asymptote, ...] = ()
    bands: tuple[Band, ...] = ()
    densities: tuple[Density, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles, shape (triangles, 3), between vertices at `x` and `y` with `values`, all of shape (vertices,).

    No triangle reaches across a break: both sides have vertices of their own there.
    """

    x: Floats
    y: Floats
    values: Floats
    triangles: NDArray[np.int64]

    __eq__ = equal


@dataclass(frozen=True, slots=True, eq=False)
class Contours:
    """A function of two variables on a grid: `values` has the shape (y, x), `levels` are those of its lines.

    `mesh` tells where it is defined and where it breaks; there is none where no value of the grid is missing and none
    is beside a break. The levels are named in units of ten to the power `unit`, with the fewest digits that tell them
    apart. `gradient`, shape (2, y, x) on the coarser grid `arrows`, is drawn as arrows, with nan where there is none.
    """

    name: Name
    x: Floats
    y: Floats
    values: Floats
    levels: Floats
    gradient: Floats | None = None
    arrows: tuple[Floats, Floats] | None = None
    mesh: Mesh | None = None
    unit: int = 0

    __eq__ = equal


@dataclass(frozen=True, slots=True)
class TangentPlane:
    """The plane that touches a surface at `point`, with the slopes along both axes."""

    point: tuple[float, float, float]
    slopes: tuple[float, float]
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class FieldPanel:
    """A function of two variables, as contours, or as a `surface` seen from a side, with what lies on it."""

    x: Axis
    y: Axis
    contours: Contours
    marks: tuple[Mark, ...] = ()
    curves: tuple[Curve, ...] = ()
    surface: bool = False
    planes: tuple[TangentPlane, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VectorPanel:
    """A vector field on a grid, `vectors` of shape (2, y, x), and what its colour tells: `values` on `contours`."""

    x: Axis
    y: Axis
    grid: tuple[Floats, Floats]
    vectors: Floats
    contours: Contours | None = None
    marks: tuple[Mark, ...] = ()
    curves: tuple[Curve, ...] = ()

    __eq__ = equal


AnyPanel: TypeAlias = Panel | FieldPanel | VectorPanel


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture: panels below each other that share their x-axis, what stands above, and what is said of it.

    `titles` are the functions, `notes` what the axes do not say. `description` tells the picture to who cannot see it.
    `equal` asks for one scale on both axes.
    """

    titles: tuple[Name, ...]
    panels: tuple[AnyPanel, ...]
    notes: tuple[str, ...] = ()
    description: str = ""
    equal: bool = False
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one curve at a table's x, nan where there are none; `name` is the curve's.

    `slope` is the place of the column that is its derivative, -1 where there is none. `errors`, shape (points - 1,),
    is how far a cubic through two neighbours with their slopes is off between them; inf where nothing joins them.
    """

    name: Name
    values: Floats
    slope: int
    errors: Floats

    __eq__ = equal


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Numbers for a page whose reader points at a curve, or enlarges it: the rows of one function, x ascending.

    The columns are the function, then its first derivative, then what else is drawn of it. Rows lie as close as an
    enlarged curve needs. `verdicts` has for each row what is known of the first derivative, "" where it was not asked.
    A table of a path has in `x` its `parameter`, which is called "" where it only counts its points; its columns are
    both coordinates and then their derivatives by it. `pictures.tables.table_of` makes one.
    """

    function: int
    x: Floats
    columns: tuple[Column, ...]
    verdicts: tuple[str, ...] = field(default=())
    parameter: Name | None = None

    __eq__ = equal
