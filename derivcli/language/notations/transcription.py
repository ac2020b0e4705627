"""A text in another notation written anew in ours, each character of which knows where it comes from.

So the parser reads one notation, and a caret stands under what was typed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from derivcli.errors import DerivError, Note, Span


@dataclass(frozen=True, slots=True)
class Transcription:
    """What `source` is in our notation: each character of `text` comes from those between its start and its stop.

    `names` are one variable each in the other notation, and `own_notes` are what its reader notes.
    """

    source: str
    text: str
    starts: array[int]
    stops: array[int]
    names: tuple[str, ...] = ()
    own_notes: tuple[Note, ...] = ()

    def place(self, span: Span) -> Span:
        """Where in the source a stretch of the text comes from."""
        if span.start >= len(self.text):
            return Span(len(self.source), len(self.source))
        last = min(max(span.stop, span.start + 1), len(self.text)) - 1
        return Span(self.starts[span.start], max(self.stops[last], self.starts[span.start]))

    def notes(self, notes: Iterable[Note]) -> Iterator[Note]:
        """Notes on the text as notes on the source, behind those of the reader."""
        yield from self.own_notes
        for note in notes:
            yield replace(note, source=self.source, span=self.place(note.span)) if note.source == self.text else note

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Let refusals of the text stand under the source."""
        try:
            yield
        except DerivError as error:
            if error.source == self.text and error.span is not None:
                error.source, error.span = self.source, self.place(error.span)
            raise

    def after(self, first: Transcription) -> Transcription:
        """This transcription of what `first` has written, as one of its source."""
        spans = [first.place(Span(start, stop)) for start, stop in zip(self.starts, self.stops, strict=True)]
        starts, stops = array("l", (span.start for span in spans)), array("l", (span.stop for span in spans))
        notes = (replace(note, source=first.source, span=first.place(note.span)) for note in self.own_notes)
        names = (*first.names, *self.names)
        return Transcription(first.source, self.text, starts, stops, names, (*first.own_notes, *notes))


class Scribe:
    """Writes a transcription piece by piece."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.starts, self.stops = array("l"), array("l")

    def copy(self, start: int, stop: int) -> None:
        """Write a stretch of the source as it stands there."""
        self.parts.append(self.source[start:stop])
        self.starts.extend(range(start, stop))
        self.stops.extend(range(start + 1, stop + 1))

    def write(self, text: str, start: int, stop: int) -> None:
        """Write what a stretch of the source stands for."""
        self.parts.append(text)
        self.starts.extend([start] * len(text))
        self.stops.extend([stop] * len(text))

    def done(self) -> Transcription:
        """What has been written."""
        return Transcription(self.source, "".join(self.parts), self.starts, self.stops)


def unchanged(source: str) -> Transcription:
    """A text that is in our notation already."""
    scribe = Scribe(source)
    scribe.copy(0, len(source))
    return scribe.done()
