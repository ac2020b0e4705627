"""What is noticed of a text while it is read."""

from __future__ import annotations

from derivcli.errors import Note
from derivcli.language import ambiguities
from derivcli.language.ambiguities import Pending, Reading
from derivcli.language.parser_stack import Frame
from derivcli.language.remarks import Remark


class Noticed:
    """The notes on a text, one of each kind, and the places in it that have two meanings."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.notes: dict[str, Note] = {}
        self.readings: list[Reading] = []

    def note(self, remark: Remark | None) -> None:
        """Keep the first remark of each kind."""
        if remark is not None:
            self.notes.setdefault(remark.kind, Note(remark.message, self.text, remark.span))

    def expect(self, frame: Frame, pending: Pending | None) -> None:
        """Wait for the end of a place with two meanings."""
        if pending is not None and len(self.readings) + len(frame.pending) < ambiguities.MOST:
            frame.pending.append(pending)

    def settle(self, frame: Frame, reach: int, stop: int) -> None:
        """End the places of a frame that reach no further than `reach`, at the position `stop`."""
        ended = [pending for pending in frame.pending if pending.reach <= reach]
        frame.pending = [pending for pending in frame.pending if pending.reach > reach]
        for pending in ended:
            self.keep(pending.end(stop))

    def keep(self, reading: Reading | None) -> None:
        """Keep a place with two meanings, and tell of the first of each kind."""
        if reading is None or len(self.readings) >= ambiguities.MOST:
            return
        self.readings.append(reading)
        if reading.kind not in self.notes:
            other = ambiguities.edited(self.text, [reading])
            self.notes[reading.kind] = Note(reading.message, self.text, reading.span, other)
