"""A function on an interval: its table of variations, its special points, and that there are no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.check.verdict_kinds import KINDS
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Column, Document, Gap, Line, Sentence, Style, Table
from derivcli.render.documents.equations import understood
from derivcli.render.labels import name_latex
from derivcli.render.open_questions import is_open_throughout, open_questions
from derivcli.render.quantities import function_names
from derivcli.render.study_json import POINT_LISTS, SPECIAL_LISTS, study_json_object, study_rows
from derivcli.render.study_texts import (
    Special,
    exact_shown,
    infinity,
    interval_latex,
    interval_text,
    is_infinite,
    number_latex,
    number_shown,
    range_latex,
    range_text,
    special_points,
    what_happens,
)
from derivcli.render.variations import variations
from derivcli.result import SymbolicResult
from derivcli.study.study import Number, Study

MAX_ROWS = 40
"""So many places are listed; of more the first ones and the last ones."""

FIRST_ROWS, LAST_ROWS = 12, 4

NOUNS = {"zeros": "zeros", "critical": "critical points", "inflections": "inflections", "breaks": "breaks"}
"""What the lists of a study are called."""

STEADY = ("corner", "vertical", "kink", "edge")
"""Breaks through which a function may go on rising or falling."""


def study_document(study: Study, style: Style) -> Document:
    """The document of a study."""
    study = spelled_for(study, style)
    return Document(
        blocks=lambda: _blocks(study, style),
        data=lambda: study_json_object(study),
        rows=lambda: study_rows(study),
    )


def _blocks(study: Study, style: Style) -> list[Block]:
    result = SymbolicResult(study.expression, {study.variable: study.expression})
    (function,) = function_names([result])
    specials = special_points(study, POINT_LISTS)
    return [
        understood([result]),
        *(Sentence(remark, "caption") for remark in study.remarks),
        Gap(),
        variations(study, function, style),
        *_listing(study, function, specials, style),
        Gap(),
        *_sentences(study, function, style),
    ]


def _listing(study: Study, function: str, specials: Sequence[Special], style: Style) -> Iterator[Block]:
    """The special points as a table; of very many the first and the last ones."""
    if not specials:
        return
    kept = specials if len(specials) <= MAX_ROWS else [*specials[:FIRST_ROWS], *specials[-LAST_ROWS:]]
    table = _table(study, function, kept, style)
    if len(kept) < len(specials):
        table = _with_ellipsis(table, style)
    yield Gap()
    yield table
    if len(kept) < len(specials):
        counts = [f"{len(found):,} {noun}" for name, noun in NOUNS.items() if (found := getattr(study, name))]
        yield Sentence(f"in all {', '.join(counts)}; the formats tsv and json list every one", "caption")


def _table(study: Study, function: str, specials: Sequence[Special], style: Style) -> Table:
    values = [special.value for special in specials]
    kinds = [what_happens(special, style) for special in specials]
    marks = [_mark(special, style) for special in specials]
    x_texts = [infinity(special.x, style) or number_shown(special.x, style) for special in specials]
    value_texts = ["" if value is None else number_shown(value, style) for value in values]
    exact = ["" if value is None else exact_shown(value) for value in values]
    columns = [
        Column(study.variable, x_texts, "at", exact=[exact_shown(special.x) for special in specials]),
        Column(f"{function}({study.variable})", value_texts, "value", exact=exact),
        Column("", kinds, "words", numeric=False, marks=marks, warned=[not special.is_proved for special in specials]),
    ]
    return Table(columns, lambda: [_line(special, function, study, style) for special in specials], is_inline=True)


def _mark(special: Special, style: Style) -> str:
    """The sign of what is proved, or the verdict of what is not."""
    kind = next((point.verdict.kind for point in special.points if point.verdict.kind != "proved"), "proved")
    return KINDS[kind].marks[not style.unicode] or kind


def _with_ellipsis(table: Table, style: Style) -> Table:
    """The table with a row for what is left out of it."""
    dots = "…" if style.unicode else "..."

    def between(texts: Sequence[str], filling: str) -> list[str]:
        return [*texts[:FIRST_ROWS], filling, *texts[FIRST_ROWS:]] if texts else []

    columns = [
        replace(
            each,
            texts=between(each.texts, dots),
            marks=between(each.marks, ""),
            warned=[*each.warned[:FIRST_ROWS], False, *each.warned[FIRST_ROWS:]] if each.warned else (),
            exact=between(each.exact, ""),
        )
        for each in table.columns
    ]
    return replace(table, columns=columns)


def _line(special: Special, function: str, study: Study, style: Style) -> Line:
    """A special point in LaTeX: f(x0) = y0, and what happens there."""
    words = rf"&& \text{{{_escaped(what_happens(special, style))}}}"
    place = number_latex(special.x, number_shown(special.x, style))
    if special.value is None:
        return name_latex(study.variable), "=", f"{_both(special.x, style)} {words}"
    brackets = (r"\left(", r"\right)") if "\\frac" in place else "()"
    return f"{name_latex(function)}{brackets[0]}{place}{brackets[1]}", "=", f"{_both(special.value, style)} {words}"


def _both(number: Number, style: Style) -> str:
    """A number's formula, and its digits where these are not the same."""
    digits = number_shown(number, style)
    known = number_latex(number, digits)
    same = number.exact is None or number.exact.text == digits or is_infinite(number)
    return known if same else rf"{known} \approx {number_latex(_inexact(number), digits)}"


def _inexact(number: Number) -> Number:
    return Number(number.value, number.low, number.high, number.text)


def _escaped(words: str) -> str:
    words = re.sub(r"([_%&#$])", r"\\\1", words).replace("^", r"\textasciicircum{}")
    return words.replace("∞", r"$\infty$")


def _sentences(study: Study, function: str, style: Style) -> Iterator[Sentence]:
    yield from _completeness(study, function, style)
    steady = _steady(study, function, style)
    if steady:
        yield Sentence(steady, "verdict")
    extent = study.range
    if extent is not None:
        inside = interval_latex(study.low, study.high, style)
        left = rf"{name_latex(function)}\left({inside}\right)"
        yield Sentence(f"range: {range_text(extent, style)}", "", lambda: [(left, "=", range_latex(extent, style))])


def _completeness(study: Study, function: str, style: Style) -> Iterator[Sentence]:
    """That there are no other special points, or what is open, where, and why."""
    inside = interval_text(study.low, study.high, style)
    is_bare = not any(getattr(study, name) for name in SPECIAL_LISTS)
    what = "no zeros, extrema, inflections or breaks" if is_bare else "no others"
    latex = [("", "", rf"\text{{{what} on }} {interval_latex(study.low, study.high, style)}\text{{: proved}}")]
    mark = f"{KINDS['proved'].marks[0]} " if style.unicode else ""
    if study.complete:
        yield Sentence(f"{mark}{what} on {inside}: proved", "verdict", lambda: latex)
        return
    for question in open_questions(study, function, style):
        yield Sentence(question, "warning")
    if not is_open_throughout(study):
        yield Sentence(f"elsewhere on {inside} there are no others: proved")


def _steady(study: Study, function: str, style: Style) -> str:
    """That a function rises or falls throughout, where it does and that is proved."""
    slopes = {piece.slope for piece in study.pieces if piece.defined}
    is_whole = study.pieces and all(piece.defined for piece in study.pieces)
    is_continuous = all(point.kind in STEADY and point.value is not None for point in study.breaks)
    if not is_whole or not is_continuous or len(slopes) != 1 or slopes & {0, None}:
        return ""
    rises = "rises" if slopes == {1} else "falls"
    return f"{function} {rises} throughout {interval_text(study.low, study.high, style)}: proved"
