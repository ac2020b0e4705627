"""How far things reach in a sequence: a product, and the argument of a function without brackets."""

from __future__ import annotations

from derivcli.language.notations.latex import nodes, patterns
from derivcli.language.notations.latex.nodes import Atom

POSTFIX = frozenset("!%°'²³¹⁰⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉")
"""Signs that belong to what stands before them."""


class Extents:
    """For each place of a sequence, where the product and the argument that begin there end."""

    def __init__(self, atoms: list[Atom]) -> None:
        count = len(atoms)
        self.product = [count] * (count + 2)
        """Where the product ends that goes on at a place."""
        self.argument = [count] * (count + 2)
        """Where the argument ends that begins at a place."""
        going_on = [count] * (count + 2)
        for place in range(count - 1, -1, -1):
            atom = atoms[place]
            behind = atom.end + 2 if atom.kind == nodes.BIG and atom.end >= 0 else place + 1
            is_sign = atom.kind == nodes.SIGN and atom.text not in POSTFIX
            is_tight = is_sign and atom.text in ("*", "/")
            self.product[place] = place if is_sign and not is_tight else self.product[behind]
            reaches_on = atom.kind in (nodes.BIG, nodes.DERIVATIVE) and atom.end < 0
            is_function = atom.kind == nodes.FUNCTION or is_called(atoms, place)
            going_on[place] = self.product[place] if reaches_on else going_on[behind]
            if is_sign or is_function:
                going_on[place] = place
            if (is_sign and atom.text in ("+", "-")) or atom.kind == nodes.FUNCTION:
                self.argument[place] = self.argument[place + 1]
            else:
                self.argument[place] = self.product[place] if reaches_on else going_on[behind]


def is_called(atoms: list[Atom], place: int) -> bool:
    """Whether a sign of the table's functions stands there with its bracket, as in `\\Gamma(x)`."""
    atom = atoms[place]
    if atom.kind not in (nodes.NAME, nodes.WORD) or atom.text not in patterns.patterns():
        return False
    return patterns.found_at(atoms, place) is not None
