"""What a terminal shows beside text: told by its name, or by its answer where it is asked."""

from __future__ import annotations

import errno
import os
import re
import select
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from derivcli.errors import DerivError

VARIABLE = "DERIV_PICTURES"

TEXTS = ("braille", "blocks", "ascii")
PROTOCOLS = ("kitty", "iterm", "sixel")

ANSWER_SECONDS = 1.0
"""How long a terminal has to answer; those that do take a few milliseconds, and a slow line a few hundred."""

QUESTIONS = b"\x1b]11;?\x1b\\\x1b[c"
"""Which color is the background, and what kind of terminal is this (DA1), which all terminals answer."""

_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")
_BACKGROUND = re.compile(rb"\x1b\]11;rgba?:([\da-fA-F]+)/([\da-fA-F]+)/([\da-fA-F]+)")

SIXEL_ATTRIBUTE = b"4"

NAMES = (
    ("KITTY_WINDOW_ID", ".", "kitty"),
    ("TERM", "xterm-(kitty|ghostty)$", "kitty"),
    ("TERM_PROGRAM", "ghostty$", "kitty"),
    ("TERM_PROGRAM", "(iTerm.app|WezTerm)$", "iterm"),
)
"""What variables of the environment begin with in terminals that know a protocol."""


@dataclass(frozen=True, slots=True)
class Graphics:
    """How pictures are shown: by one of PROTOCOLS or in one of TEXTS; and whether the background is known as dark."""

    kind: str
    is_dark: bool = False

    @property
    def is_text(self) -> bool:
        """Whether pictures are made of letters."""
        return self.kind in TEXTS


def graphics_of(environment: Mapping[str, str], descriptor: int | None, unicode: bool, color: bool) -> Graphics:
    """How the terminal of a descriptor shows pictures; there is none where what is written goes elsewhere."""
    name, asked = environment.get("TERM", ""), environment.get(VARIABLE, "")
    # The console of Linux has a font without Braille.
    text = "ascii" if not unicode or name == "linux" else "braille"
    if asked not in ("", "text", *TEXTS, *PROTOCOLS):
        raise DerivError(f"{VARIABLE} is '{asked}'", hint=f"set it to text, {', '.join((*TEXTS, *PROTOCOLS))}")
    if asked:
        return Graphics(text if asked == "text" else asked)
    if descriptor is None or not color or name == "linux":
        return Graphics(text)
    answer = _answer(descriptor)
    protocol = "" if _is_multiplexed(environment) else _named(environment)
    found = _ATTRIBUTES.search(answer)
    if not protocol and found is not None and SIXEL_ATTRIBUTE in found[1].split(b";"):
        protocol = "sixel"
    return Graphics(protocol or text, _is_dark(answer))


def _is_multiplexed(environment: Mapping[str, str]) -> bool:
    """Whether another program shows what the terminal is named after; it answers for itself."""
    return "TMUX" in environment or environment.get("TERM", "").startswith(("screen", "tmux"))


def _named(environment: Mapping[str, str]) -> str:
    return next(
        (protocol for key, start, protocol in NAMES if re.match(start, environment.get(key, ""))),
        "",
    )


def _is_dark(answer: bytes) -> bool:
    """Whether a background has been told, and is darker than a middle grey."""
    found = _BACKGROUND.search(answer)
    if found is None:
        return False
    parts = [int(part, 16) / (16 ** len(part) - 1) for part in found.groups()]
    return bool(sum(parts) < 1.5)


def _answer(descriptor: int) -> bytes:
    """What the terminal says of itself; nothing where it is silent, or where somebody is typing."""
    answer = b""
    with suppress(OSError, ImportError), _unbuffered(descriptor):
        if select.select([descriptor], [], [], 0)[0]:
            return b""
        os.write(descriptor, QUESTIONS)
        end = time.monotonic() + ANSWER_SECONDS
        while not _ATTRIBUTES.search(answer) and (left := end - time.monotonic()) > 0:
            if select.select([descriptor], [], [], left)[0]:
                answer += os.read(descriptor, 1024)
    return answer


@contextmanager
def _unbuffered(descriptor: int) -> Iterator[None]:
    """The terminal hands over an answer at once and does not show it; a job in the background leaves it alone."""
    import fcntl
    import termios

    is_readable = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR
    if not is_readable or _is_in_background(descriptor):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
    settings = termios.tcgetattr(descriptor)
    changed = [*settings[:3], settings[3] & ~(termios.ICANON | termios.ECHO), *settings[4:]]
    termios.tcsetattr(descriptor, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def _is_in_background(descriptor: int) -> bool:
    try:
        return os.tcgetpgrp(descriptor) != os.getpgrp()
    except OSError:  # it is not the terminal that this job belongs to
        return False
