"""Choices, `\\begin{cases} ... \\end{cases}`: values and their conditions."""

from __future__ import annotations

from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.names import OTHERWISE
from derivcli.language.notations.latex.nodes import Atom, Sequence, is_sign

_FEW = r"write \begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}"
_QUOTES = "`shell:, in single quotes, as a shell takes one \\ of two away within double ones`"
_FIRST_WORDS = frozenset(("if", "for", "when", "where"))


def bind_conditions(sequence: Sequence, context: Context) -> None:
    """Tell the sequences in a sequence where conditions may stand."""
    for atom in sequence.atoms:
        if atom.kind == nodes.CASES:
            _bind_choice(atom, context)
        elif sequence.condition and atom.kind in (nodes.FENCE, nodes.GROUP):
            atom.parts[0].condition = True


def _bind_choice(atom: Atom, context: Context) -> None:
    """Part each row of a choice into its value and its condition."""
    cells = iter(atom.parts)
    atom.parts = []
    for length in map(int, atom.text.split()):
        row = [next(cells) for _ in range(length)]
        if len(row) == 1:
            row = _parted(row[0], context)
        if len(row) != 2 or not row[0].atoms or not row[1].atoms:
            hint = f"{_FEW}{_QUOTES * (len(row) > 2)}"
            raise context.refusal("a row of a choice is a value and its condition", row[0], hint)
        for cell in row:
            _without_end(cell)
        row[1].condition = True
        atom.parts += row


def _parted(cell: Sequence, context: Context) -> list[Sequence]:
    """A row without `&`, parted at its first word."""
    for place, atom in enumerate(cell.atoms):
        word = atom.text.strip(" ,.:")
        if atom.kind == nodes.WORD and (word in OTHERWISE or word in _FIRST_WORDS):
            value = Sequence(cell.start, atom.start, cell.atoms[:place])
            return [value, Sequence(atom.start, cell.stop, cell.atoms[place:])]
    return [cell]


def _without_end(cell: Sequence) -> None:
    """Leave out the comma or the point at the end of a cell."""
    while cell.atoms and is_sign(cell.atoms[-1], ",", ".", ";"):
        cell.atoms.pop()
