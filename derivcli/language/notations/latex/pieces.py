"""What is written for a sequence: pieces of text with where each comes from, put together once at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from derivcli.language.notations.transcription import Scribe, Transcription

Part: TypeAlias = "tuple[str, int, int] | Piece"
"""A text and the stretch of the source that it stands for, or a piece."""


@dataclass(slots=True, eq=False)
class Piece:
    """What is written for a sequence, and how tightly it holds together."""

    parts: list[Part] = field(default_factory=list)
    is_sum: bool = False
    """Whether it has a plus, a minus, a comparison or the like outside of brackets."""
    is_product: bool = False
    """Whether it is more than one factor."""
    is_bare: bool = False
    """Whether it has a function without brackets, whose argument goes on as far as it can."""
    commas: int = 0

    @property
    def is_factor(self) -> bool:
        """Whether it needs no brackets in any product."""
        return not (self.is_sum or self.is_product or self.is_bare or self.commas)

    @property
    def is_term(self) -> bool:
        """Whether it needs no brackets at the head of a product."""
        return not (self.is_sum or self.is_bare or self.commas)


def transcription_of(source: str, piece: Piece) -> Transcription:
    """The text of a piece."""
    scribe = Scribe(source)
    waiting = [iter(piece.parts)]
    while waiting:
        part = next(waiting[-1], None)
        if part is None:
            waiting.pop()
        elif isinstance(part, Piece):
            waiting.append(iter(part.parts))
        elif part[0] == source[part[1] : part[2]]:
            scribe.copy(part[1], part[2])
        else:
            scribe.write(*part)
    return scribe.done()
