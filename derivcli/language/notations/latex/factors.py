"""What is written for each kind of factor."""

from __future__ import annotations

from collections.abc import Callable

from derivcli.errors import Span
from derivcli.language.lexer import name_resolution
from derivcli.language.notations.latex import calls, nodes
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.extents import POSTFIX
from derivcli.language.notations.latex.names import name_of
from derivcli.language.notations.latex.nodes import Atom, Sequence, is_sign
from derivcli.language.notations.latex.pieces import Part, Piece
from derivcli.language.notations.latex.writer import Writer, number_of

MIN_LITERAL_EXPONENT = 10
"""From this exponent on, a number times a power of ten is written as one number."""
MAX_PRIMES = 20
_CALLS = {"|": "abs", "lvert": "abs", "lfloor": "floor", "lceil": "ceil"}
_POWERS = {"overline": "rf", "underline": "ff"}


def written(sequence: Sequence, context: Context) -> Piece:
    """What is written for a sequence, what is in it being written already."""
    writer = Writer(sequence, context)
    place = 0
    while True:
        place = writer.close(place)
        if place >= len(writer.atoms):
            return writer.piece
        atom = writer.atoms[place]
        if atom.kind == nodes.SIGN:
            calls.check_end_of_sum(writer, place)
            calls.check_factorial(writer, atom)
            writer.sign(atom)
            place += 1
        else:
            place = _factor(writer, place)


def _factor(writer: Writer, place: int) -> int:
    """Write the factor at a place; the place behind it."""
    atom = writer.atoms[place]
    found = calls.function_at(writer, place)
    if found is not None:
        writer.join(place)
        return calls.write_found(writer, place, found)
    writer.join(place)
    return _BY_KIND[atom.kind](writer, atom, place)


def _number(writer: Writer, atom: Atom, place: int) -> int:
    behind = writer.atoms[place + 1 : place + 3]
    if len(behind) == 2 and atom.bare and is_sign(behind[0], "*") and behind[1].text == "10" and not writer.is_divided:
        exponent = number_of(behind[1].sup)
        if exponent and MIN_LITERAL_EXPONENT <= abs(int(exponent[:6])) < 1000:
            writer.piece.parts.append((f"{atom.text}e{exponent}", atom.start, behind[1].stop))
            writer.done(atom)
            return place + 3
    return _plain(writer, atom, place)


def _plain(writer: Writer, atom: Atom, place: int) -> int:
    """A number, a letter or a name."""
    if atom.kind == nodes.NUMBER and atom.sub is not None:
        raise writer.context.refusal("a number has no index here", atom, "leave it out")
    _check_name(writer, atom, place)
    order = _order(writer, atom, place)
    called = writer.is_called(place)
    writer.write(name_of(atom, writer.context, called) if atom.kind != nodes.NUMBER else atom.text, atom)
    if order:
        writer.write(order, atom)
    else:
        writer.scripts(atom, place)
    is_prime = bool(order) or (atom.sup is not None and all(is_sign(each, "'") for each in atom.sup.atoms))
    braced = atom.sup is not None and atom.sup.braced and not (called and number_of(atom.sup))
    writer.done(atom, is_plain=is_prime or not braced)
    return place + 1


def _check_name(writer: Writer, atom: Atom, place: int) -> None:
    """Refuse a function that is not known, and a difference such as `\\Delta x`, which is one name to its author."""
    context, behind = writer.context, writer.atoms[place + 1 : place + 2]
    following = behind[0] if behind else None
    if atom.text in context.declared:
        return
    if atom.kind == nodes.WORD and len(atom.text) > 1 and atom.sub is None:
        is_operator = atom.command is not None and atom.command.name.startswith("operatorname")
        if is_operator or (following is not None and following.kind == nodes.FENCE):
            like = name_resolution.nearest(atom.text)
            hint = f"did you mean {like}?" if like else "for a product write \\cdot"
            raise context.refusal(f"unknown function '{atom.text[:40]}'", atom, hint)
    if atom.text == "Delta" and atom.bare and following is not None and following.kind in (nodes.LETTER, nodes.NAME):
        difference = Span(atom.start, following.start + 1)
        hint = "write \\Delta \\cdot for the product, or give the difference a name of its own, such as h"
        raise context.refusal("a difference is not one name here", difference, hint)


def _order(writer: Writer, atom: Atom, place: int) -> str:
    """The primes of the derivative that f^{(3)} is, and the orders of f^{(1,0)}; nothing for any other exponent."""
    inner = atom.sup.only if atom.sup is not None and atom.text != "e" and atom.kind != nodes.NUMBER else None
    if inner is None or inner.kind != nodes.FENCE or inner.text != "(" or not inner.bare:
        return ""
    orders = [each.text for each in inner.parts[0].atoms]
    if len(orders) > 1 and all(each.isdigit() for each in orders[::2]) and {*orders[1::2]} == {","}:
        return f"^({''.join(orders)})"
    digits = number_of(inner.parts[0])
    if not digits.isdigit() or not 0 < int(digits[:4]) <= MAX_PRIMES:
        return ""
    return "'" * int(digits)


def _fence(writer: Writer, atom: Atom, place: int) -> int:
    """What stands in brackets."""
    if atom.sub is not None:
        hint = "values at a point are asked for with `--at`, as in `--at x=0`"
        raise writer.context.refusal("an index at a bracket is not read here", atom.sub, hint)
    inside = atom.parts[0]
    if _is_falling(writer, atom, inside):
        return place + 1
    if atom.text == "set":
        hint = r"write ( and ) around a part of a formula, or \operatorname{frac}(x) for the part behind the point"
        raise writer.context.refusal("braces are a bracket to some, and a set to others", atom, hint)
    name = _CALLS.get(atom.text, "")
    writer.write(
        f"{calls.call_name(name, atom, writer.context)}(" if name else "(", Sequence(atom.start, atom.start + 1)
    )
    writer.hold(inside)
    writer.write(")", Sequence(atom.stop - 1, atom.stop))
    writer.scripts(atom, place)
    writer.done(atom, is_plain=not name and (atom.sup is None or not atom.sup.braced))
    return place + 1


def _is_falling(writer: Writer, atom: Atom, inside: Sequence) -> bool:
    """Write a rising or falling power, x^{\\overline{n}}; False for anything else."""
    mark = atom.sup.only if atom.sup is not None else None
    if mark is None or mark.kind != nodes.MARK:
        return False
    writer.write(f"{calls.call_name(_POWERS[mark.text], atom, writer.context)}(", Sequence(atom.start, atom.start + 1))
    writer.hold(inside)
    writer.write(", ", mark)
    writer.hold(mark.parts[0])
    writer.write(")", Sequence(atom.stop - 1, atom.stop))
    writer.done(atom)
    return True


def _group(writer: Writer, atom: Atom, place: int) -> int:
    """What stands in braces, which are not seen."""
    inside = atom.parts[0]
    only = inside.only
    if only is not None and only.kind == nodes.FENCE and only.text == "(" and _is_falling(writer, atom, only.parts[0]):
        return place + 1
    alone = len(writer.atoms) == 1
    if only is not None and is_sign(only, ","):
        raise writer.context.refusal("numbers are written without commas", atom, "write one point before the decimals")
    is_seen_otherwise = not (only is not None and only.bare) if not atom.bare else inside.written.is_sum and not alone
    if is_seen_otherwise:
        shown = writer.context.text(atom.start + 1, inside.stop - 1)[:40]
        hint = f"write \\left({shown}\\right)"
        raise writer.context.refusal("braces alone are not seen, and group nothing for the reader", atom, hint)
    writer.bracket(inside)
    writer.scripts(atom, place)
    writer.done(atom)
    return place + 1


def _call(writer: Writer, atom: Atom, place: int) -> int:
    """A fraction, a root, a binomial coefficient."""
    if atom.sub is not None or atom.command is None or not atom.command.writes:
        raise writer.context.refusal("this is not read here", atom, "leave it out")
    if "/" in atom.command_text:
        return _fraction(writer, atom, place)
    template = atom.command.writes
    if atom.text == "sqrt" and atom.option is not None:
        template = "cbrt(#1)" if number_of(atom.option) == "3" else atom.command.option
    name, _, rest = template.partition("(")
    writer.write(f"{calls.call_name(name, atom, writer.context)}(", atom)
    slots = {"#0": atom.option, "#1": atom.parts[0], "#2": atom.parts[-1]}
    for number, slot in enumerate(rest.removesuffix(")").split(", ")):
        if number:
            writer.write(", ", atom)
        part = slots[slot]
        assert part is not None, "the template of an option is taken where there is one"
        writer.hold(part)
    writer.write(")", Sequence(atom.stop - 1, atom.stop))
    writer.scripts(atom, place)
    writer.done(atom)
    return place + 1


def _check_mixed(writer: Writer, atom: Atom, place: int) -> None:
    """Refuse 2\\frac{1}{2}, which is 2.5 to a pupil and 1 to others."""
    whole = writer.atoms[place - 1] if place else None
    above, below = (number_of(part) for part in atom.parts)
    if whole is None or whole.kind != nodes.NUMBER or not whole.bare or not (above and below):
        return
    typed = writer.context.text(atom.start, atom.stop)
    hint = f"write ({whole.text} + {typed}) for the number, or {whole.text} \\cdot {typed} for the product"
    raise writer.context.refusal("a number before a fraction of numbers can be read in two ways", atom, hint)


def _fraction(writer: Writer, atom: Atom, place: int) -> int:
    """A fraction, flat where it begins a product."""
    above, below = atom.parts
    _check_mixed(writer, atom, place)
    following = writer.atoms[place + 1] if place + 1 < len(writer.atoms) else None
    is_flat = writer.is_first and atom.bare and not (following is not None and is_sign(following, *POSTFIX))
    is_flat = is_flat and place >= writer.bare_stop
    if not is_flat:
        writer.write("(", Sequence(atom.start, above.start))
    else:
        writer.piece.is_product |= not writer.closers
    is_fraction = above.only is not None and above.only.kind == nodes.CALL and "/" in above.only.command_text
    (writer.hold if above.written.is_term and not is_fraction else writer.bracket)(above)
    writer.write("/", Sequence(above.stop, max(below.start, above.stop)))
    (writer.hold if below.written.is_factor else writer.bracket)(below)
    if not is_flat:
        writer.write(")", Sequence(atom.stop - 1, atom.stop))
    writer.scripts(atom, place)
    writer.done(atom)
    return place + 1


def _big(writer: Writer, atom: Atom, place: int) -> int:
    """A sum, a product or an integral: its body goes on up to the end of the product, or to its differential."""
    lower, upper = atom.parts
    is_integral = atom.text == "integral" and atom.end >= 0
    stop = atom.end if is_integral else writer.extents.product[place + 1]
    if stop == place + 1 and not is_integral:
        raise writer.context.refusal("the body of this is missing", atom, "write it behind its bounds")
    writer.write(f"{calls.call_name(atom.text, atom, writer.context)}(", Sequence(atom.start, atom.start + 1))
    ending: list[Part] = [
        (f", {atom.variable}, ", lower.start, lower.stop),
        lower.written,
        (", ", upper.start, upper.stop),
    ]
    ending += [upper.written, (")", atom.stop - 1, atom.stop)]
    if is_integral and stop == place + 1:
        writer.write("1", atom)
    writer.open(atom, stop, ending, 2 if is_integral else 0)
    return place + 1


def _derivative(writer: Writer, atom: Atom, place: int) -> int:
    """A fraction of differentials: an operator, the derivative of a letter, or that of what stands over the line."""
    if not atom.bare:
        raise writer.context.refusal("a power of a derivative is not read here", atom, "put brackets around it")
    if not atom.parts:
        writer.write(f"{atom.text}/{_below(atom)} ", atom)
        writer.piece.is_bare |= not writer.closers
        writer.before, writer.is_first = None, False
        return place + 1
    body = atom.parts[0]
    only = body.only
    if only is not None and only.kind in (nodes.LETTER, nodes.NAME) and only.bare:
        following = writer.atoms[place + 1 : place + 2]
        is_side = place == 0 and (not following or is_sign(following[0], "="))
        name = name_of(only, writer.context)
        shown = f"{atom.text}{name}/{_below(atom)}" if "^" not in atom.text else f"{atom.text} {name}/{_below(atom)}"
        writer.write(shown if is_side else f"({shown})", atom)
        writer.piece.is_product = True
    else:
        writer.write(f"{calls.call_name('diff', atom, writer.context)}(", Sequence(atom.start, atom.start + 1))
        writer.hold(body)
        writer.write(f", {', '.join(_names(atom))})", Sequence(atom.stop - 1, atom.stop))
    writer.done(atom)
    return place + 1


def _below(atom: Atom) -> str:
    """The differentials under a line, in brackets where they are several."""
    return f"({atom.variable})" if " " in atom.variable else atom.variable


def _names(atom: Atom) -> list[str]:
    """The variables of a derivative, each as often as it is taken."""
    found = []
    for part in atom.variable.replace("∂", " ∂").split():
        name, _, power = part[1:].partition("^")
        found += [name] * min(int(power or 1), MAX_PRIMES)
    return found


def _cases(writer: Writer, atom: Atom, place: int) -> int:
    """A choice."""
    if atom.sub is not None:
        raise writer.context.refusal("a choice has no index here", atom.sub, "leave it out")
    writer.write(f"{calls.call_name('Piecewise', atom, writer.context)}(", Sequence(atom.start, atom.start + 1))
    for number in range(0, len(atom.parts), 2):
        value, condition = atom.parts[number : number + 2]
        writer.write(", (" if number else "(", Sequence(value.start, value.start + 1))
        writer.hold(value)
        writer.write(", ", Sequence(value.stop, condition.start))
        writer.hold(condition)
        writer.write(")", Sequence(max(condition.stop - 1, 0), condition.stop))
    writer.write(")", Sequence(atom.stop - 1, atom.stop))
    writer.scripts(atom, place)
    writer.done(atom)
    return place + 1


def _mark(writer: Writer, atom: Atom, place: int) -> int:
    """The line over or under an exponent, which what is raised is written with."""
    writer.hold(atom.parts[0])
    return place + 1


def _slot(writer: Writer, atom: Atom, place: int) -> int:
    raise writer.context.refusal("'#' is no part of a formula", Span(atom.start, atom.stop), "leave it out")


_BY_KIND: dict[str, Callable[[Writer, Atom, int], int]] = {
    nodes.NUMBER: _number,
    nodes.LETTER: _plain,
    nodes.NAME: _plain,
    nodes.WORD: _plain,
    nodes.FUNCTION: calls.write_function,
    nodes.FENCE: _fence,
    nodes.GROUP: _group,
    nodes.CALL: _call,
    nodes.BIG: _big,
    nodes.DERIVATIVE: _derivative,
    nodes.CASES: _cases,
    nodes.SLOT: _slot,
    nodes.MARK: _mark,
}
