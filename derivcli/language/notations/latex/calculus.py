"""Derivatives, sums, products and integrals: what is bound in a sequence, found before it is written."""

from __future__ import annotations

from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.names import name_of
from derivcli.language.notations.latex.nodes import Atom, Sequence, is_sign, letters_of

_FRACTIONS = ("frac", "dfrac", "tfrac", "cfrac")
_D = ("d", "∂")


def is_d(atom: Atom) -> str:
    """The sign of a differential that an atom is, `d` or `∂`, or nothing."""
    upright = atom.kind == nodes.WORD and atom.text == "d"
    return atom.text if upright or (atom.kind in (nodes.LETTER, nodes.NAME) and atom.text in _D) else ""


def bind(sequence: Sequence, context: Context) -> None:
    """Find the derivatives, the bounds of sums and integrals, and the differentials that end these."""
    for atom in sequence.atoms:
        mark = atom.sup.only if atom.sup is not None and atom.kind in (nodes.FENCE, nodes.GROUP) else None
        if mark is not None and mark.kind == nodes.CALL and mark.text in ("overline", "underline"):
            mark.kind = nodes.MARK
        if atom.kind == nodes.CALL and atom.text in _FRACTIONS and "d" not in context.declared:
            _bind_derivative(atom, context)
    integrals: list[int] = []
    for place, atom in enumerate(sequence.atoms):
        if atom.kind == nodes.BIG:
            _bind_bounds(atom, context)
        if atom.kind == nodes.BIG and atom.text == "integral":
            integrals.append(place)
        elif integrals and _differential_at(sequence.atoms, place):
            opened = sequence.atoms[integrals.pop()]
            opened.end, opened.variable = place, name_of(sequence.atoms[place + 1], context)
    for place in reversed(integrals):
        _bind_inside_fraction(sequence, place, context)


def _differential_at(atoms: list[Atom], place: int) -> bool:
    """Whether a `d` and a variable stand at a place."""
    if place + 1 >= len(atoms) or is_d(atoms[place]) != "d" or not atoms[place].bare:
        return False
    variable = atoms[place + 1]
    return variable.kind in (nodes.LETTER, nodes.NAME) and variable.sup is None and not variable.primes


def _bind_bounds(atom: Atom, context: Context) -> None:
    """Part `k=1` at the foot of a sum into its index and its first value."""
    sign = context.text(atom.start, atom.start + 5).partition("_")[0].partition("^")[0].strip()
    below, above = atom.sub, atom.sup
    if below is None or above is None:
        if atom.text == "integral":
            message = "deriv does not integrate without bounds" if below is above else f"{sign} needs both bounds"
            raise context.refusal(message, atom, r"write \int_{0}^{x} f(t) \, dt, or give the formula under it alone")
        raise context.refusal(f"{sign} needs both bounds here", atom, rf"write {sign}_{{k=1}}^{{5}} k x^k")
    if atom.text != "integral":
        index = below.atoms[0] if below.atoms else None
        if index is None or len(below.atoms) < 3 or not is_sign(below.atoms[1], "=") or not _is_variable(index):
            raise context.refusal(f"the index of {sign} is named below it", below, rf"write {sign}_{{k=1}}^{{5}} k x^k")
        atom.variable = name_of(index, context)
        below.start, below.atoms = below.atoms[1].stop, below.atoms[2:]
    atom.parts, atom.sub, atom.sup = [below, above], None, None


def _is_variable(atom: Atom) -> bool:
    return atom.kind in (nodes.LETTER, nodes.NAME) and atom.sup is None and not atom.primes


def _bind_inside_fraction(sequence: Sequence, place: int, context: Context) -> None:
    """End an integral by the differential over the line of a fraction in its product, as in `\\frac{dt}{t}`."""
    integral = sequence.atoms[place]
    for behind in range(place + 1, len(sequence.atoms)):
        atom = sequence.atoms[behind]
        if is_sign(atom, "+", "-", "=", ","):
            break
        above = atom.parts[0].atoms if atom.kind == nodes.CALL and atom.text in _FRACTIONS else []
        for first in {0, len(above) - 2} - {-1, -2}:
            if _differential_at(above, first):
                integral.variable = name_of(above[first + 1], context)
                del above[first : first + 2]
                if not above:
                    above.append(Atom(nodes.NUMBER, "1", atom.parts[0].start, atom.parts[0].stop))
                return
    sign = context.text(integral.start, integral.start + 4)
    raise context.refusal(
        "this integral does not say by what it goes", integral, rf"end it with dx, as in {sign}_0^x t \, dt"
    )


def _bind_derivative(atom: Atom, context: Context) -> None:
    """Make a derivative of a fraction of differentials."""
    above, below = (part.atoms for part in atom.parts)
    sign = is_d(above[0]) if above else ""
    if not sign or not below or is_d(below[0]) != sign or above[0].sub is not None or above[0].primes:
        return
    names: list[str] = []
    place = 0
    while place < len(below):
        if is_d(below[place]) != sign or not below[place].bare or place + 1 >= len(below):
            return
        variable = below[place + 1]
        if variable.kind not in (nodes.LETTER, nodes.NAME, nodes.WORD) or variable.primes:
            return
        power = _power(variable)
        if not power:
            return
        names.append(f"{sign}{name_of(variable, context)}{power if power != '^1' else ''}")
        place += 2
    power = _power(above[0])
    if not power:
        return
    atom.kind = nodes.DERIVATIVE
    atom.text = f"{sign}{power if power != '^1' else ''}"
    atom.variable = "".join(names) if sign == "∂" else " ".join(names)
    atom.parts = [Sequence(above[0].stop, atom.parts[0].stop, above[1:])] if len(above) > 1 else []


def _power(atom: Atom) -> str:
    """The exponent at a differential, ^1 where there is none, and nothing where it is no number."""
    if atom.sup is None:
        return "^1"
    digits = letters_of(atom.sup)
    return f"^{digits}" if digits.isdigit() or digits == "n" else ""
