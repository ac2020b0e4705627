"""Functions of LaTeX with and without brackets, and those that are known by their print."""

from __future__ import annotations

from bisect import bisect_left
from string import ascii_letters

from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer import name_resolution
from derivcli.language.notations.latex import nodes, patterns
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.extents import POSTFIX
from derivcli.language.notations.latex.names import name_of
from derivcli.language.notations.latex.nodes import Atom, Sequence, is_sign, letters_of
from derivcli.language.notations.latex.patterns import Found
from derivcli.language.notations.latex.pieces import Part
from derivcli.language.notations.latex.writer import SIMPLE, Writer, number_of

_LOGARITHMS = ("log", "ln")
_EXTREMES = ("max", "min")
_ROUND = ("(", "[")


def call_name(name: str, atom: Atom, context: Context) -> str:
    """A function of ours by a name that is not declared as a variable."""
    row = vocabulary().get(name)
    form = forms().get(name)
    aliases = row.aliases if row is not None else form.aliases if form is not None else ()
    for known in (name, *aliases):
        if known not in context.declared:
            return known
    hint = "give the variable another name"
    raise context.refusal(f"'{name}' is a variable here, and this is the function", atom, hint)


def function_at(writer: Writer, place: int) -> Found | None:
    """The function of the table that is known by its print at a place, if it is not a product."""
    atoms, context = writer.atoms, writer.context
    atom = atoms[place]
    if atom.kind == nodes.LETTER:
        return _italic(writer, place)
    is_known = atom.text in context.declared or atom.text in context.functions
    if atom.kind not in (nodes.NAME, nodes.WORD, nodes.FUNCTION) or is_known:
        return None
    found = patterns.found_at(atoms, place) if atom.text in patterns.patterns() else None
    if found is not None:
        _check_power(found, atom, context)
    if found is None or atom.kind != nodes.NAME or len(found.pattern.heads) > 1 or found.slots:
        return found
    if not _is_one_argument(found.bracket):
        return found
    if atom.text in context.standing:
        return None
    _note_function(writer, place, found)
    return found


def _check_power(found: Found, atom: Atom, context: Context) -> None:
    """Refuse f^{-1}(x), which means the inverse to some and 1/f(x) to others, and f^{(n)}(x) where no row prints it."""
    power = found.exponent
    only = power.only if power is not None else None
    if power is not None and (number_of(power).startswith("-") or (only is not None and only.kind == nodes.FENCE)):
        name = context.text(atom.start, power.start).rstrip("^")
        message = f"a power of '{name}' itself is ambiguous here"
        raise context.refusal(
            message, Sequence(atom.start, power.stop), f"write the power behind the bracket: {name}(x)^n"
        )


def _note_function(writer: Writer, place: int, found: Found) -> None:
    row = found.pattern.row
    if len(text := writer.atoms[place].text) > 1 and name_resolution.is_function_name(text, (), called=True):
        return  # which it is in our notation too
    atom, context = writer.atoms[place], writer.context
    head, bracket = context.text(atom.start, found.bracket.start), context.text(found.bracket.start, found.bracket.stop)
    message = f"{head} is read as the function {row.name} here; for a product write {head} \\cdot {bracket[:40]}"
    context.note("function", message, atom.start, found.bracket.stop)


def _is_one_argument(bracket: Atom) -> bool:
    return not any(is_sign(atom, ",") for atom in bracket.parts[0].atoms)


def _italic(writer: Writer, place: int) -> Found | None:
    """A function that is printed upright as a letter with an index: J_0(x), but not the P_0(1 + r) of a product."""
    atom, context = writer.atoms[place], writer.context
    if atom.sub is None or (not number_of(atom.sub) and not letters_of(atom.sub)):
        return None
    found = patterns.found_at(writer.atoms, place, upright=False)
    if found is None or name_of(atom, context) in context.declared:
        return None
    if found.bracket.parts[0].written.is_sum and atom.text != "J":
        head, bracket = context.text(atom.start, atom.stop), context.text(found.bracket.start, found.bracket.stop)
        message = f"{head} is a factor to some, and a function to others"
        upright = f"\\operatorname{{{head[0]}}}{head[1:]}{bracket[:40]}"
        hint = f"write {head} \\cdot {bracket[:40]} for the product, or {upright}"
        raise context.refusal(message, Sequence(atom.start, found.bracket.stop), hint)
    _note_function(writer, place, found)
    return found


def write_found(writer: Writer, place: int, found: Found) -> int:
    """Write a call of a function that is known by its print."""
    atom, row = writer.atoms[place], found.pattern.row
    raised = found.exponent is not None
    writer.write(f"{'((' * raised}{call_name(row.name, atom, writer.context)}(", atom)
    count = len(row.parameters) if "#" in row.latex else 1
    separate = False
    for number in range(1, count + 1):
        slot = found.slots.get(number)
        if slot is None and number != found.pattern.first:
            continue
        if separate:
            writer.write(", ", atom)
        writer.hold(slot if slot is not None else found.bracket.parts[0])
        separate = True
    writer.write(")" * (1 + raised), Sequence(found.bracket.stop - 1, found.bracket.stop))
    if found.exponent is not None:
        writer.exponent(found.exponent, found.stop - 1)
        writer.write(")", found.exponent)
    writer.scripts(found.bracket, found.stop - 1)
    writer.done(found.bracket)
    return found.stop


def write_function(writer: Writer, atom: Atom, place: int) -> int:
    """Write a function by its name, with its exponent and its base, and open its argument."""
    context = writer.context
    name, base = _named(atom, context)
    power, raised = _power(atom)
    is_weak = not name_resolution.is_function_name(name.rstrip("'"), context.functions, called=False)
    if (is_weak or not atom.text.isalpha()) and power and not power.startswith(("'", "^-")):
        power, raised = "", atom.sup
    before = "((" if raised is not None else ""
    writer.write(f"{before}{name}{power}", atom)
    ending: list[Part] = [] if base is None else [(", ", base.start, base.stop), base.written]
    ending.append((")", atom.stop - 1, atom.stop))
    if raised is not None:
        ending += [(")^(", raised.start, raised.stop), raised.written, ("))", raised.stop - 1, raised.stop)]
    following = writer.atoms[place + 1] if place + 1 < len(writer.atoms) else None
    if following is not None and _is_argument(writer, atom, following, place):
        inside = following.parts[0]
        writer.write("(", Sequence(following.start, following.start + 1))
        writer.hold(inside)
        writer.piece.parts += ending
        writer.scripts(following, place + 1)
        writer.done(following)
        return place + 2
    start = place + 1
    stop = writer.extents.argument[start]
    if raised is None and base is None and not is_weak and _is_simple(writer, start, stop):
        writer.write(" ", Sequence(atom.stop - 1, atom.stop))
        writer.piece.is_bare |= not writer.closers
        writer.bare_stop = stop
        writer.before, writer.is_first = None, False
        return start
    _note_argument(writer, atom, start, stop)
    writer.write("(", Sequence(atom.stop - 1, atom.stop))
    writer.open(atom, stop, ending)
    return start


def _named(atom: Atom, context: Context) -> tuple[str, Sequence | None]:
    """The name of a function, and the base of a logarithm where it is more than a number or a letter."""
    if atom.sub is None:
        return atom.text + "'" * atom.primes, None
    base = letters_of(atom.sub)
    if atom.text not in _LOGARITHMS:
        raise context.refusal(
            f"an index at {context.text(atom.start, atom.start + 12).split('_')[0]} is not read here",
            atom.sub,
            "leave it out",
        )
    if base.isdigit() or (len(base) == 1 and base in ascii_letters):
        return f"{atom.text}_{base}", None
    return atom.text, atom.sub


def _power(atom: Atom) -> tuple[str, Sequence | None]:
    """The exponent at a function's name as we write it there, or the exponent that all of the call has."""
    if atom.sup is None:
        return "", None
    number, letter = number_of(atom.sup), letters_of(atom.sup)
    if atom.sup.atoms and all(is_sign(part, "'") for part in atom.sup.atoms):
        return "'" * len(atom.sup.atoms), None
    if number or (len(letter) == 1 and letter in ascii_letters):
        return f"^{number or letter}", None
    return "", atom.sup


def _is_argument(writer: Writer, atom: Atom, following: Atom, place: int) -> bool:
    """Whether what follows a function is its argument in brackets or in braces."""
    if following.kind == nodes.FENCE:
        return following.sub is None and (
            following.text in _ROUND or (following.text == "set" and atom.text in _EXTREMES)
        )
    if following.kind != nodes.GROUP:
        return False
    if not following.bare:
        hint = rf"write \{atom.text}\left(...\right) with its exponent in the bracket or behind it"
        raise writer.context.refusal("this exponent belongs to the argument or to the function", following, hint)
    if place + 2 < writer.extents.argument[place + 1]:
        _note_argument(writer, atom, place + 1, place + 2, is_group=True)
    return True


def _is_simple(writer: Writer, start: int, stop: int) -> bool:
    """Whether our notation reads an argument without brackets as it stands."""
    atoms = writer.atoms
    for place in range(start, stop):
        atom = atoms[place]
        if nodes.is_sign(atom, "+", "-", *POSTFIX) or atom.kind in (nodes.NUMBER, nodes.LETTER):
            continue
        if atom.kind == nodes.FENCE and atom.text in _ROUND and place > start and atom.sub is None:
            if atoms[place - 1].kind in (nodes.NAME, nodes.WORD) or atoms[place - 1].sub is not None:
                return False
            continue
        if atom.kind not in SIMPLE:
            return False
    return stop == start or atoms[start].kind != nodes.FUNCTION


def _note_argument(writer: Writer, atom: Atom, start: int, stop: int, is_group: bool = False) -> None:
    """Note where an argument without brackets ends, if another end could be meant."""
    context = writer.context
    if "argument" in context.notes:
        return
    inside = [each for each in writer.atoms[start:stop] if not is_sign(each, "+", "-")]
    if stop <= start or (not is_group and (len(inside) < 2 or all(_is_constant(each) for each in inside[:-1]))):
        return
    head = context.text(atom.start, writer.atoms[start].start)
    first, last = writer.atoms[start].start, writer.atoms[stop - 1].stop
    argument = context.text(first, last)[:60]
    message = f"this is read as {head}({argument}); for another argument put it in brackets"
    context.note("argument", message, atom.start, last)


def _is_constant(atom: Atom) -> bool:
    """Whether a factor is a number, pi, or a fraction of such."""
    if atom.kind == nodes.CALL:
        return all(_is_constant(part) for sequence in atom.parts for part in sequence.atoms)
    return atom.kind == nodes.NUMBER or atom.text == "pi"


def check_factorial(writer: Writer, sign: Atom) -> None:
    """Refuse x^{2}!, the factorial of 2 to us and of x^2 to TeX."""
    before = writer.before
    if before is None or before.sup is None or not is_sign(sign, "!"):
        return
    typed = writer.context.text(before.start, before.sup.stop)[:40]
    hint = f"write \\left({typed}\\right)! for all of it, or put the sign into the exponent"
    raise writer.context.refusal("a factorial behind an exponent can be read in two ways", sign, hint)


def check_end_of_sum(writer: Writer, place: int) -> None:
    """Note that a sum has ended before a sign, or refuse it where its index stands behind that."""
    sign, before = writer.atoms[place], writer.before
    if before is None or before.kind != nodes.BIG or before.text == "integral" or not is_sign(sign, "+", "-"):
        return
    context = writer.context
    head = context.text(before.start, before.stop)[:40]
    message = f"the terms of {head} end before '{context.text(sign.start, sign.stop)}'"
    both = "put all of it in brackets, or the sum"
    behind = next((each.start for each in writer.atoms[place:] if each.kind == nodes.BIG), writer.sequence.stop)
    if _stands_in(context, before.variable, sign.stop, behind):
        raise context.refusal(f"{message}, but its index goes on", sign, both)
    context.note("sum", f"{message}; for more of them put all that is summed in brackets", before.start, sign.stop)


def _stands_in(context: Context, letter: str, start: int, stop: int) -> bool:
    """Whether a letter stands in a stretch of the source."""
    places = context.places.get(letter, [])
    found = bisect_left(places, start)
    return found < len(places) and places[found] < stop
