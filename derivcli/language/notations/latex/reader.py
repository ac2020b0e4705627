"""Text in LaTeX to our notation."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from derivcli.errors import DerivError, Span
from derivcli.language import limits
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.calculus import bind
from derivcli.language.notations.latex.choices import bind_conditions
from derivcli.language.notations.latex.commands import DISPLAYS
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.factors import written
from derivcli.language.notations.latex.names import join_letters
from derivcli.language.notations.latex.nodes import Sequence, sequences
from derivcli.language.notations.latex.pieces import transcription_of
from derivcli.language.notations.latex.token_rules import grouped
from derivcli.language.notations.transcription import Transcription

_BEGIN = re.compile(r"\\begin\s*\{([A-Za-z]+)(\*?)\}(?:\s*\[[a-z]\])?")
_END = re.compile(r"\\end\s*\{([A-Za-z]+\*?)\}\Z")
_SURROUNDS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_BLANKS = re.compile(r"\s*")
MAX_SURROUNDS = 9
"""How many signs are taken off from around a formula."""
_LAST = re.compile(r"(?:\s|~|\\[,;:!]|(?<!\\)\\\\|(?<=[^\s\\])(?<!right)[.,;])+\Z")


def latex_transcription(text: str, declared: Collection[str], functions: Collection[str]) -> Transcription:
    """What a text in LaTeX is in our notation; raises DerivError with the place where it is none."""
    limits.check_characters(text)
    start, stop = _inside(text)
    context = Context(text, declared, functions)
    root = grouped(text, start, stop)
    for sequence in sequences(root):
        bind_conditions(sequence, context)
        join_letters(sequence, context)
    _find_letters(root, context)
    for sequence in sequences(root):
        bind(sequence, context)
    for sequence in reversed(list(sequences(root))):
        sequence.piece = written(sequence, context)
    assert root.piece is not None, "the whole is written last"
    found = transcription_of(text, root.piece)
    return replace(found, own_notes=tuple(context.notes.values()), names=tuple(context.names))


def _find_letters(root: Sequence, context: Context) -> None:
    """Note where each letter stands."""
    for sequence in sequences(root):
        for atom in sequence.atoms:
            if atom.kind in (nodes.LETTER, nodes.NAME):
                context.places.setdefault(atom.text, []).append(atom.start)
    for places in context.places.values():
        places.sort()


def _inside(text: str) -> tuple[int, int]:
    """Where the formula stands in a text, without the signs that set it apart."""
    start, stop = 0, len(text)
    for _ in range(MAX_SURROUNDS):
        before = start, stop
        blanks = _BLANKS.match(text, start, stop)
        start = blanks.end() if blanks else start
        end = _LAST.search(text, max(start, stop - 200), stop)
        stop = end.start() if end else stop
        for opening, closing in _SURROUNDS:
            if text.startswith(opening, start) and text.endswith(closing, start + len(opening), stop):
                start, stop = start + len(opening), stop - len(closing)
                break
        else:
            start, stop = _inside_display(text, start, stop)
        if (start, stop) == before:
            break
    if text.startswith("$", start):
        raise DerivError("'$' is no part of a formula", text, Span(start, start + 1), "write the formula without it")
    return start, stop


def _inside_display(text: str, start: int, stop: int) -> tuple[int, int]:
    begin, end = _BEGIN.match(text, start, stop), _END.search(text, max(start, stop - 40), stop)
    if begin is None or end is None or begin[1] not in DISPLAYS:
        return start, stop
    if begin[1] + begin[2] != end[1]:
        hint = f"write \\end{{{begin[1]}{begin[2]}}}"
        raise DerivError("this ends another environment than the one that begins", text, Span(*end.span()), hint)
    return begin.end(), end.start()
