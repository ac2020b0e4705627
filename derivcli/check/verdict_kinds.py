"""The kinds of verdict: one row each, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Existence: TypeAlias = Literal["two-sided", "one-sided", "none", "open"]
"""Whether there is a derivative; of "open" kinds it is not known, or beyond what a number can hold."""

CONVENTION, MEANS_NOTHING = "{author}'s {number} is a convention", "{author}'s {number} means nothing"
GIVES = "{author} gives {number}"
"""What a number that was printed is worth."""


@dataclass(frozen=True, slots=True)
class VerdictKind:
    """What can be said of a number.

    `sentence` and `printed` are made of {f}, the number's label, {author}, who gave it, {number}, {message}, {sides},
    {truth}, {filled}, {lost} and {dtype}. A kind with a sentence is not simply right, and gets a line of its own.
    """

    name: str
    meaning: str
    derivative: Existence
    sentence: str = ""
    printed: str = CONVENTION
    """What a finite number that was printed is worth."""
    tells_sides: bool = False
    """Whether the sentence tells the one-sided derivatives."""
    noun: str = ""
    """What a derivative of a lower order is, where that is why those above it are none."""
    repeats_message: bool = False
    """Whether the message follows that noun."""
    marks: tuple[str, str] = ("", "")
    """What stands before the number of digits in a table, with Unicode and without; "" where the kind's name stands."""

    @property
    def is_right(self) -> bool:
        """Whether such a number is right."""
        return not self.sentence


KINDS: dict[str, VerdictKind] = {
    row.name: row
    for row in (
        VerdictKind("proved", "the number lies within the stated digits of a rigorous enclosure", "two-sided",
                    marks=("✓", "ok")),
        VerdictKind("agrees", "the same by a method that is accurate but not rigorous", "two-sided",
                    marks=("≈", "~")),
        VerdictKind("lossy", "right formula, but rounding, overflow or underflow on the way cost digits", "two-sided",
                    "{f} lost {lost}: the truth is {truth} ({message})"),
        VerdictKind("corner", "left and right derivatives differ", "none",
                    "{f} does not exist, a corner: {sides}; {printed}",
                    tells_sides=True, noun="a corner", repeats_message=True),
        VerdictKind("cusp", "left and right derivatives are infinite with opposite signs", "none",
                    "{f} does not exist, a cusp: {sides}; {printed}",
                    tells_sides=True, noun="a cusp", repeats_message=True),
        VerdictKind("vertical", "left and right derivatives are infinite with one sign", "none",
                    "{f} is infinite, a vertical tangent: {sides}; {printed}",
                    tells_sides=True, noun="a vertical tangent"),
        VerdictKind("jump", "the function is not continuous there", "none",
                    "{f} does not exist, a jump: {message}; {printed}"),
        VerdictKind("isolated", "the function is defined at the point and not beside it", "none",
                    "{f} does not exist, an isolated point: {message}; {printed}", MEANS_NOTHING),
        VerdictKind("undefined", "the function has no real value there", "none",
                    "{f} does not exist: {message}; {printed}", MEANS_NOTHING),
        VerdictKind("hole", "the function has no value there, and a limit fills the hole", "none",
                    "{f} does not exist, a hole: {message}{filled}; {printed}"),
        VerdictKind("edge", "the function is defined on one side only", "one-sided",
                    "{f} is one-sided, at the edge of the domain: from the {sides}; {printed}", GIVES,
                    tells_sides=True, noun="infinite at the edge of the domain,"),
        VerdictKind("overflow", "the true number is beyond the range of the number format", "open",
                    "{f} is beyond {dtype}: {message}"),
        VerdictKind("wrong", "the number is not the derivative, and rounding is not the reason", "two-sided",
                    "{f} is wrong: the truth is {truth}, and rounding is not the reason"),
        VerdictKind("unchecked", "not decided, and why", "open", "{f} is unchecked: {message}"),
    )
}  # fmt: skip


def codes_of(belongs: Callable[[VerdictKind], bool]) -> list[int]:
    """The numbers by which arrays hold some of the kinds: a kind's place in the table from 1, where 0 is no verdict."""
    return [code for code, kind in enumerate(KINDS.values(), start=1) if belongs(kind)]


def code_of(name: str) -> int:
    """The number by which arrays hold a kind."""
    return [*KINDS].index(name) + 1
