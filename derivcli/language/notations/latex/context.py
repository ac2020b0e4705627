"""What all parts of a reading know: the source, the names that are declared, and what is noted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from derivcli.errors import DerivError, Note, Span
from derivcli.language.notations.latex.nodes import Atom, Sequence


@dataclass(slots=True)
class Context:
    """The source of a formula in LaTeX, what is known of its names, and what is found on the way."""

    source: str
    declared: Collection[str] = ()
    functions: Collection[str] = ()
    """The names of the user's own functions."""
    standing: set[str] = field(default_factory=set)
    """The letters that stand somewhere without a bracket behind them, and so are variables."""
    spellings: dict[str, str] = field(default_factory=dict)
    """By a Greek name, the command that it was written by."""
    names: dict[str, None] = field(default_factory=dict)
    """Names of several letters that are one variable each, as they are written."""
    places: dict[str, list[int]] = field(default_factory=dict)
    """Where each letter stands."""
    notes: dict[str, Note] = field(default_factory=dict)

    def refusal(self, message: str, place: Atom | Sequence | Span, hint: str) -> DerivError:
        """A refusal of an atom or of a stretch."""
        return DerivError(message, self.source, Span(place.start, place.stop), hint)

    def note(self, kind: str, message: str, start: int, stop: int) -> None:
        """Keep the first note of each kind."""
        self.notes.setdefault(kind, Note(message, self.source, Span(start, stop)))

    def text(self, start: int, stop: int) -> str:
        """What was typed there."""
        return self.source[start:stop].strip()
