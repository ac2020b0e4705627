"""The tokens of a text, one after another, read no further than the parser has come."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection
from functools import cached_property

from derivcli.language import name_resolution
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.tokens import Token, letters_alone, tokenize

_BRACKET = re.compile(r"\s*\(")
_COMPARISON = re.compile("[<>=≤≥≠]")


class TokenStream:
    """The tokens of a text and how far they have been read; a name that is a product comes as its letters.

    A hostile text is refused where it goes wrong, however long it goes on after that.
    """

    def __init__(self, text: str, declared: Collection[str], custom: Collection[str] = ()) -> None:
        self.text = text
        self.declared = declared
        self.custom = custom
        self.tokens = tokenize(text, declared)
        self.waiting: deque[Token] = deque()
        self.before: Token | None = None
        self.token: Token | None = None

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters that are variables by themselves: declared, or standing alone in the text."""
        return frozenset(self.declared) | (letters_alone(self.text) - CONSTANTS.keys())

    @cached_property
    def compares(self) -> bool:
        """Whether anything is compared in the text."""
        return _COMPARISON.search(self.text) is not None

    @property
    def next(self) -> Token:
        """The token after the one at hand."""
        if not self.waiting:
            self.read()
        return self.waiting[0]

    @property
    def token_stop(self) -> int:
        """Where the token at hand ends."""
        return self.token.stop if self.token is not None else 0

    @property
    def next_is_called(self) -> bool:
        """Whether a bracket stands behind the next token."""
        return self.is_called(self.next)

    def is_called(self, token: Token) -> bool:
        """Whether a bracket stands behind a token."""
        return _BRACKET.match(self.text, token.stop) is not None

    def peek(self, place: int) -> Token:
        """The token at a place after the one at hand, from 0; the end of the text where there is none."""
        while len(self.waiting) <= place and not (self.waiting and self.waiting[-1].kind == "end"):
            self.read()
        return self.waiting[min(place, len(self.waiting) - 1)]

    def skip(self, count: int) -> None:
        """Go on by several tokens."""
        for _ in range(count):
            self.take()

    def take(self) -> Token:
        """Go on to the next token."""
        if not self.waiting:
            self.read()
        self.before = self.token
        self.token = token = self.waiting.popleft()
        return token

    def read(self) -> None:
        """Read one token more."""
        token = next(self.tokens)
        if token.kind == "name" and len(token.text) > 1:
            self.waiting.extend(self.parted(token))
        else:
            self.waiting.append(token)

    def put_back(self) -> None:
        """Go back to the token before the one at hand."""
        assert self.token is not None, "there is a token at hand"
        self.waiting.appendleft(self.token)
        self.token = self.before

    def parted(self, token: Token) -> list[Token]:
        """`uv` as `u` and `v` where each letter is a variable; any other name as it is."""
        name = token.text
        if name in name_resolution.CAPITALS and name not in self.declared and self.compares:
            return [Token("name", name_resolution.CAPITALS[name], token.start, token.stop)]
        if not name_resolution.may_be_product(name, self.declared, self.custom, self.is_called(token)):
            return [token]
        # The e of `xe^x` can be nothing but the base of an exponential.
        variables = name[:-1] if name[-1] == "e" and self.text.startswith(("^", "**"), token.stop) else name
        if not self.letters.issuperset(variables):
            return [token]
        return [Token("name", letter, token.start + i, token.start + i + 1) for i, letter in enumerate(name)]
