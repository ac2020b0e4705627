"""The notations that are read beside ours, each of which is written anew in it before the parser reads it."""

from __future__ import annotations

from derivcli.language.transcription import Transcription


def transcribed(text: str) -> Transcription | None:
    """A text of another notation in ours; None for one that is in ours already, as most are."""
    return None
