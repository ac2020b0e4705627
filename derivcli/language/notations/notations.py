"""The notations that are read beside ours, each of which is written anew in it before the parser reads it."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivcli.language.notations.transcription import Transcription
from derivcli.language.notations.typography import typeset

_LATEX = re.compile(r"(?!\s*['\"])[^\\{}$]*[\\{}$]")
"""A text with a sign that LaTeX alone has, and without a quote at its head, as the strings of programs have."""


def transcribed(text: str, declared: Collection[str] = (), functions: Collection[str] = ()) -> Transcription | None:
    """A text of another notation in ours; None for one that is in ours already, as most are."""
    plain = typeset(text)
    typed = text if plain is None else plain.text
    if not _LATEX.match(typed) and "&=" not in typed:  # which stands in aligned equations, before their sign
        return plain
    from derivcli.language.notations.latex.reader import latex_transcription

    if plain is None:
        return latex_transcription(text, declared, functions)
    with plain.refusals():
        return latex_transcription(plain.text, {*declared, *plain.names}, functions).after(plain)
