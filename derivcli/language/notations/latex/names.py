"""Letters, words and indices of LaTeX as names of ours."""

from __future__ import annotations

import re

from derivcli.errors import Span
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.tokens import GREEK_NAMES
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.context import Context
from derivcli.language.notations.latex.nodes import Atom, Sequence

CONDITION_WORDS = {
    "and": " and ", "or": " or ", "not": " not ", "true": "True", "false": "False", "True": "True", "False": "False",
}  # fmt: skip
_IGNORED_WORDS = frozenset(("", "if", "for", "when", "where", "falls", "si"))
OTHERWISE = frozenset(("otherwise", "else", "sonst", "elsewhere", "sinon"))
_BARE_COMMANDS = frozenset(("frac", "dfrac", "tfrac", "sqrt", "cdot", "times", "left", "right"))
"""Commands that a copied text has without their backslash, some of which are names of ours too."""
_GLUED_NUMBER = re.compile(r"([0-9.]+)[eE]([-+]?[0-9]+)")
_INDEX = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*")


def join_letters(sequence: Sequence, context: Context) -> None:
    """Put the letters of names and functions together, and give upright words their meaning."""
    atoms: list[Atom] = []
    place, source = 0, sequence.atoms
    while place < len(source):
        atom = source[place] = _unwrapped(source[place])
        if atom.kind == nodes.NUMBER:
            _check_exponent(atom, context)
        if atom.kind == nodes.LETTER:
            joined, place = _letters(source, place, sequence, context)
            atoms += joined
            continue
        place += 1
        if atom.kind == nodes.GROUP and atom.bare and not atom.parts[0].atoms:
            continue
        if atom.kind == nodes.WORD:
            _name_word(atom, sequence, context)
            if atom.kind == nodes.SIGN and not atom.text:
                continue
        elif atom.kind == nodes.NAME:
            _check_spelling(atom, context)
            _check_constant(atom, context)
        atoms.append(atom)
    sequence.atoms = atoms
    for place, atom in enumerate(atoms):
        following = atoms[place + 1] if place + 1 < len(atoms) else None
        called = following is not None and following.kind == nodes.FENCE and following.text == "("
        if atom.kind in (nodes.NAME, nodes.LETTER) and not called and atom.sub is None:
            context.standing.add(atom.text)


def _unwrapped(atom: Atom) -> Atom:
    """The bracket that is all that stands in braces, as in SymPy's `f{\\left(x \\right)}`, or the atom itself."""
    only = atom.parts[0].only if atom.kind == nodes.GROUP else None
    if only is None or only.kind != nodes.FENCE or only.text != "(" or not only.bare:
        return atom
    if atom.sup is not None and atom.sup.only is not None and atom.sup.only.kind == nodes.CALL:
        return atom  # a rising power
    only.sub, only.sup, only.primes, only.spaced = atom.sub, atom.sup, atom.primes, atom.spaced
    return only


def _letters(source: list[Atom], place: int, sequence: Sequence, context: Context) -> tuple[list[Atom], int]:
    """A run of letters without blanks between them, put together where they are a name, and the place behind it."""
    stop = place + 1
    while (
        stop < len(source)
        and source[stop - 1].bare
        and source[stop].kind == nodes.LETTER
        and not source[stop].spaced
        and source[stop].start == source[stop - 1].stop
    ):
        stop += 1
    run = source[place:stop]
    word = "".join(atom.text for atom in run)
    digits = source[stop] if stop < len(source) and run[-1].bare else None
    if digits is not None and (digits.kind != nodes.NUMBER or digits.spaced or not digits.text.isdigit()):
        digits = None
    following = source[stop + (digits is not None)] if stop + (digits is not None) < len(source) else None
    called = following is not None and following.kind == nodes.FENCE
    if digits is not None:
        numbered = word + digits.text
        kind = _kind(numbered, called, context)
        if kind:
            return [_joined(kind, numbered, [*run, digits])], stop + 1
        if len(run) == 1:
            _refuse_digits(word, digits, run[0], context)
    kind = _kind(word, called, context) if len(word) > 1 else ""
    if word in _BARE_COMMANDS and word not in context.declared:
        _check_backslash(word, run, source[stop : stop + 2], context)
    if sequence.condition and word in ("and", "or", "not"):
        return [Atom(nodes.SIGN, CONDITION_WORDS[word], run[0].start, run[-1].stop)], stop
    return ([_joined(kind, word, run)] if kind else run), stop


def _kind(word: str, called: bool, context: Context) -> str:
    """What a run of letters is as one: a name, a function, or nothing of its own."""
    if word in context.declared:
        return nodes.NAME
    if name_resolution.is_function_name(word, context.functions, called):
        return nodes.FUNCTION
    return nodes.NAME if word in CONSTANTS or word in GREEK_NAMES else ""


def _joined(kind: str, word: str, run: list[Atom]) -> Atom:
    first, last = run[0], run[-1]
    return Atom(
        kind,
        word,
        first.start,
        last.stop,
        first.spaced,
        sub=last.sub,
        sup=last.sup,
        primes=last.primes,
        prime=last.prime,
    )


def _check_backslash(word: str, run: list[Atom], behind: list[Atom], context: Context) -> None:
    """Refuse `frac{1}{x}`, `sqrt[3]{x}` and `x cdot y`, from which a chat has taken the backslash."""
    brackets = "".join("{" if each.kind == nodes.GROUP else each.text[:1] for each in behind)
    known = {"frac": "{{", "sqrt": "[{"}
    if word in known and brackets != known[word]:
        return
    hint = f"write \\{word}" + (", or frac(x) for the part behind the point" if word == "frac" else "")
    raise context.refusal(f"the backslash of \\{word} is missing", Span(run[0].start, run[-1].stop), hint)


def _refuse_digits(word: str, digits: Atom, letter: Atom, context: Context) -> None:
    message = f"{word}{digits.text} is a variable to some and a product to TeX"
    hint = f"write {word}_{{{digits.text}}} for the variable, or {digits.text}{word} for the product"
    raise context.refusal(message, Span(letter.start, digits.stop), hint)


def _check_exponent(number: Atom, context: Context) -> None:
    """Refuse `2e-3`, which is a number to some and in TeX 2 times e minus 3."""
    found = _GLUED_NUMBER.match(context.source, number.start)
    if found is None:
        return
    mantissa, exponent = found.groups()
    hint = f"write {mantissa} \\cdot 10^{{{exponent}}} for the number, or put blanks around e and the sign"
    raise context.refusal(
        f"{found.group()} is a number to some, and to TeX {mantissa} times e", Span(*found.span()), hint
    )


def _name_word(atom: Atom, sequence: Sequence, context: Context) -> None:
    """Give an upright word its meaning: a word of a condition, a function, a constant, a name."""
    word = atom.text.strip(" ,.:")
    command = atom.command.name if atom.command is not None else ""
    is_text = command in ("text", "textrm", "mbox", "textnormal")
    if is_text and sequence.condition and (word in CONDITION_WORDS or word in _IGNORED_WORDS or word in OTHERWISE):
        atom.kind, atom.text = nodes.SIGN, CONDITION_WORDS.get(word, "" if word in _IGNORED_WORDS else "True")
    elif not word:
        atom.kind, atom.text = nodes.SIGN, ""
    elif not name_resolution.is_variable_name(word) and not _INDEX.fullmatch(word):
        hint = "write the formula alone; conditions stand in \\begin{cases} ... \\end{cases}"
        raise context.refusal("words are no part of a formula", atom, hint)
    elif is_text and word in CONDITION_WORDS.keys() | _IGNORED_WORDS | OTHERWISE:
        hint = "write \\begin{cases} a & \\text{if } x > 0 \\\\ b & \\text{otherwise} \\end{cases}"
        raise context.refusal(f"'{word}' belongs into a choice", atom, hint)
    else:
        atom.text = word
        is_function = name_resolution.is_function_name(word, context.functions, called=True)
        if is_function and word not in context.declared and (len(word) > 1 or word in context.functions):
            atom.kind = nodes.FUNCTION


def _check_spelling(atom: Atom, context: Context) -> None:
    """Refuse two signs that are one name to us."""
    typed = context.source[atom.start : atom.start + 1 + len(atom.command.name)] if atom.command else atom.text
    first = context.spellings.setdefault(atom.text, typed)
    if first != typed and atom.text in GREEK_NAMES and atom.command is not None and first.startswith("\\"):
        hint = "name one of them otherwise, as with an index"
        raise context.refusal(f"{typed} and {first} would be one variable here", atom, hint)


def _check_constant(atom: Atom, context: Context) -> None:
    """Let `\\tau` be a variable, as it mostly is, and note that it is a number in our notation."""
    if atom.command is not None and atom.text in CONSTANTS and atom.text != "pi" and atom.text not in context.declared:
        context.names.setdefault(atom.text)
        typed = f"\\{atom.command.name}"
        message = f"{typed} is read as a variable; for the number {atom.text} write 2\\pi"
        context.note("constant", message, atom.start, atom.start + len(typed))


def name_of(atom: Atom, context: Context, called: bool = False) -> str:
    """The name that a letter or a word is with its index; one that is `called` may be a partial derivative, f_{xy}."""
    base = atom.text
    if atom.sub is None:
        if len(base) > 1 and atom.kind == nodes.WORD and not name_resolution.is_variable_name(base):
            context.names.setdefault(base)
        return base
    index = _index(atom.sub, context)
    glued, parted = f"{base}{index}", f"{base}_{index}"
    is_glued = index.isdigit() and (parted not in context.declared or glued in context.declared)
    name = glued if is_glued else parted
    if not name_resolution.is_variable_name(name) and not called:
        context.names.setdefault(name)
    return name


def _index(sub: Sequence, context: Context) -> str:
    """The letters and digits of an index."""
    found = ""
    for atom in sub.atoms:
        text = (
            atom.text.strip()
            if atom.kind in (nodes.LETTER, nodes.NUMBER, nodes.NAME, nodes.WORD, nodes.FUNCTION)
            else ""
        )
        if not text or not atom.bare or not _INDEX.fullmatch(text):
            hint = "write one of letters and digits, as in x_{max}"
            raise context.refusal("this index is no part of a name here", atom, hint)
        found += text
    if not found:
        raise context.refusal("this index is empty", sub, "leave it out")
    return found
