"""The formats: one row each, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from derivcli.render.blocks import Document, Style
from derivcli.render.formats.delimited import write_delimited
from derivcli.render.formats.dot import write_dot
from derivcli.render.formats.json import write_json
from derivcli.render.formats.latex import write_latex
from derivcli.render.formats.markdown import write_markdown
from derivcli.render.formats.mermaid import write_mermaid
from derivcli.render.formats.tree import write_tree
from derivcli.render.formats.value import write_value

Kind: TypeAlias = Literal["results", "ledger", "steps", "answer", "function check", "functions", "study", "data"]
"""What a document tells of."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write documents."""

    name: str
    help: str
    documents: tuple[Kind, ...]
    write: Callable[[Document, Style], str]
    on_terminal: bool = False
    """Whether documents are shown so on a terminal unless another format is asked for."""
    in_pipe: tuple[Kind, ...] = ()
    """The kinds of document that are written so where the output is no terminal."""
    is_colored: bool = False
    """Whether its colors are ours, so that a terminal may show them."""
    streams: bool = False
    """Whether lines leave as they come."""
    is_data_file: bool = False
    """Whether it is a format of data files too, with what `points.files.formats` knows of it."""
    suffixes: tuple[str, ...] = ()
    """The endings of a file's name that mean it, but for those of data files."""
    tells_check: bool = False
    """Whether it says what a check found."""
    holds_verdicts: bool = False
    """Whether it has every verdict as data."""
    shows_graph: bool = False
    """Whether it is one of a graph."""
    synonyms: str = ""
    """Words that people type for it as options."""


def _write_terminal(document: Document, style: Style) -> str:
    from derivcli.render.formats.terminal import write_terminal  # late: Rich takes long

    return write_terminal(document, style)


def _write_junit(document: Document, style: Style) -> str:
    from derivcli.render.formats.junit import write_junit  # late: hardly anybody needs an XML parser

    return write_junit(document, style)


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("table", "tables in the width of the screen", ("results", "ledger", "functions", "study", "data"),
               _write_terminal, on_terminal=True, in_pipe=("data",), is_colored=True,
               suffixes=(".txt",), tells_check=True, synonyms="table pretty text"),
        Format("text", "equations and sentences in the width of the screen", ("steps", "answer", "function check"),
               _write_terminal, on_terminal=True, in_pipe=("answer", "function check"), is_colored=True),
        Format("tree", "the graph from the result down to the variables", ("ledger",), write_tree, is_colored=True,
               shows_graph=True, synonyms="tree"),
        Format("tsv", "lines of cells with tabs between them",
               ("results", "ledger", "steps", "function check", "functions", "study", "data"),
               partial(write_delimited, delimiter="\t"),
               in_pipe=("results", "ledger", "steps", "functions", "study"), streams=True, is_data_file=True,
               synonyms="tsv tab"),
        Format("csv", "lines of cells with commas between them", ("results", "steps", "functions", "study", "data"),
               partial(write_delimited, delimiter=","), streams=True, is_data_file=True, synonyms="csv"),
        Format("json", "one documented, versioned object",
               ("results", "ledger", "steps", "answer", "function check", "functions", "study", "data"), write_json,
               suffixes=(".json",), holds_verdicts=True, synonyms="json"),
        Format("latex", "equations, arrays and matrices for amsmath", ("results", "steps", "study"), write_latex,
               suffixes=(".tex",), synonyms="latex tex"),
        Format("junit", "JUnit's XML for programs that collect tests", ("function check",), _write_junit,
               synonyms="junit xml xunit"),
        Format("markdown", "mathematics and tables for pages",
               ("results", "steps", "function check", "functions", "study", "data"), write_markdown,
               suffixes=(".md",), tells_check=True, synonyms="markdown md"),
        Format("value", "the bare answers, a line for each point", ("results",), write_value, streams=True,
               synonyms="value raw plain bare number quiet"),
        Format("dot", "the graph for Graphviz", ("ledger",), write_dot, shows_graph=True, synonyms="dot graphviz"),
        Format("mermaid", "the graph as a flowchart for pages", ("ledger",), write_mermaid, shows_graph=True,
               synonyms="mermaid"),
    )
}  # fmt: skip


def formats_for(kind: Kind) -> list[str]:
    """The names of the formats that can write a kind of document."""
    return [row.name for row in FORMATS.values() if kind in row.documents]


def default_format(kind: Kind, terminal: bool) -> str:
    """The format in which a kind of document is written where none is asked for."""
    rows = [row for row in FORMATS.values() if kind in row.documents]
    return next(row.name for row in rows if (row.on_terminal if terminal else kind in row.in_pipe))


def format_of_suffix() -> dict[str, str]:
    """The format that each ending of an output's name means, beside those of data files."""
    return dict(sorted((suffix, row.name) for row in FORMATS.values() for suffix in row.suffixes))


def write(document: Document, name: str, style: Style) -> str:
    """The document in the format of that name."""
    return FORMATS[name].write(document, style)
