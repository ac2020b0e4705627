"""Text in LaTeX to nested sequences of atoms, by TeX's rules.

    sequence := { atom { script | "'" } }
    script   := ("^" | "_") argument
    argument := "{" sequence "}" | one token, and what it takes
    atom     := number | letter | sign | name | command { "[" sequence "]" } { argument } | "{" sequence "}" | fence
    fence    := "(" sequence ")" | "|" sequence "|" | "\\left" bracket sequence "\\right" bracket
              | "\\begin{cases}" sequence { ("&" | "\\\\") sequence } "\\end{cases}"

The reader keeps a stack of open brackets and of commands that wait for arguments, and never recurses.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from derivcli.errors import Span
from derivcli.language.lexer.name_resolution import nearest
from derivcli.language.lexer.tokens import GREEK, SPELLINGS
from derivcli.language.notations.latex import commands as table
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.grouping import Grouping, Waiting
from derivcli.language.notations.latex.nodes import Atom, Sequence

_TOKEN = re.compile(
    r"(?P<blank>[\s~]+)|(?P<command>\\(?:operatorname\*|[A-Za-z]+|.|\Z))|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<slot>\#[0-9])|(?P<other>.)",
    re.DOTALL,
)
_WORD = re.compile(r"\s*(?:\{((?:[^{}\\$]|\\[_ ,;:!&%])*)\}|([A-Za-z0-9]))")
_BRACED = re.compile(r"\s*\{([^{}]*)\}")
_OPTION = re.compile(r"\s*\[")
_PAIRS = {"(": ")", "[": "]", "{": "}", "|": "|", "lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert"}
_BRACKETS = {
    "lbrace": "{",
    "rbrace": "}",
    "lparen": "(",
    "rparen": ")",
    "lbrack": "[",
    "rbrack": "]",
    "vert": "|",
    "mid": "|",
}
_PRIMES = {"'": 1, "′": 1, "’": 1, "″": 2, "‴": 3}


def _number(state: Grouping, text: str, span: Span) -> None:
    state.atom(nodes.NUMBER, text, span)


def _slot(state: Grouping, text: str, span: Span) -> None:
    state.atom(nodes.SLOT, text, span)


def _other(state: Grouping, text: str, span: Span) -> None:
    """Take a character that is no digit."""
    if text in _PRIMES:
        _prime(state, text, span)
    elif text in "^_":
        _script(state, text, span)
    elif text == "{":
        state.push("{", span, "}")
    elif text in "([":
        state.push(text, span, _PAIRS[text])
    elif text in "})]":
        _end(state, text, span)
    elif text == "|":
        _bar(state, span)
    elif text == "&":
        _ampersand(state, span)
    elif text in "$%#":
        raise state.refusal(*_out_of_place(state, text, span))
    elif text.isalpha():
        kind = nodes.LETTER if text.isascii() else nodes.NAME
        state.atom(kind, GREEK.get(text, text), span)
    else:
        state.atom(nodes.SIGN, SPELLINGS.get(text, text), span)


def _out_of_place(state: Grouping, text: str, span: Span) -> tuple[str, Span, str]:
    if text == "%":
        return "in LaTeX a comment begins here", span, r"write \% for percent, or leave the comment out"
    if text == "#":
        return "'#' is no part of a formula", span, "leave it out"
    return "'$' is no part of a formula", span, "write the formula without it"


def _prime(state: Grouping, text: str, span: Span) -> None:
    atom = _last(state, text, span)
    atom.primes += _PRIMES[text]
    atom.prime = atom.prime or span


def _last(state: Grouping, sign: str, span: Span) -> Atom:
    """The atom that a script belongs to."""
    atoms = state.frame.sequence.atoms
    if state.frame.waiting or not atoms or atoms[-1].kind == nodes.SIGN:
        raise state.refusal(f"nothing stands before '{sign}' here", span, "write what it belongs to before it")
    return atoms[-1]


def _script(state: Grouping, text: str, span: Span) -> None:
    atom = _last(state, text, span)
    script = "sub" if text == "_" else "sup"
    if getattr(atom, script) is not None:
        hint = "write x^{2^3} or (x^2)^3" if text == "^" else "write one, as in x_{12}"
        raise state.refusal(f"a second '{text}' stands at one letter here", span, hint)
    state.deepen(span)
    state.frame.waiting.append(Waiting(atom, 1, script))


def _bar(state: Grouping, span: Span) -> None:
    """Open or close an absolute value, by whether something stands before the bar."""
    atoms = state.frame.sequence.atoms
    if state.frame.kind == "|" and not state.frame.closer and atoms and atoms[-1].kind != nodes.SIGN:
        state.close(span.stop)
    else:
        state.push("|", span, "")


def _ampersand(state: Grouping, span: Span) -> None:
    """Begin the next cell of a choice; before the sign of an equation it only aligns."""
    if state.frame.cells:
        _end_cell(state, span)
    elif not re.compile(r"\s*(?:=|\\(?:le|ge|ne)|[<>])").match(state.text, span.stop):
        hint = "give the formula alone; choices stand in \\begin{cases} ... \\end{cases}"
        raise state.refusal("'&' parts the columns of a table", span, hint)


def _end_cell(state: Grouping, span: Span) -> None:
    state.check_arguments(span)
    frame = state.frame
    frame.sequence.stop = span.start
    frame.sequence = Sequence(span.stop, span.stop)
    frame.cells[-1].append(frame.sequence)


def _end(state: Grouping, bracket: str, span: Span) -> None:
    """Close the innermost frame by a bracket."""
    if state.frame.closer == bracket:
        state.close(span.stop)
        return
    if state.frame.kind == "text":
        raise state.refusal(f"nothing is open here that '{bracket}' could close", span, "remove it or open it before")
    raise state.unclosed()


def _command(state: Grouping, text: str, span: Span) -> None:
    """Take a command."""
    name = text[1:]
    if name in ("", "\n"):
        raise state.refusal("'\\' is no part of a formula", Span(span.start, span.start + 1), "leave it out")
    if name == "\\":
        _end_line(state, span)
    elif name in ("begin", "end"):
        _environment(state, name, span)
    else:
        _row(state, table.commands().get(name), name, span)


def _row(state: Grouping, row: table.Command | None, name: str, span: Span) -> None:
    if row is None:
        guess = nearest(name, table.command_names()) if len(name) > 1 else ""
        hint = f"did you mean \\{guess}?" if guess else "write what it stands for with functions and + - * / ^"
        raise state.refusal(f"the command '\\{name}' is not known here", span, hint)
    if row.kind == table.REFUSED:
        raise state.refusal(row.doc, span, row.hint)
    if row.kind == table.BLANK:
        state.spaced = True
    elif row.kind in _BY_KIND:
        _BY_KIND[row.kind](state, row, span)
    elif row.kind not in (table.SIZE,):
        kind = {table.NAME: nodes.NAME, table.FUNCTION: nodes.FUNCTION, table.BIG: nodes.BIG}.get(row.kind, nodes.SIGN)
        state.atom(kind, row.writes, span, command=row)


def _call(state: Grouping, row: table.Command, span: Span) -> None:
    """Wait for the arguments of a command."""
    state.deepen(span)
    atom = Atom(nodes.CALL, row.name, span.start, span.stop, state.blank(), row)
    waiting = Waiting(atom, row.arguments)
    option = _OPTION.match(state.text, state.position, state.stop) if row.option else None
    state.frame.waiting.append(waiting)
    if option:
        state.position = option.end()
        state.push("[", Span(option.end() - 1, option.end()), "]").option_of = waiting


def _open(state: Grouping, row: table.Command, span: Span) -> None:
    bracket = _BRACKETS.get(row.name, row.name)
    if bracket == "|":
        _bar(state, span)
    elif bracket == "{":
        state.push("set", span, r"\}")
    else:
        state.push(bracket, span, row.writes)


def _close(state: Grouping, row: table.Command, span: Span) -> None:
    _end(state, r"\}" if row.writes == "}" else row.writes or row.name, span)


def _fence(state: Grouping, row: table.Command, span: Span) -> None:
    """Take `\\left` or `\\right` with its bracket."""
    match = _TOKEN.match(state.text, state.position, state.stop)
    while match is not None and match.lastgroup == "blank":
        match = _TOKEN.match(state.text, match.end(), state.stop)
    bracket = match.group().removeprefix("\\") if match else ""
    bracket = _BRACKETS.get(bracket, bracket)
    span = Span(span.start, match.end() if match else span.stop)
    state.position = span.stop
    if row.name == "right":
        _right(state, bracket, span)
    elif bracket in _PAIRS:
        state.push(bracket, span, "right")
    else:
        hint = "values at a point are asked for with `--at`, as in `--at x=0`" if bracket == "." else "write ( and )"
        raise state.refusal(f"this bracket of \\{row.name} is not read here", span, hint)


def _right(state: Grouping, bracket: str, span: Span) -> None:
    frame = state.frame
    if frame.closer != "right":
        if frame.kind == "text":
            raise state.refusal("nothing is open here that this could close", span, "open it with \\left before")
        raise state.unclosed()
    pair = _PAIRS[frame.kind]
    array = frame.kind == "{" and bracket == "." and (only := frame.sequence.only) and only.kind == nodes.CASES
    if bracket != pair and not array:
        raise state.refusal(f"'\\right{pair}' is due here", span, "close the bracket by one of its kind")
    if frame.kind == "{":
        frame.kind = "set"
    if array:
        state.pop(span.stop)
        state.deliver(frame.sequence.atoms[0])
    else:
        state.close(span.stop)


def _word(state: Grouping, row: table.Command, span: Span) -> None:
    """Take an upright word."""
    match = _WORD.match(state.text, state.position, state.stop)
    if match is None:
        raise state.refusal(f"\\{row.name} holds one word here", span, "write it in braces, without formulas")
    state.position = match.end()
    word = (match.group(1) if match.group(1) is not None else match.group(2)).replace("\\_", "_")
    state.atom(nodes.WORD, re.sub(r"\\[ ,;:!]|\s", " ", word), Span(span.start, match.end()), command=row)


def _dropped(state: Grouping, row: table.Command, span: Span) -> None:
    match = _BRACED.match(state.text, state.position, state.stop)
    state.position = match.end() if match else state.position


def _end_line(state: Grouping, span: Span) -> None:
    """Begin the next row of a choice; elsewhere a line ends there."""
    if state.frame.cells:
        option = re.compile(r"\s*\[[^\[\]]*\]").match(state.text, state.position)
        state.position = option.end() if option else state.position
        state.frame.cells.append([])
        _end_cell(state, span)
    elif state.frame.kind == "text":
        state.ended = span
    else:
        raise state.unclosed()


def _environment(state: Grouping, which: str, span: Span) -> None:
    """Begin or end a choice."""
    match = _BRACED.match(state.text, state.position, state.stop)
    name = match.group(1) if match else ""
    span = Span(span.start, match.end() if match else span.stop)
    state.position = span.stop
    if which == "begin":
        _begin(state, name, span)
    elif state.frame.cells and state.frame.closer == name:
        frame = state.pop(span.stop)
        rows = [row for row in frame.cells if any(cell.atoms for cell in row)]
        parts = [cell for row in rows for cell in row]
        atom = Atom(nodes.CASES, " ".join(str(len(row)) for row in rows), frame.opener.start, span.stop, frame.spaced)
        atom.parts = parts
        state.deliver(atom)
    elif state.frame.kind == "text":
        raise state.refusal("nothing is open here that this could end", span, f"write \\begin{{{name}}} before")
    else:
        raise state.unclosed()


def _begin(state: Grouping, name: str, span: Span) -> None:
    is_array = name == "array"
    behind_brace = state.frame.kind == "{" and state.frame.closer == "right" and not state.frame.sequence.atoms
    if name not in table.ENVIRONMENTS or (is_array and not behind_brace):
        message, hint = f"'{name}' is not read here", "give one formula alone"
        if name.rstrip("*") in table.DISPLAYS:
            message = "an environment stands around a formula, and not in it"
        raise state.refusal(message, span, hint)
    columns = _BRACED.match(state.text, state.position, state.stop) if is_array else None
    state.position = columns.end() if columns else state.position
    frame = state.push("cases", span, name)
    frame.cells = [[frame.sequence]]


_BY_KIND: dict[str, Callable[[Grouping, table.Command, Span], None]] = {
    table.CALL: _call,
    table.OPEN: _open,
    table.CLOSE: _close,
    table.FENCE: _fence,
    table.WORD: _word,
    table.DROPPED: _dropped,
}


_READERS: dict[str, Callable[[Grouping, str, Span], None]] = {
    "command": _command,
    "number": _number,
    "other": _other,
    "slot": _slot,
}


def grouped(text: str, start: int, stop: int) -> Sequence:
    """The sequence that a stretch of a text writes; raises DerivError where brackets and arguments do not fit."""
    state = Grouping(text, start, stop)
    while state.position < state.stop:
        match = _TOKEN.match(text, state.position, stop)
        assert match is not None, "every character is a token"
        state.position = match.end()
        kind = str(match.lastgroup)
        if kind == "blank":
            state.spaced = True
            continue
        if state.ended is not None and state.frame.kind == "text":
            raise state.refusal("this is more than one line", state.ended, "give one formula at a time")
        _READERS[kind](state, match.group(), Span(match.start(), match.end()))
    if state.frame.kind != "text":
        raise state.unclosed()
    state.check_arguments(Span(stop, stop))
    return state.frame.sequence
