"""A sequence of LaTeX in our notation: signs, factors side by side, scripts, and where an argument or a sum ends."""

from __future__ import annotations

from dataclasses import dataclass

from derivcli.errors import Span
from derivcli.language import limits
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import vocabulary
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.extents import POSTFIX, Extents, is_called
from derivcli.language.notations.latex.names import name_of
from derivcli.language.notations.latex.nodes import Atom, Sequence, is_sign, letters_of
from derivcli.language.notations.latex.patterns import UNKNOWN_FUNCTIONS
from derivcli.language.notations.latex.pieces import Part, Piece

SIMPLE = (nodes.NUMBER, nodes.LETTER, nodes.NAME, nodes.WORD)


@dataclass(slots=True, eq=False)
class Closer:
    """What is written at a later place of the sequence: the end of an argument, of a sum or of an integral."""

    stop: int
    skip: int
    parts: list[Part]
    opener: Atom


class Writer:
    """The writing of one sequence, those in it being written already."""

    def __init__(self, sequence: Sequence, context: Context) -> None:
        self.sequence, self.context = sequence, context
        self.atoms = sequence.atoms
        self.extents = Extents(self.atoms)
        self.piece = Piece()
        self.before: Atom | None = None
        """The factor before the one at hand in the same product."""
        self.is_plain = True
        """Whether that factor is written as it was typed."""
        self.is_first = True
        """Whether the factor at hand begins a product."""
        self.is_divided = False
        """Whether a division sign stands before the factor at hand."""
        self.bare_stop = 0
        """Up to where the argument of a function without brackets goes."""
        self.closers: list[Closer] = []

    def write(self, text: str, place: Atom | Sequence) -> None:
        """Write what an atom or a sequence stands for."""
        self.piece.parts.append((text, place.start, place.stop))

    def hold(self, sequence: Sequence) -> None:
        """Write what is written for a sequence."""
        self.piece.parts.append(sequence.written)

    def bracket(self, sequence: Sequence) -> None:
        """Write a sequence in brackets."""
        self.piece.parts.append(("(", sequence.start, sequence.start + 1))
        self.hold(sequence)
        self.piece.parts.append((")", max(sequence.stop - 1, sequence.start), sequence.stop))

    def open(self, atom: Atom, stop: int, parts: list[Part], skip: int = 0) -> None:
        """Go on in a bracket that has been written, and that ends at a later place with some parts."""
        limits.check_latex_nesting(len(self.closers), self.context.source, Span(atom.start, atom.stop))
        self.closers.append(Closer(stop, skip, parts, atom))
        self.before, self.is_first, self.is_plain = None, True, True

    def close(self, place: int) -> int:
        """End what ends at a place; the place to go on at."""
        while self.closers and self.closers[-1].stop == place:
            closer = self.closers.pop()
            self.piece.parts += closer.parts
            place += closer.skip
            self.done(closer.opener)
        return place

    def done(self, atom: Atom, is_plain: bool = False) -> None:
        """Note that a factor has been written."""
        self.before, self.is_plain, self.is_first = atom, is_plain, False

    def sign(self, atom: Atom) -> None:
        """Write a sign."""
        text = atom.text
        outside = not self.closers
        if text in POSTFIX:
            self.write(text, atom)
            return
        if text in ("*", "/"):
            self.piece.is_product |= outside
        elif text == ",":
            self.piece.commas += outside
        elif text not in ("True", "False"):
            self.piece.is_sum |= outside
        if text == "=" and self.sequence.condition:
            text = "=="
        self.write(f" {text} " if text in ("=", "==", "<", ">", "<=", ">=", "!=") else text, atom)
        self.before, self.is_first = None, text not in ("*", "/")
        self.is_divided = text == "/"

    def join(self, place: int) -> None:
        """Write what stands between a factor and the one before it: nothing, a blank or a sign."""
        if self.before is None:
            return
        self.piece.is_product |= not self.closers
        text = self._joint(self.before, self.atoms[place], place)
        if text:
            self.piece.parts.append((text, self.atoms[place].start, self.atoms[place].start + 1))

    def _joint(self, before: Atom, atom: Atom, place: int) -> str:
        typed = " " if atom.spaced or self.context.source[atom.start - 1].isspace() else ""
        in_bare = place < self.bare_stop
        if before.kind == nodes.WORD and before.text == "d" and before.bare and atom.kind in (nodes.LETTER, nodes.NAME):
            return ""  # a differential, which is no product
        if atom.kind == nodes.FENCE and atom.text in ("(", "["):
            would_call = self._would_call(before)
            if would_call and before.text not in self.context.standing:
                head = self.context.text(before.start, before.stop)
                message = f"this is read as the product of {head} and the bracket, not as a function"
                self.context.note("product", message, before.start, atom.stop)
            if not self.is_plain or would_call:
                return "*"
            return "" if before.kind == nodes.LETTER else typed
        if not self.is_plain or atom.kind not in (*SIMPLE, nodes.FUNCTION) or is_called(self.atoms, place):
            return " " if in_bare else "*"
        if before.kind == nodes.NUMBER and before.bare and atom.kind != nodes.NUMBER:
            return typed
        if before.kind == atom.kind == nodes.LETTER and before.sub is None:
            return typed
        if before.kind == nodes.FENCE:
            return typed
        return " "

    def _would_call(self, before: Atom) -> bool:
        """Whether a bracket behind a name would make a call of it that LaTeX does not write."""
        if before.kind not in (nodes.NAME, nodes.WORD, nodes.LETTER) or (
            before.kind == nodes.LETTER and before.sub is None
        ):
            return False
        name = name_of(before, self.context, called=True)
        return before.sup is None and name not in self.context.declared and (name in vocabulary() or name in forms())

    def is_called(self, place: int) -> bool:
        """Whether a letter that is a function before a bracket stands at a place, and a bracket behind it."""
        following = self.atoms[place + 1] if place + 1 < len(self.atoms) else None
        is_function = self.atoms[place].kind == nodes.LETTER and self.atoms[place].text in UNKNOWN_FUNCTIONS
        return is_function and following is not None and following.kind == nodes.FENCE

    def exponent(self, sup: Sequence, place: int) -> None:
        """Write an exponent, in brackets where it is more than a digit or a letter."""
        only = sup.only
        following = self.atoms[place + 1] if place + 1 < len(self.atoms) else None
        glued = following is not None and following.kind in (nodes.LETTER, nodes.NAME, nodes.NUMBER, nodes.FUNCTION)
        self.piece.parts.append(("^", sup.start - 1, sup.start))
        is_number = only is not None and only.kind == nodes.NUMBER
        is_short = is_number or (only is not None and only.kind == nodes.LETTER and not glued)
        if self.is_called(place) and number_of(sup):
            self.piece.parts.append((number_of(sup), sup.start, sup.stop))
        elif not sup.braced and only is not None and only.bare and is_short:
            self.hold(sup)
        else:
            self.bracket(sup)

    def scripts(self, atom: Atom, place: int) -> None:
        """Write the primes and the exponent of an atom."""
        if atom.primes and atom.prime is not None:
            self.piece.parts.append(("'" * atom.primes, atom.prime.start, atom.prime.stop))
        sup = atom.sup
        if sup is None:
            return
        if sup.atoms and all(is_sign(part, "'") for part in sup.atoms):
            self.write("'" * len(sup.atoms), sup)
        elif is_sign(sup.atoms[0], "°") if len(sup.atoms) == 1 else False:
            self.write("°", sup)
        else:
            self.exponent(sup, place)


def number_of(sequence: Sequence | None) -> str:
    """A whole number with its sign that is all of a sequence, or nothing."""
    if sequence is None or not sequence.atoms:
        return ""
    first, *rest = sequence.atoms
    minus = is_sign(first, "-")
    digits = letters_of(Sequence(0, 0, rest if minus else sequence.atoms))
    return f"{'-' * minus}{digits}" if digits.isdigit() else ""
