"""What a line comes to: a document, or work that the command line's commands write themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivcli.cli.options import MainOptions
    from derivcli.render.blocks import Document
    from derivcli.request import Request


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be shown for a line. A line without any is one to pass."""

    document: Document | None = None
    format: str = ""
    """The format of the document; "" for that of short answers."""
    notes: Sequence[str] = ()
    differs: bool = False
    """Whether a check that was asked for found a difference."""
    job: tuple[Request, MainOptions] | None = None
    """A request that the main command answers, with these options."""
    words: Sequence[str] = ()
    """A command line to be run."""
    ends: bool = False
    """Whether the session ends."""


NOTHING = Reply()
