"""How a text is encoded, as its first bytes say."""

from __future__ import annotations

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The byte order marks; those of UTF-32 begin as those of UTF-16 do."""

_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")

MAX_BYTES_GUESSED = 1 << 20


def guess_encoding(first: bytes) -> str:
    """The name of Python's for the encoding that first bytes of a file say; "" where they are no text.

    It is what a byte order mark says; UTF-16 where every other byte of many is NUL; UTF-8 where they are that; else
    Latin-1, or the encoding of Windows where there are bytes that Latin-1 has for control characters.
    """
    first = first[:MAX_BYTES_GUESSED]
    for mark, name in _MARKS.items():
        if first.startswith(mark):
            return name
    if b"\0" in first:
        return _by_nuls(first)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(first)
    except UnicodeDecodeError:
        return _of_single_bytes(first)
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


def _of_single_bytes(first: bytes) -> str:
    controls = set(first) & {*range(0x80, 0xA0)}
    return "latin-1" if not controls or controls & _UNDEFINED_IN_CP1252 else "cp1252"
