"""The tokens of a text, one after another, read no further than the parser has come."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer import letter_runs, name_resolution
from derivcli.language.lexer.letter_runs import Cut, Piece
from derivcli.language.lexer.tokens import GREEK, Token, canonical_name, letters_alone, tokenize

if TYPE_CHECKING:
    from derivcli.language.lexer.run_notes import RunNotes

_BRACKET = re.compile(r"\s*\(")
_OPERATOR = re.compile(r"D[a-z]\s+[A-Za-z0-9|√]")
"""`Dx` before a formula."""
_POWER = re.compile(r"\s*(?:\^|\*\*|[⁰¹²³⁴-⁹⁺⁻])")
_ARGUMENT = re.compile(r"\s*[\w.|√∛∜⌊⌈]")


@dataclass(frozen=True, slots=True)
class GluedArgument:
    """The argument that stands behind the last function of a run of letters."""

    token: Token
    """The run."""
    cut: Cut

    @property
    def start(self) -> int:
        """Where the argument starts in the text."""
        function = max(place for place, piece in enumerate(self.cut) if piece.kind == "function")
        return self.token.start + self.cut[function + 1].start


_COMPARISON = re.compile("[<>=≤≥≠]")


class TokenStream:
    """The tokens of a text and how far they have been read; a name that is a product comes as its letters.

    A hostile text is refused where it goes wrong, however long it goes on after that.
    """

    def __init__(
        self, text: str, declared: Collection[str], custom: Collection[str] = (), notes: RunNotes | None = None
    ) -> None:
        self.text = text
        self.declared = declared
        self.custom = custom
        self.bound: set[str] = set()
        """Names of several letters that a sum or an integral binds, and that are no products."""
        self.tokens = tokenize(text, declared)
        self.notes = notes
        self.products: set[str] = set()
        """Runs that are the product of known letters, whatever stands behind them."""
        self.cuts: dict[tuple[str, str], Cut] = {}
        """The runs that were cut, by what stands behind them."""
        self.glued: dict[int, GluedArgument] = {}
        """By the place of a function, the argument that is glued to its name."""
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
        waiting = self.waiting
        if not waiting:
            self.read()
        return waiting[0]

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
        waiting = self.waiting
        if not waiting:
            self.read()
        self.before = self.token
        self.token = token = waiting.popleft()
        return token

    def read(self) -> None:
        """Read one token more."""
        token = next(self.tokens)
        if token.kind != "name" or len(token.text) == 1 or token.prefix or self.is_whole(token.text):
            self.waiting.append(token)
        else:
            self.waiting.extend(self.parted(token))

    def put_back(self) -> None:
        """Go back to the token before the one at hand."""
        assert self.token is not None, "there is a token at hand"
        self.waiting.appendleft(self.token)
        self.token = self.before

    def is_whole(self, name: str) -> bool:
        """Whether a name is one token wherever it stands."""
        return name in self.declared or (name_resolution.always_means_itself(name) and name not in self.custom)

    def parted(self, token: Token) -> list[Token]:
        """`uv` as `u` and `v`, and `xsinx` as `x`, `sin` and `x`; any other name as it is."""
        name, start = token.text, token.start
        if name in self.products and name not in self.bound:
            return [Token("name", letter, start + place, start + place + 1) for place, letter in enumerate(name)]
        if name in self.bound or (_OPERATOR.match(self.text, token.start) and "D" not in self.letters):
            return [token]
        if name in name_resolution.CAPITALS and name not in self.declared and self.compares:
            return [Token("name", name_resolution.CAPITALS[name], token.start, token.stop)]
        if not name_resolution.may_be_run(name, self.declared, self.custom, self.is_called(token)):
            return [token]
        run = self.text[token.start : token.stop]
        behind = self._behind(token)
        if (run, behind) not in self.cuts:
            self.cuts[run, behind] = self._cut(run, behind)
        cut = self.cuts[run, behind]
        if not cut:
            return [token]
        if self.letters.issuperset(name) and (rivals := letter_runs.rivals(run, behind)):
            called = "(...)" * (behind == letter_runs.CALL)
            ways = " or ".join(each + called for each in ("*".join(run), *rivals))
            raise DerivError(f"'{run}' has two readings", self.text, token.span, f"write {ways}")
        if self.letters.issuperset(name) and not name_resolution.is_function_name(name, self.custom, called=True):
            self.products.add(name)
        functions = [piece for piece in cut if piece.kind == "function"]
        if functions and functions[-1] is not cut[-1]:
            self.glued[token.start + functions[-1].start] = GluedArgument(token, cut)
        elif self.notes is not None and not self.letters.issuperset(_variables([piece.text for piece in cut], behind)):
            self.notes.add(token.span, cut)
        return [
            Token(
                "number" if piece.kind == "number" else "name",
                canonical_name(piece.text),
                token.start + piece.start,
                token.start + piece.stop,
            )
            for piece in cut
        ]

    def _cut(self, run: str, behind: str) -> Cut:
        """The one way to cut a run, or nothing."""
        if run.isalpha() and self.letters.issuperset(_variables(run, behind)):
            return tuple(Piece("letter", letter, place) for place, letter in enumerate(run))
        if name_resolution.holds_known_word(run, self.declared, self.custom):
            return ()
        if behind == letter_runs.CALL and letter_runs.before_function(run):
            return letter_runs.before_function(run)
        found = letter_runs.cuts(run, behind)
        if not found and run not in vocabulary() and behind != letter_runs.CALL:
            return letter_runs.product(run, behind, self.letters)
        return found[0] if len(found) == 1 else ()

    def _behind(self, token: Token) -> str:
        """What stands behind a name."""
        if self.is_called(token):
            return letter_runs.CALL
        if _POWER.match(self.text, token.stop):
            return letter_runs.POWER
        if self.text[token.stop : token.stop + 1] in GREEK:
            return letter_runs.LETTERS
        return letter_runs.ARGUMENT if _ARGUMENT.match(self.text, token.stop) else letter_runs.NOTHING


def _variables(names: Sequence[str], behind: str) -> Sequence[str]:
    """The letters of a product that are variables: the e of `xe^x` can be nothing but the base of an exponential."""
    return names[:-1] if names[-1] == "e" and behind == letter_runs.POWER else names
