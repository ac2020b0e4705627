"""Pictures among the lines of a terminal, by one of the protocols for it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping

from derivcli.pictures.terminal.sixel import sixels

KITTY_CHUNK_LETTERS = 4096


def inline_picture(data: bytes, protocol: str) -> str:
    """What shows a PNG at the cursor, and moves on to the line below; `protocol` is one of PROTOCOLS."""
    return PROTOCOLS[protocol](data) + "\n"


def _kitty(data: bytes) -> str:
    """Kitty's graphics protocol: base64 in chunks, of which the first says what they are, and that none is answered."""
    return "".join(_kitty_chunks(base64.b64encode(data).decode("ascii")))


def _kitty_chunks(text: str) -> Iterator[str]:
    for start in range(0, len(text), KITTY_CHUNK_LETTERS):
        keys = "a=T,f=100,q=2," if start == 0 else ""
        more = int(start + KITTY_CHUNK_LETTERS < len(text))
        yield f"\x1b_G{keys}m={more};{text[start : start + KITTY_CHUNK_LETTERS]}\x1b\\"


def _iterm(data: bytes) -> str:
    """iTerm2's file transfer: the size in bytes, and base64."""
    return f"\x1b]1337;File=inline=1;size={len(data)}:{base64.b64encode(data).decode('ascii')}\x07"


PROTOCOLS: Mapping[str, Callable[[bytes], str]] = {"kitty": _kitty, "iterm": _iterm, "sixel": sixels}
"""What shows the bytes of a PNG, by the protocol's name."""
