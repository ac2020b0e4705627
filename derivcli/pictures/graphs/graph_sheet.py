"""The sheet that a graph is drawn on: how large it is, how the graph is scaled, and what stands above it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from derivcli.errors import DerivError, visible
from derivcli.pictures.graphs.graph_plan import LETTERS, MARGIN, GraphPlan, plans_of
from derivcli.render.formats.formula_lines import formula_lines

if TYPE_CHECKING:
    from derivcli.render.blocks import Graph

MAX_WIDTH, MIN_WIDTH = 13.0, 4.5
"""Inches: a wider graph is wrapped, unless a single layer of it is wider; a narrower one has room for its heading."""

LEAST_LETTERS, MOST_LETTERS = 5.0, 14.0
"""Points of a letter in a box of a picture whose size is given."""

TOP, TITLE_LINE, NOTE_LINE, BELOW = 0.18, 0.26, 0.17, 0.12
"""Inches above the heading, of a line of the title and of the note, and below them."""

TITLE_ADVANCE, NOTE_ADVANCE = 0.093, 0.066
"""Inches that a letter of the title and of the note is wide on the average."""

MAX_TITLE_LINES = 4
TAG_NOTE = "a name in a dashed frame is the node above that has it"


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A line of a title, so many inches wide and high; as text, or set as a formula where there is one."""

    text: str
    formula: str = ""
    width: float = 0.0
    height: float = TITLE_LINE


Typeset: TypeAlias = Callable[[str], TitleLine | None]
"""A line of LaTeX set as a formula, where that can be."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The lines above a graph: what it is the graph of, and what its numbers are."""

    title: tuple[TitleLine, ...]
    note: tuple[str, ...]

    @property
    def height(self) -> float:
        """Inches, with the space around it."""
        return TOP + sum(line.height for line in self.title) + NOTE_LINE * len(self.note) + BELOW


@dataclass(frozen=True, slots=True)
class GraphSheet:
    """A plan, by how much it is scaled, its heading, and the size of the whole in inches."""

    plan: GraphPlan
    heading: Heading
    size: tuple[float, float]
    scale: float = 1.0


def sheet_of(graph: Graph, width: float = MAX_WIDTH, typeset: Typeset | None = None) -> GraphSheet:
    """The sheet that is as large as the letters need, in as few bands as keep it within a width, where that can be."""
    narrowest = None
    for plan in plans_of(graph):
        if narrowest is None or plan.width < narrowest.width:
            narrowest = plan
        if plan.width <= width:
            break
    assert narrowest is not None, "there is a plan in one band"
    whole = max(narrowest.width, MIN_WIDTH)
    heading = _heading(graph, narrowest, whole, typeset)
    return GraphSheet(narrowest, heading, (whole, narrowest.height + heading.height))


def sheet_in(graph: Graph, size: tuple[float, float], typeset: Typeset | None = None) -> GraphSheet:
    """The sheet of a size in inches, in so many bands that the graph is drawn largest."""
    best: GraphSheet | None = None
    for plan in plans_of(graph):
        heading = _heading(graph, plan, size[0], typeset)
        scale = min(size[0] / plan.width, (size[1] - heading.height) / plan.height, MOST_LETTERS / LETTERS)
        if best is not None and scale < best.scale:
            break
        best = GraphSheet(plan, heading, size, scale)
    assert best is not None, "there is a plan in one band"
    if best.scale * LETTERS < LEAST_LETTERS:
        usual = sheet_of(graph).size
        message = f"in {size[0]:.3g} x {size[1]:.3g} inches the letters of this graph cannot be read"
        raise DerivError(message, hint=f"it needs about {usual[0]:.0f}x{usual[1]:.0f}in; or leave out the size")
    return best


def note_of(graph: Graph, plan: GraphPlan) -> str:
    """What the numbers of a graph are, and its tags if it has some."""
    return graph.note + (f"; {TAG_NOTE}" if plan.tags else "")


def title_of(graph: Graph) -> str:
    """What it is the graph of, on one line."""
    return visible("; ".join(f"{left} = {right}" for left, right in graph.title))


def _heading(graph: Graph, plan: GraphPlan, width: float, typeset: Typeset | None) -> Heading:
    room = max(width - 2 * MARGIN, 1.0)
    formulas = [typeset(latex) for latex in graph.latex()] if typeset is not None else []
    title = [line for line in formulas if line is not None and line.width <= room]
    if len(title) < len(graph.title):
        title = _title_lines(graph, int(room / TITLE_ADVANCE))
    return Heading(tuple(title), tuple(textwrap.wrap(note_of(graph, plan), int(room / NOTE_ADVANCE))))


def _title_lines(graph: Graph, letters: int) -> list[TitleLine]:
    """The title as text in lines of so many letters."""
    texts = [visible(f"{left} = {right}") for left, right in graph.title]
    lines = [line for text in texts for line in formula_lines(text, letters, letters)]
    if len(lines) > MAX_TITLE_LINES:
        lines = [*lines[: MAX_TITLE_LINES - 1], lines[MAX_TITLE_LINES - 1] + " …"]
    return [*map(TitleLine, lines)]
