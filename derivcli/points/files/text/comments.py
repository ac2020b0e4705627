"""Lines of a text file that are comments: they begin with a sign where a row would begin."""

from __future__ import annotations

import re


class Comments:
    """What finds the comments of a file, and takes them out; without a sign there are none."""

    def __init__(self, sign: str, line_end: bytes, after_blanks: bool = False) -> None:
        """With `after_blanks` spaces and tabs may stand before the sign."""
        self._sign, self._line_end = sign.encode(), line_end
        begin = (rb"[ \t]*+" if after_blanks else b"") + re.escape(self._sign)
        self._line = re.compile(rb"%b[^%b]*+(?:%b|\Z)" % (begin, line_end, line_end))
        self._before = re.compile(rb"%b%b[^%b]*+" % (line_end, begin, line_end))

    def may_be_in(self, block: bytes) -> bool:
        """Whether the sign is somewhere in a block."""
        return bool(self._sign) and self._sign in block

    def match(self, text: bytes, start: int) -> re.Match[bytes] | None:
        """The comment that begins there, where a row would begin."""
        return self._line.match(text, start) if self._sign else None

    def end(self, text: bytes, start: int, whole: bool = False) -> int:
        """Where the comments that begin there end, or those of them that are `whole`, with their line ends."""
        while (found := self.match(text, start)) and (not whole or found.group().endswith(self._line_end)):
            start = found.end()
        return start

    def removed(self, block: bytes) -> bytes:
        """A block without its comments, when no cell of it has line ends."""
        if not self.may_be_in(block):
            return block
        return self._before.sub(b"", block[self.end(block, 0) :])
