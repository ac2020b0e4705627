"""How the rows of the table print their functions in LaTeX, turned round: what is to be read as which function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.nodes import Atom, Sequence
from derivcli.language.notations.latex.token_rules import grouped

UNKNOWN_FUNCTIONS = "fghFGH"
"""Letters that are functions before a bracket."""

Slots: TypeAlias = dict[int, Sequence]
"""By the number of a parameter, from 1, what stands in its place."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row's head, such as that of `J_{#1}\\left(#2\\right)`, and the parameters in its bracket."""

    row: Function
    heads: tuple[Atom, ...]
    first: int
    """The number of the first parameter in the bracket."""
    count: tuple[int, int]
    """The least and the greatest number of arguments in the bracket."""


@dataclass(frozen=True, slots=True)
class Found:
    """A function that stands at a place of a sequence, what is in its scripts, its bracket, and an exponent of all."""

    pattern: Pattern
    slots: Slots
    bracket: Atom
    stop: int
    exponent: Sequence | None


def found_at(atoms: list[Atom], place: int, upright: bool = True) -> Found | None:
    """The function of the table whose print stands at a place; of one that is not `upright` a letter will do."""
    for pattern in patterns().get(atoms[place].text, ()):
        found = _matched(pattern, atoms, place, upright)
        if found is not None:
            return found
    return None


def _matched(pattern: Pattern, atoms: list[Atom], place: int, upright: bool) -> Found | None:
    stop = place + len(pattern.heads)
    if stop >= len(atoms) or atoms[stop].kind != nodes.FENCE or atoms[stop].text not in ("(", "["):
        return None
    slots: Slots = {}
    exponent: Sequence | None = None
    for number, head in enumerate(pattern.heads):
        atom = atoms[place + number]
        is_last = number == len(pattern.heads) - 1
        if not (_same_nucleus(head, atom, upright) and head.primes == atom.primes and _fits(head.sub, atom.sub, slots)):
            return None
        if is_last and head.sup is None and atom.sup is not None and pattern.row.latex_power:
            exponent = atom.sup
        elif not _fits(head.sup, atom.sup, slots):
            return None
    bracket = atoms[stop]
    least, most = pattern.count
    given = 1 + sum(nodes.is_sign(atom, ",") for atom in bracket.parts[0].atoms)
    return Found(pattern, slots, bracket, stop + 1, exponent) if least <= given <= most else None


def _same_nucleus(head: Atom, atom: Atom, upright: bool) -> bool:
    if head.kind == nodes.WORD:
        return atom.text == head.text and atom.kind in ((nodes.WORD, nodes.FUNCTION) if upright else (nodes.LETTER,))
    return head.kind == atom.kind and head.text == atom.text


def _fits(printed: Sequence | None, typed: Sequence | None, slots: Slots) -> bool:
    """Whether a script is the printed one, or what stands in the place of a parameter."""
    if printed is None or typed is None:
        return printed is typed
    slot = printed.only
    if slot is not None and slot.kind == nodes.FENCE:
        inner = typed.only
        if inner is None or inner.kind != nodes.FENCE or not inner.bare:
            return False
        return _fits(slot.parts[0], inner.parts[0], slots)
    if slot is not None and slot.kind == nodes.SLOT:
        slots[int(slot.text[1:])] = typed
        return True
    return [(atom.kind, atom.text) for atom in printed.atoms] == [(atom.kind, atom.text) for atom in typed.atoms]


@cache
def patterns() -> dict[str, tuple[Pattern, ...]]:
    """By their first sign, the prints of the rows that are no command of their own, those with fixed scripts first."""
    found: dict[str, list[Pattern]] = {}
    for row in FUNCTIONS:
        for pattern in _patterns_of(row):
            found.setdefault(pattern.heads[0].text, []).append(pattern)
    return {key: tuple(sorted(some, key=_generality)) for key, some in found.items()}


def _generality(pattern: Pattern) -> tuple[bool, int]:
    """How much else could stand for a print: without an exponent any is a power, and a parameter is anything."""
    scripts = [script for head in pattern.heads for script in (head.sub, head.sup) if script is not None]
    return pattern.heads[-1].sup is None, sum(atom.kind != nodes.NUMBER for part in scripts for atom in part.atoms)


def _patterns_of(row: Function) -> Iterator[Pattern]:
    if not row.latex:
        return
    atoms = grouped(row.latex, 0, len(row.latex)).atoms
    least, most = row.arity
    if "#" not in row.latex:
        is_command = len(atoms) == 1 and atoms[0].kind == nodes.FUNCTION
        if not is_command:
            yield Pattern(row, tuple(atoms), 1, (least, most or 99))
    elif atoms[-1].kind == nodes.FENCE and len(atoms) > 1 and atoms[0].kind != nodes.GROUP:
        inside = [atom for atom in atoms[-1].parts[0].atoms if atom.kind == nodes.SLOT]
        yield Pattern(row, tuple(atoms[:-1]), int(inside[0].text[1:]), (len(inside), len(inside)))


def may_be_called(name: str) -> bool:
    """Whether a variable before a bracket would be read as a function."""
    base = name.partition("_")[0].rstrip("0123456789")
    if base == name:
        return base in UNKNOWN_FUNCTIONS or (len(base) > 1 and base in patterns())
    return len(base) == 1 and base in patterns()


def letter_of(row: Function) -> str:
    """The Greek letter that a row prints before its bracket, or nothing."""
    return next((key for key, some in patterns().items() for each in some if each.row is row and _is_letter(each)), "")


def _is_letter(pattern: Pattern) -> bool:
    head = pattern.heads[0]
    return len(pattern.heads) == 1 and head.kind == nodes.NAME and pattern.count[0] == 1
