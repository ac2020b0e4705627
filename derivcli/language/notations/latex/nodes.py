"""What a text in LaTeX is made of: sequences of atoms, each with its scripts and with what stands in its braces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivcli.errors import Span
from derivcli.language.notations.latex.commands import Command

if TYPE_CHECKING:
    from derivcli.language.notations.latex.pieces import Piece

NUMBER, LETTER, NAME, FUNCTION, WORD, SIGN, CALL, GROUP, FENCE, BIG, CASES, SLOT, DERIVATIVE, MARK = (
    "number", "letter", "name", "function", "word", "sign", "call", "group", "fence", "big", "cases", "slot",
    "derivative", "mark",
)  # fmt: skip
"""What an atom is. A word is upright, a group stands in braces and a fence in brackets; a slot stands in the row of a
table, and a mark over or under an exponent."""


@dataclass(slots=True, eq=False)
class Sequence:
    """Atoms side by side, in braces or not."""

    start: int
    stop: int
    atoms: list[Atom] = field(default_factory=list)
    braced: bool = True
    condition: bool = False
    """Whether a condition may stand there."""
    piece: Piece | None = None
    """What is written for it, once that is known."""

    @property
    def written(self) -> Piece:
        """What is written for it, as it is before what holds it."""
        assert self.piece is not None, "what is inside is written first"
        return self.piece

    @property
    def only(self) -> Atom | None:
        """Its atom, where it has one alone."""
        return self.atoms[0] if len(self.atoms) == 1 else None


@dataclass(slots=True, eq=False)
class Atom:
    """One thing in a sequence: `text` is its name, its digits or its sign in our notation."""

    kind: str
    text: str
    start: int
    stop: int
    spaced: bool = False
    """Whether a blank stands before it."""
    command: Command | None = None
    parts: list[Sequence] = field(default_factory=list)
    """Its arguments, or what it holds; of a choice values and conditions in turn."""
    option: Sequence | None = None
    sub: Sequence | None = None
    sup: Sequence | None = None
    primes: int = 0
    prime: Span | None = None
    """Where the first of its primes stands."""
    end: int = -1
    """Of an integral, the place in its sequence where its differential stands."""
    variable: str = ""
    """Of a sum and an integral, what runs."""

    @property
    def bare(self) -> bool:
        """Whether it has no scripts and no primes."""
        return self.sub is None and self.sup is None and not self.primes

    @property
    def command_text(self) -> str:
        """What its command writes."""
        return self.command.writes if self.command is not None else ""

    def children(self) -> list[Sequence]:
        """All sequences in it."""
        return [part for part in (*self.parts, self.option, self.sub, self.sup) if part is not None]


def sequences(root: Sequence) -> Iterator[Sequence]:
    """All sequences of a formula, each before those in it, which are looked for when it has been given."""
    waiting = [root]
    while waiting:
        sequence = waiting.pop()
        yield sequence
        for atom in sequence.atoms:
            waiting += atom.children()


def letters_of(sequence: Sequence | None) -> str:
    """The letters and digits in a sequence of nothing else, or nothing."""
    if sequence is None or any(atom.kind not in (LETTER, NUMBER, NAME) or not atom.bare for atom in sequence.atoms):
        return ""
    return "".join(atom.text for atom in sequence.atoms)


def is_sign(atom: Atom, *texts: str) -> bool:
    """Whether an atom is one of some signs."""
    return atom.kind == SIGN and atom.text in texts
