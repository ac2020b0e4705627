"""Refusals and notes as data, the exit statuses, and the one place that draws a caret."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from derivcli.hints import COMMAND_LINE, PYTHON, Surface, spelled

WINDOW = 72

LONGEST_NAME = 500
"""Characters of a file's name in a sentence; a longer one loses its middle."""

_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tabs and ends of lines
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of text
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f]"  # other ends of lines, annotations, tags that nobody sees
)
"""What acts on a terminal. Joiners do not, and many scripts and emoji need them in cells."""


class ExitStatus(IntEnum):
    """What the process tells its caller, and what it means."""

    OK = 0, "Fine."
    DIFFERENCE = 1, "--check found a number that misleads, an answer is wrong, or check-fn found a fault."
    REFUSED = 2, "The input, or a row of a data file, was refused."
    INTERNAL = 70, "An error of ours, with the line to report."
    UNWRITABLE = 74, "The output could not be written."
    INTERRUPTED = 130, "Interrupted."
    CLOSED_PIPE = 141, "The reader of a pipe went away."
    TERMINATED = 143, "Asked to end."

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> ExitStatus:
        """Make one of the number that the process ends with."""
        status = int.__new__(cls, value)
        status._value_ = value
        status.meaning = meaning
        return status


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source text, in characters: `start` included, `stop` not."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about a text that was accepted; `other` is the text that has the other meaning."""

    wording: str
    """The message, in which options are named as in hints."""
    source: str
    span: Span
    other: str = ""

    @property
    def message(self) -> str:
        """The message for Python."""
        return spelled(self.wording, PYTHON)


class DerivError(Exception):
    """A refusal: one sentence, where in which text it applies, and a way out.

    It is data until the program's border draws it. (Not a frozen dataclass like the other nouns,
    since Python writes the traceback into an exception while it travels.)
    """

    def __init__(
        self,
        message: str,
        source: str = "",
        span: Span | None = None,
        hint: str = "",
        status: ExitStatus = ExitStatus.REFUSED,
    ) -> None:
        super().__init__(message)
        self.wording = message
        """The message, in which options are named as in hints."""
        self.source = source
        self.span = span
        self.way_out = hint
        """The hint, in which options are named as `hints` says."""
        self.status = status
        self.surface = PYTHON
        """Who is told."""

    @property
    def message(self) -> str:
        """The sentence for whoever is told."""
        return spelled(self.wording, self.surface)

    @property
    def hint(self) -> str:
        """The way out for whoever is told."""
        return spelled(self.way_out, self.surface)

    def with_hint(self, hint: str) -> DerivError:
        """The same refusal with another way out."""
        return DerivError(self.wording, self.source, self.span, hint, self.status)

    def __str__(self) -> str:
        return draw_error(self, self.surface)


class ArgumentError(DerivError, TypeError):
    """A refusal of what Python gives as an argument and no text can be, which is a TypeError too."""


class EquationError(DerivError):
    """A refusal of an equation where a formula is due."""


class UnknownNameError(DerivError):
    """A refusal of a name that means nothing.

    `undeclared` is the name if it would be a variable if it were declared, and is like none of those that are.
    `guess` is a question that names what was perhaps meant instead.
    """

    def __init__(
        self, message: str, span: Span | None = None, hint: str = "", undeclared: str = "", guess: str = ""
    ) -> None:
        super().__init__(message, span=span, hint=hint)
        self.undeclared = undeclared
        self.guess = guess


def draw_error(error: DerivError, surface: Surface = COMMAND_LINE) -> str:
    """The refusal as text: the sentence, the source with a caret under the place, the way out."""
    lines = [visible(spelled(error.wording, surface))]
    if error.span is not None:
        lines += _caret(error.source, error.span)
    if error.way_out:
        lines.append("  " + visible(spelled(error.way_out, surface)))
    return "\n".join(lines)


def draw_note(note: Note, surface: Surface = COMMAND_LINE) -> str:
    """A note as text, drawn like a refusal."""
    return "\n".join([visible(spelled(note.wording, surface)), *_caret(note.source, note.span)])


def failure(error: BaseException) -> str:
    """An exception that is not ours in one line: its type and the first line of what it says."""
    try:
        said = str(error).strip().partition("\n")[0]
    except Exception:  # whoever wrote the exception may have erred too
        said = ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def visible(text: str) -> str:
    """`text` with every character that could act on a terminal replaced by its escape."""
    return "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else _escape(c) for c in text)


def inert(text: str) -> str:
    """`text` with every character that acts on a terminal replaced by its escape; its lines and tabs stay."""
    return _ACTING.sub(lambda found: _escape(found[0]), text)


def file_name(path: object) -> str:
    """A file's name as a sentence can hold it."""
    return visible(without_middle(str(path), LONGEST_NAME))


def without_middle(text: str, length: int) -> str:
    """A text, or its beginning and its end where it is longer than a length."""
    return text if len(text) <= length else f"{text[: length // 2]}…{text[-(length // 2) :]}"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _caret(source: str, span: Span) -> list[str]:
    """The line of `source` that holds `span`, cut to a window, and the carets under it."""
    start = min(span.start, len(source))
    line_start = source.rfind("\n", 0, start) + 1
    line_stop = source.find("\n", start)
    line_stop = len(source) if line_stop < 0 else line_stop
    stop = max(start + 1, min(span.stop, line_stop))
    left = max(line_start, min(start - WINDOW // 2, line_stop - WINDOW))
    right = min(line_stop, left + WINDOW)
    stop = min(stop, max(right, start + 1))
    before = ("…" if left > line_start else "") + visible(source[left:start])
    marked = visible(source[start:stop])
    after = visible(source[stop:right]) + ("…" if right < line_stop else "")
    carets = "^" * max(1, _width(marked))
    return ["  " + before + marked + after, "  " + " " * _width(before) + carets]


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    combining = sum(unicodedata.combining(c) != 0 for c in text)
    return len(text) + wide - combining
