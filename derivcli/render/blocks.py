"""A document: what a command found, in blocks for people and in records for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

from derivcli.render.numbers import aligned

Line: TypeAlias = tuple[str, str, str]
"""A line of LaTeX: a left side, the sign between, a right side."""

UNBROKEN = "\N{NO-BREAK SPACE}"
"""Stands for a space in a reason at which no line ends."""

BORDER_LETTERS = 3
"""Letters that the borders and gaps of a table take for each of its columns."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is to be shown, apart from the format."""

    digits: int | None = None
    """Significant digits; None for the shortest text that reads back the same."""
    width: int = 80
    color: bool = False
    unicode: bool = True
    verdicts: bool = False
    """Whether formats for programs have columns for verdicts too."""
    exact: bool = False
    """Whether they have columns for exact values too, and LaTeX has these in the place of numbers."""


@dataclass(frozen=True, slots=True)
class Equations:
    """Equations as left and right sides; `latex` gives the same in LaTeX.

    `role` is that of the right sides. `typed` are both sides where neither is a name of ours.
    """

    sides: Sequence[tuple[str, str]]
    latex: Callable[[], Sequence[Line]] = tuple
    role: str = ""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, shown where it is not empty; `latex` gives the equation that says the same in LaTeX."""

    text: str
    role: str = ""
    latex: Callable[[], Sequence[Line]] = tuple


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line, in formats that do not set blocks apart anyway."""


@dataclass(frozen=True)
class Column:
    """A column of texts. `role` says of what they are: "at", "value", "derivative", "formula", "name" and such.

    `exact` are exact values of the numbers, "" where none is known. `warned` are the cells to catch the eye, or those
    of `marks` where there are any, which follow in a column.
    """

    label: str
    texts: Sequence[str]
    role: str = ""
    numeric: bool = True
    latex: str = ""
    warned: Sequence[bool] = ()
    marks: Sequence[str] = ()
    exact: Sequence[str] = ()

    @cached_property
    def cells(self) -> list[str]:
        """The texts as they stand under each other, each with its exact value in a second line."""
        cells = aligned(self.texts) if self.numeric else list(self.texts)
        return self._joined(cells, "\n= {}")

    @property
    def inline(self) -> Column:
        """The column with its exact values behind its numbers."""
        if not any(self.exact):
            return self
        joined = self._joined(aligned(self.texts) if self.numeric else self.texts, " = {}")
        return replace(self, texts=[text.rstrip() for text in joined], numeric=False, exact=())

    def with_exact(self, form: str = " = {}", written: Callable[[str], str] = str) -> list[str]:
        """The texts, each with its exact value behind it where that says more."""
        return self._joined(self.texts, form, written)

    def _joined(self, cells: Sequence[str], form: str, written: Callable[[str], str] = str) -> list[str]:
        rows = zip(cells, self.texts, self.exact or [""] * len(cells), strict=True)
        return [cell + (form.format(written(exact)) if exact not in ("", text) else "") for cell, text, exact in rows]

    @property
    def width(self) -> int:
        """Letters of the longest line."""
        return max(map(len, chain([self.label], *(cell.split("\n") for cell in self.cells))))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with a row for each point, node or such; `latex` gives equations that LaTeX has in its place."""

    columns: Sequence[Column]
    latex: Callable[[], Sequence[Line]] | None = None
    is_long: bool = False
    """Whether there are so many rows that a box around each would take long."""
    is_inline: bool = False
    """Whether exact values rather stand behind the numbers than below them, where there is room."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix at one point: what stands above it, and its columns, of which the first has the names of its rows."""

    title: str
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Matrices:
    """A matrix for each point; `table` has the same numbers with a row for each point."""

    matrices: Sequence[Matrix]
    table: Table
    latex: Callable[[], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Polynomial:
    """An equation that is broken into lines between its terms; `absence` says why there is none."""

    left: str
    right: str
    absence: str
    latex: Callable[[], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Chain:
    """Equations that follow from each other: left side, right side, and the rule that says so; the same in LaTeX.

    A left side that is "" is the one before.
    """

    lines: Sequence[tuple[str, str, str]]
    latex: Callable[[], str]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: as a whole, and of each number that is not simply right."""

    report: Sequence[str]
    lines: Sequence[str]
    asked: bool
    """Whether the check was asked for, so that the report is told where lines say what is wrong."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at: its mark, what it is, what there is to say of it, and the role of the mark."""

    mark: str
    text: str
    detail: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks under each other."""

    checks: Sequence[Check]


@dataclass(frozen=True, slots=True)
class Section:
    """Terms under a title of a level, each with its other names and its meaning."""

    level: int
    title: str
    terms: Sequence[tuple[str, Sequence[str], str]]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Sections of terms; `header` says what a term, its other names and its meaning are."""

    sections: Sequence[Section]
    header: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """A title, and what there is to say of it, each with its label."""

    title: str
    facts: Sequence[tuple[str, str]]
    is_typed: bool = False
    """Whether texts hold what stands in a file, which is no markup."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command line for a shell, by the words that belong together, which is broken so that it still is one."""

    words: Sequence[str]


BOTTOM, MIDDLE, TOP = LEVELS = range(3)
"""How high a value stands in the row of f."""


@dataclass(frozen=True, slots=True)
class Height:
    """A value of f, as text and in LaTeX, and the level at which it stands."""

    text: str
    latex: str
    level: int


@dataclass(frozen=True, slots=True)
class Place:
    """A point in a table of variations: x, f' and f'' there, and what f is there or on both sides of a bar.

    `slope` and `curvature` are "0", "|" for a double bar, or "". `bar` is that of f: "|" for a double one, where f has
    no value, "!" for a single one, where it jumps.
    """

    x: str
    x_latex: str
    slope: str = ""
    curvature: str = ""
    bar: str = ""
    value: Height | None = None
    left: Height | None = None
    right: Height | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What lies between two such points: the signs of f' and f'', "?" where they are not known.

    An arrow stands at a `level`. Where f is not `defined` there are no signs.
    """

    slope: str
    curvature: str
    level: int = MIDDLE
    defined: bool = True


@dataclass(frozen=True, slots=True)
class Variations:
    """A table of variations: the labels of its rows x, f', f and f'', its points, and what lies between them."""

    labels: tuple[str, str, str, str]
    latex_labels: tuple[str, str, str, str]
    places: Sequence[Place]
    stretches: Sequence[Stretch]


Block: TypeAlias = (
    Equations
    | Sentence
    | Gap
    | Table
    | Matrices
    | Polynomial
    | Chain
    | CheckResult
    | Checks
    | Glossary
    | Facts
    | CommandLine
    | Variations
)


@dataclass(frozen=True, slots=True)
class TestCase:
    """A check for a program that collects results of tests: its state is "passed", "failed", "error" or "skipped"."""

    suite: str
    name: str
    state: str
    message: str = ""
    kind: str = ""


BOX_FILLS = {"variable": "#e3f0fb", "result": "#fdeed9", "inner": "#ffffff", "fixed": "#f3f3f3"}
"""What boxes are filled with: leaves with a gradient, the result, what lies between, what is held fixed."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a graph: what stands in its box, the same on one line, and its kind, one of BOX_FILLS.

    The lines are how it is made, its value, and its adjoint if there is one.
    """

    lines: Sequence[str]
    summary: str
    kind: str
    is_pale: bool
    """Whether nothing flows through it."""
    inputs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes by their names in the order of the computation, and edges from what is read to what reads it.

    Each edge has a label; "" where nothing flows back. `note` says what the numbers are. `latex` has the lines of the
    title in LaTeX.
    """

    title: Sequence[tuple[str, str]]
    note: str
    boxes: Mapping[str, Box]
    edges: Mapping[tuple[str, str], str]
    root: str
    latex: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Document:
    """What a command found, each way of showing it made when a format asks for it.

    `blocks` are for people. `rows` are lines of cells under a header, `values` the bare answers line by line, and
    `data` is an object for JSON.
    """

    blocks: Callable[[], Sequence[Block]]
    data: Callable[[], Any]
    rows: Callable[[], Sequence[Sequence[str]]] | None = None
    values: Callable[[], Sequence[Sequence[str]]] | None = None
    graph: Callable[[], Graph] | None = None
    cases: Callable[[], Sequence[TestCase]] | None = None


def command_lines(block: CommandLine, width: int) -> list[str]:
    """The lines of a command, all but the last of which end with a backslash; no line is broken within words."""
    lines = [block.words[0]]
    for word in block.words[1:]:
        if len(lines[-1]) + len(word) + len("  \\") <= width:
            lines[-1] += f" {word}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {word}")
    return lines


def fit(columns: Sequence[Column], style: Style) -> bool:
    """Whether columns stand next to each other in the width of the screen, each with its marks."""
    widths = [column.width for column in columns]
    widths += [max(map(len, column.marks)) for column in columns if column.marks]
    return sum(widths) + BORDER_LETTERS * len(widths) + 1 <= style.width
