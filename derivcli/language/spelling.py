"""How a user spells formulas: `ln` or `log`, `^` or `**`, `e^x` or `exp(x)`, `|x|` or `abs(x)`.

The parser writes down what it reads first of each. The printer follows that, and where a formula brings a name that
the user has not written, it follows the rest of the text: who writes `^`, `ln`, `|x|` or `√x` writes as in books.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

POWER, EULER, HALF = "**", "e**", "**(1/2)"
"""What is spelled and no function: a power, a power of e, a square root as a power."""

BARS = "|"

SIDE_BY_SIDE = "f x"
"""A habit of books: an argument without brackets, or a product without its sign."""

ROOTS = {"√": "sqrt", "∛": "cbrt"}
"""Signs of roots, by what stands before their argument."""

WORDS = frozenset(("e", "ln"))
"""Words that a derivative may bring, which are variables where they are declared."""

_IN_BOOKS = frozenset(("^", "ln", BARS, SIDE_BY_SIDE, *ROOTS))


@dataclass(frozen=True)
class Spelling:
    """What was written first for each function and sign: pairs such as ("log", "ln"), ("**", "^") and ("abs", "|").

    `reserved` are variables, whose names mean nothing else in the formula.
    """

    written: tuple[tuple[str, str], ...] = ()
    reserved: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Spelling], tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
        """The fields alone, and nothing that has been computed of them."""
        return Spelling, (self.written, self.reserved)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The word or the sign for a function, by its name in the table; those that differ from it."""
        names = {name: word for name, word in self.written if word not in self.reserved}
        if self.in_books:
            brought = {"log": "ln", "abs": BARS}
            names = {**{name: word for name, word in brought.items() if word not in self.reserved}, **names}
        return {name: word for name, word in names.items() if word != name}

    @cached_property
    def in_books(self) -> bool:
        """Whether the text is written as in books: by the sign of its powers or, without one, by other signs."""
        words = dict(self.written)
        if POWER in words:
            return words[POWER] == "^"
        has_long_names = any(word.startswith("ar") for name, word in words.items() if word != name)  # arctan, arsinh
        return has_long_names or not _IN_BOOKS.isdisjoint(words.values())

    @cached_property
    def power(self) -> str:
        """The sign of a power."""
        return "^" if self.in_books else "**"

    @cached_property
    def has_powers_of_e(self) -> bool:
        """Whether exp(x) is a power of e: where the user writes such and no `exp`, and in books."""
        words = dict(self.written)
        return "exp" not in words and (EULER in words or self.in_books) and "e" not in self.reserved

    @cached_property
    def root(self) -> str:
        """How a square root is written: "sqrt", "√" or, where the user writes roots as powers alone, "**(1/2)"."""
        words = dict(self.written)
        return words.get("sqrt", HALF if HALF in words else "sqrt")

    def worded(self, sentence: str) -> str:
        """A sentence with the functions that are named in it as the user spells them: log has no value at 0."""
        words = {name: word for name, word in self.names.items() if word.isalpha()}
        return re.sub(r"[^\W\d]\w*", lambda match: words.get(match[0], match[0]), sentence)

    def rule(self, name: str) -> str:
        """The name of a rule with the functions in it as the user spells them: derivative of ln."""
        head, *functions = re.split(r"(\bderivatives? of )", name, maxsplit=1)
        return head + "".join(map(self.worded, functions))

    def before(self, others: Iterable[Spelling]) -> Spelling:
        """This spelling, with those of other texts for what it says nothing of."""
        written = dict(self.written)
        reserved = dict.fromkeys(self.reserved)
        for other in others:
            written = {**dict(other.written), **written}
            reserved |= dict.fromkeys(other.reserved)
        return Spelling(tuple(written.items()), tuple(reserved)) if len(written) > len(self.written) else self


CANONICAL = Spelling()
"""One spelling for all, which programs read: `**`, `log`, `exp(x)`, `abs(x)`, `sqrt(x)`."""

BOOK = Spelling(((POWER, "^"), ("log", "ln")))
"""The spelling of books, for formulas that nobody has typed."""
