"""Text in other encodings than UTF-8: which encoding it is, as told or as first bytes say, and a stream of UTF-8."""

from __future__ import annotations

import codecs
import difflib
from encodings.aliases import aliases
from typing import Protocol

from derivcli.errors import DerivError, visible

MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks, longer ones first, and the encodings that they tell."""

_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")

MAX_BYTES_GUESSED = 1 << 20

UTF8 = ("utf-8", "utf-8-sig", "ascii")
"""Encodings of which nothing is to be converted."""


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Converted:
    """A stream of text in another encoding, read as UTF-8; `begun` are the bytes that were read from it already."""

    def __init__(self, name: str, stream: Readable, begun: bytes, encoding: str) -> None:
        self._name, self._stream, self._begun, self._encoding = name, stream, begun, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._rest = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """At most so many bytes of UTF-8; none at the end."""
        while len(self._rest) < size and not self._ended:
            data, self._begun = self._begun or self._stream.read(size), b""
            self._ended = not data
            try:
                self._rest += self._decoder.decode(data, final=self._ended).encode()
            except UnicodeError as error:
                message = f"{self._name} is not written in {self._encoding}: {_reason(error)}"
                raise DerivError(message, hint="name another with --encoding") from None
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def encoding_of(name: str, given: str, first: bytes) -> str:
    """The encoding of a file with these first bytes, "" for UTF-8; refused where the one given is none of text."""
    if not given:
        return next((encoding for mark, encoding in MARKS.items() if first.startswith(mark)), "")
    found = _of_text(given)
    if found is None:
        known = sorted(name for name in {*aliases.values(), *aliases, "latin-1"} if _of_text(name))
        close = difflib.get_close_matches(given.lower().replace("-", "_"), known, 1)
        hint = f"did you mean {close[0].replace('_', '-')}?" if close else "name one such as latin-1, cp1252 or utf-16"
        raise DerivError(f"'{visible(given)}' is no encoding of text", hint=hint)
    return "" if found.name in UTF8 else found.name


def _of_text(name: str) -> codecs.CodecInfo | None:
    """The encoding of text that is called so, if there is one."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True) and found.incrementaldecoder is not None
    return found if is_text else None


def guess_encoding(first: bytes) -> str:
    """The encoding that first bytes of a file say; "" where they are no text.

    It is what a byte order mark says; UTF-16 where every other byte of many is NUL; UTF-8 where they are that; else
    one of single bytes.
    """
    first = first[:MAX_BYTES_GUESSED]
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    marked = encoding_of("", "", first)
    if marked:
        return marked
    if b"\0" in first:
        return _by_nuls(first)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(first)
    except UnicodeDecodeError:
        return single_byte_encoding(first)
    return "utf-8"


def _by_nuls(first: bytes) -> str:
    """The UTF-16 of which one byte of most pairs is NUL; "" where it is none."""
    even, odd = first[::2], first[1::2]
    shares = even.count(0) / max(1, len(even)), odd.count(0) / max(1, len(odd))
    if min(shares) > 0.01 or max(shares) < 0.5:
        return ""
    name = "utf-16-le" if shares[1] > shares[0] else "utf-16-be"
    try:
        first[: len(first) // 2 * 2].decode(name, errors="strict")
    except UnicodeDecodeError as error:
        return name if error.start >= len(first) - 4 else ""
    return name


def single_byte_encoding(data: bytes) -> str:
    """The encoding of text in a Western language that is no UTF-8; Windows has signs where Latin-1 has none."""
    controls = set(data) & {*range(0x80, 0xA0)}
    return "latin-1" if not controls or controls & _UNDEFINED_IN_CP1252 else "cp1252"


def _reason(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        shown = error.object[error.start : error.start + 1].hex().upper()
        return f"it has the byte {shown}" if shown else error.reason
    return str(error)
