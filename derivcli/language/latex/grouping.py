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
from dataclasses import dataclass, field

from derivcli.errors import DerivError, Span
from derivcli.language import limits
from derivcli.language.latex import commands as table
from derivcli.language.latex import nodes
from derivcli.language.latex.nodes import Atom, Sequence
from derivcli.language.name_resolution import nearest
from derivcli.language.tokens import GREEK, SPELLINGS

_TOKEN = re.compile(
    r"(?P<blank>[\s~]+)|(?P<command>\\(?:operatorname\*|[A-Za-z]+|.|\Z))|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<slot>\#[0-9])|(?P<other>.)",
    re.DOTALL,
)
_WORD = re.compile(r"\s*(?:\{((?:[^{}\\$]|\\[_ ,;:!&%])*)\}|([A-Za-z0-9]))")
_BRACED = re.compile(r"\s*\{([^{}]*)\}")
_OPTION = re.compile(r"\s*\[")
_PAIRS = {"(": ")", "[": "]", "{": "}", "|": "|", "lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert"}
_BRACKETS = {"lbrace": "{", "rbrace": "}", "lparen": "(", "rparen": ")", "lbrack": "[", "rbrack": "]", "vert": "|"}
_PRIMES = {"'": 1, "′": 1, "’": 1, "″": 2, "‴": 3}


@dataclass(slots=True, eq=False)
class _Waiting:
    """A command or a script that waits for arguments."""

    atom: Atom
    missing: int
    script: str = ""
    sign: Atom | None = None


@dataclass(slots=True, eq=False)
class _Frame:
    """What is open: its bracket, what closes it, and what has been read in it."""

    kind: str
    opener: Span
    closer: str
    sequence: Sequence
    waiting: list[_Waiting] = field(default_factory=list)
    cells: list[list[Sequence]] = field(default_factory=list)
    spaced: bool = False
    option_of: _Waiting | None = None


class Grouping:
    """The state of a reading: the place in the text and the open frames."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text, self.stop, self.position = text, stop, start
        self.frame = _Frame("text", Span(start, start), "", Sequence(start, stop))
        self.frames = [self.frame]
        self.depth = 0
        self.spaced = False
        self.ended: Span | None = None
        """Where a line has ended, behind which nothing may stand."""

    def run(self) -> Sequence:
        """Read the whole text."""
        readers: dict[str, Callable[[str, Span], None]] = {
            "command": self._command, "number": self._number, "other": self._other, "slot": self._slot,
        }  # fmt: skip
        while self.position < self.stop:
            match = _TOKEN.match(self.text, self.position, self.stop)
            assert match is not None, "every character is a token"
            self.position = match.end()
            kind = str(match.lastgroup)
            if kind == "blank":
                self.spaced = True
                continue
            span = Span(match.start(), match.end())
            if self.ended is not None and self.frame.kind == "text":
                raise self.refusal("this is more than one line", self.ended, "give one formula at a time")
            readers[kind](match.group(), span)
        if self.frame.kind != "text":
            raise self.unclosed()
        self._check_arguments(Span(self.stop, self.stop))
        return self.frame.sequence

    def refusal(self, message: str, span: Span, hint: str) -> DerivError:
        """A refusal of a stretch of the text."""
        return DerivError(message, self.text, span, hint)

    def unclosed(self) -> DerivError:
        """The refusal of what is still open."""
        opener = self.frame.opener
        shown = self.text[opener.start : opener.stop]
        closing = {"{": "}", "(": ")", "[": "]", "|": "|"}.get(self.frame.kind, "")
        hint = f"add the missing '{closing}'" if closing else "close it"
        return self.refusal(f"this '{shown}' is never closed", opener, hint)

    def atom(self, kind: str, text: str, span: Span, **columns: object) -> None:
        """Take an atom."""
        self.deliver(Atom(kind, text, span.start, span.stop, self._blank(), **columns))  # type: ignore[arg-type]

    def deliver(self, atom: Atom) -> None:
        """Give an atom to what waits for an argument, or to the open sequence."""
        item: Atom | None = atom
        while item is not None:
            if not self.frame.waiting:
                self.frame.sequence.atoms.append(item)
                return
            waiting = self.frame.waiting[-1]
            if self._is_begun(waiting, item):
                return
            self._check_digits(waiting, item)
            before = [] if waiting.sign is None else [waiting.sign]
            item = self._take(Sequence(item.start, item.stop, [*before, item], braced=False))

    def push(self, kind: str, opener: Span, closer: str) -> _Frame:
        """Open a frame."""
        self.deepen(opener)
        self.frame = _Frame(kind, opener, closer, Sequence(opener.stop, opener.stop), spaced=self._blank())
        self.frames.append(self.frame)
        return self.frame

    def deepen(self, span: Span) -> None:
        """Count what is open, which has a limit."""
        self.depth += 1
        limits.check_latex_nesting(self.depth, self.text, span)

    def close(self, stop: int) -> None:
        """End the innermost frame, and give what it holds to what is around it."""
        frame = self._pop(stop)
        if frame.option_of is not None:
            frame.option_of.atom.option = frame.sequence
        elif frame.kind != "{":
            start = frame.opener.start
            self.deliver(Atom(nodes.FENCE, frame.kind, start, stop, frame.spaced, parts=[frame.sequence]))
        elif self.frame.waiting:
            frame.sequence.start, frame.sequence.stop = frame.opener.start, stop
            taken = self._take(frame.sequence)
            if taken is not None:
                self.deliver(taken)
        else:
            atom = Atom(nodes.GROUP, "{", frame.opener.start, stop, frame.spaced, parts=[frame.sequence])
            self.frame.sequence.atoms.append(atom)

    def _pop(self, stop: int) -> _Frame:
        frame = self.frame
        self._check_arguments(Span(stop, stop))
        frame.sequence.stop = stop
        self.frames.pop()
        self.depth -= 1
        self.frame = self.frames[-1]
        self.spaced = False
        return frame

    def _blank(self) -> bool:
        """Whether a blank stands before the token at hand."""
        spaced, self.spaced = self.spaced, False
        return spaced

    def _take(self, sequence: Sequence) -> Atom | None:
        """Give an argument to what waits for it; the command, where it was its last."""
        waiting = self.frame.waiting[-1]
        waiting.missing -= 1
        if waiting.script == "sub":
            waiting.atom.sub = sequence
        elif waiting.script:
            waiting.atom.sup = sequence
        else:
            waiting.atom.parts.append(sequence)
        if waiting.missing:
            return None
        self.frame.waiting.pop()
        self.depth -= 1
        waiting.atom.stop = max(waiting.atom.stop, sequence.stop)
        return None if waiting.script else waiting.atom

    def _is_begun(self, waiting: _Waiting, item: Atom) -> bool:
        """Whether an atom only begins an argument: the minus of x^-1, or the two digits of \\frac12."""
        if waiting.script == "sup" and nodes.is_sign(item, "-", "+") and waiting.sign is None:
            waiting.sign = item
            return True
        if waiting.missing == 2 and item.kind == nodes.NUMBER and len(item.text) == 2 and item.text.isdigit():
            for place, digit in enumerate(item.text):
                start = item.start + place
                part = Sequence(start, start + 1, [Atom(nodes.NUMBER, digit, start, start + 1)], braced=False)
                taken = self._take(part)
            if taken is not None:
                self.deliver(taken)
            return True
        return False

    def _check_digits(self, waiting: _Waiting, item: Atom) -> None:
        """Refuse an argument of several digits without braces, of which TeX takes the first."""
        if item.kind != nodes.NUMBER or len(item.text) == 1 or waiting.sign is not None:
            return
        span, number = Span(item.start, item.stop), item.text
        if waiting.script:
            before = self.text[waiting.atom.start : item.start]
            sign = r" \cdot " if waiting.script == "sup" else " "
            hint = f"write {before}{{{number}}} for all digits, or {before}{number[0]}{sign}{number[1:]} as TeX has it"
        else:
            hint = "put braces around each argument"
        raise self.refusal("without braces TeX takes the first digit alone", span, hint)

    def _check_arguments(self, span: Span) -> None:
        """Refuse the end of a bracket where a command waits for an argument."""
        if self.frame.waiting:
            atom = self.frame.waiting[-1].atom
            shown = {"sup": "'^'", "sub": "'_'"}.get(self.frame.waiting[-1].script, self.text[atom.start : atom.stop])
            raise self.refusal(f"an argument of {shown} is missing here", span, "write it in braces")

    # What each token does

    def _number(self, text: str, span: Span) -> None:
        self.atom(nodes.NUMBER, text, span)

    def _slot(self, text: str, span: Span) -> None:
        self.atom(nodes.SLOT, text, span)

    def _other(self, text: str, span: Span) -> None:
        """Take a character that is no digit."""
        if text in _PRIMES:
            self._prime(text, span)
        elif text in "^_":
            self._script(text, span)
        elif text == "{":
            self.push("{", span, "}")
        elif text in "([":
            self.push(text, span, _PAIRS[text])
        elif text in "})]":
            self.end(text, span)
        elif text == "|":
            self._bar(span)
        elif text == "&":
            self._ampersand(span)
        elif text in "$%#":
            raise self.refusal(*self._out_of_place(text, span))
        elif text.isalpha():
            kind = nodes.LETTER if text.isascii() else nodes.NAME
            self.atom(kind, GREEK.get(text, text), span)
        else:
            self.atom(nodes.SIGN, SPELLINGS.get(text, text), span)

    def _out_of_place(self, text: str, span: Span) -> tuple[str, Span, str]:
        if text == "%":
            return "in LaTeX a comment begins here", span, r"write \% for percent, or leave the comment out"
        if text == "#":
            return "'#' is no part of a formula", span, "leave it out"
        return "'$' stands around a formula, and not in it", span, "give one formula at a time"

    def _prime(self, text: str, span: Span) -> None:
        self._last(text, span).primes += _PRIMES[text]

    def _last(self, sign: str, span: Span) -> Atom:
        """The atom that a script belongs to."""
        atoms = self.frame.sequence.atoms
        if self.frame.waiting or not atoms or atoms[-1].kind == nodes.SIGN:
            raise self.refusal(f"nothing stands before '{sign}' here", span, "write what it belongs to before it")
        return atoms[-1]

    def _script(self, text: str, span: Span) -> None:
        atom = self._last(text, span)
        script = "sub" if text == "_" else "sup"
        if getattr(atom, script) is not None:
            hint = "write x^{2^3} or (x^2)^3" if text == "^" else "write one, as in x_{12}"
            raise self.refusal(f"a second '{text}' stands at one letter here", span, hint)
        self.deepen(span)
        self.frame.waiting.append(_Waiting(atom, 1, script))

    def _bar(self, span: Span) -> None:
        """Open or close an absolute value, by whether something stands before the bar."""
        atoms = self.frame.sequence.atoms
        if self.frame.kind == "|" and not self.frame.closer and atoms and atoms[-1].kind != nodes.SIGN:
            self.close(span.stop)
        else:
            self.push("|", span, "")

    def _ampersand(self, span: Span) -> None:
        """Begin the next cell of a choice; before the sign of an equation it only aligns."""
        if self.frame.cells:
            self._end_cell(span)
        elif not re.compile(r"\s*(?:=|\\(?:le|ge|ne)|[<>])").match(self.text, span.stop):
            hint = "give the formula alone; choices stand in \\begin{cases} ... \\end{cases}"
            raise self.refusal("'&' parts the columns of a table", span, hint)

    def _end_cell(self, span: Span) -> None:
        self._check_arguments(span)
        frame = self.frame
        frame.sequence.stop = span.start
        frame.sequence = Sequence(span.stop, span.stop)
        frame.cells[-1].append(frame.sequence)

    def end(self, bracket: str, span: Span) -> None:
        """Close the innermost frame by a bracket."""
        if self.frame.closer == bracket:
            self.close(span.stop)
            return
        if self.frame.kind == "text":
            raise self.refusal(f"nothing is open here that '{bracket}' could close", span, "remove it or open it before")
        raise self.unclosed()

    def _command(self, text: str, span: Span) -> None:
        """Take a command."""
        name = text[1:]
        if name == "\\":
            self._end_line(span)
        elif name in ("begin", "end"):
            self._environment(name, span)
        else:
            self._row(table.commands().get(name), name, span)

    def _row(self, row: table.Command | None, name: str, span: Span) -> None:
        if row is None:
            guess = nearest(name, table.command_names()) if len(name) > 1 else ""
            hint = f"did you mean \\{guess}?" if guess else "write what it stands for with functions and + - * / ^"
            raise self.refusal(f"the command '\\{name}' is not known here", span, hint)
        if row.kind == table.REFUSED:
            raise self.refusal(row.doc, span, row.hint)
        if row.kind == table.BLANK:
            self.spaced = True
        elif row.kind in _BY_KIND:
            _BY_KIND[row.kind](self, row, span)
        elif row.kind not in (table.SIZE,):
            kind = {table.NAME: nodes.NAME, table.FUNCTION: nodes.FUNCTION, table.BIG: nodes.BIG}.get(row.kind, nodes.SIGN)
            self.atom(kind, row.writes, span, command=row)

    def _call(self, row: table.Command, span: Span) -> None:
        """Wait for the arguments of a command."""
        self.deepen(span)
        atom = Atom(nodes.CALL, row.name, span.start, span.stop, self._blank(), row)
        waiting = _Waiting(atom, row.arguments)
        option = _OPTION.match(self.text, self.position, self.stop) if row.option else None
        self.frame.waiting.append(waiting)
        if option:
            self.position = option.end()
            self.push("[", Span(option.end() - 1, option.end()), "]").option_of = waiting

    def _open(self, row: table.Command, span: Span) -> None:
        bracket = _BRACKETS.get(row.name, row.name)
        if bracket == "|":
            self._bar(span)
        elif bracket == "{":
            self.push("set", span, r"\}")
        else:
            self.push(bracket, span, row.writes)

    def _close(self, row: table.Command, span: Span) -> None:
        self.end(r"\}" if row.writes == "}" else row.writes or row.name, span)

    def _fence(self, row: table.Command, span: Span) -> None:
        """Take `\\left` or `\\right` with its bracket."""
        match = _TOKEN.match(self.text, self.position, self.stop)
        while match is not None and match.lastgroup == "blank":
            match = _TOKEN.match(self.text, match.end(), self.stop)
        bracket = match.group().removeprefix("\\") if match else ""
        bracket = _BRACKETS.get(bracket, bracket)
        span = Span(span.start, match.end() if match else span.stop)
        self.position = span.stop
        if row.name == "right":
            self._right(bracket, span)
        elif bracket in _PAIRS:
            self.push(bracket, span, "right")
        else:
            hint = "values at a point are asked for with `--at`, as in `--at x=0`" if bracket == "." else "write ( and )"
            raise self.refusal(f"this bracket of \\{row.name} is not read here", span, hint)

    def _right(self, bracket: str, span: Span) -> None:
        frame = self.frame
        if frame.closer != "right":
            if frame.kind == "text":
                raise self.refusal("nothing is open here that this could close", span, "open it with \\left before")
            raise self.unclosed()
        pair = _PAIRS[frame.kind]
        array = frame.kind == "{" and bracket == "." and (only := frame.sequence.only) and only.kind == nodes.CASES
        if bracket != pair and not array:
            raise self.refusal(f"'\\right{pair}' is due here", span, "close the bracket by one of its kind")
        if frame.kind == "{":
            frame.kind = "set"
        if array:
            self._pop(span.stop)
            self.deliver(frame.sequence.atoms[0])
        else:
            self.close(span.stop)

    def _word(self, row: table.Command, span: Span) -> None:
        """Take an upright word."""
        match = _WORD.match(self.text, self.position, self.stop)
        if match is None:
            raise self.refusal(f"\\{row.name} holds one word here", span, "write it in braces, without formulas")
        self.position = match.end()
        word = (match.group(1) if match.group(1) is not None else match.group(2)).replace("\\_", "_")
        self.atom(nodes.WORD, re.sub(r"\\[ ,;:!]|\s", " ", word), Span(span.start, match.end()), command=row)

    def _dropped(self, row: table.Command, span: Span) -> None:
        match = _BRACED.match(self.text, self.position, self.stop)
        self.position = match.end() if match else self.position

    def _end_line(self, span: Span) -> None:
        """Begin the next row of a choice; elsewhere a line ends there."""
        if self.frame.cells:
            option = re.compile(r"\s*\[[^\[\]]*\]").match(self.text, self.position)
            self.position = option.end() if option else self.position
            self.frame.cells.append([])
            self._end_cell(span)
        elif self.frame.kind == "text":
            self.ended = span
        else:
            raise self.unclosed()

    def _environment(self, which: str, span: Span) -> None:
        """Begin or end a choice."""
        match = _BRACED.match(self.text, self.position, self.stop)
        name = match.group(1) if match else ""
        span = Span(span.start, match.end() if match else span.stop)
        self.position = span.stop
        if which == "begin":
            self._begin(name, span)
        elif self.frame.cells and self.frame.closer == name:
            frame = self._pop(span.stop)
            rows = [row for row in frame.cells if any(cell.atoms for cell in row)]
            parts = [cell for row in rows for cell in row]
            atom = Atom(nodes.CASES, " ".join(str(len(row)) for row in rows), frame.opener.start, span.stop, frame.spaced)
            atom.parts = parts
            self.deliver(atom)
        elif self.frame.kind == "text":
            raise self.refusal("nothing is open here that this could end", span, f"write \\begin{{{name}}} before")
        else:
            raise self.unclosed()

    def _begin(self, name: str, span: Span) -> None:
        is_array = name == "array"
        behind_brace = self.frame.kind == "{" and self.frame.closer == "right" and not self.frame.sequence.atoms
        if name not in table.ENVIRONMENTS or (is_array and not behind_brace):
            message, hint = f"'{name}' is not read here", "give one formula alone"
            if name.rstrip("*") in table.DISPLAYS:
                message = "an environment stands around a formula, and not in it"
            raise self.refusal(message, span, hint)
        columns = _BRACED.match(self.text, self.position, self.stop) if is_array else None
        self.position = columns.end() if columns else self.position
        frame = self.push("cases", span, name)
        frame.cells = [[frame.sequence]]


_BY_KIND: dict[str, Callable[[Grouping, table.Command, Span], None]] = {
    table.CALL: Grouping._call,
    table.OPEN: Grouping._open,
    table.CLOSE: Grouping._close,
    table.FENCE: Grouping._fence,
    table.WORD: Grouping._word,
    table.DROPPED: Grouping._dropped,
}


def grouped(text: str, start: int, stop: int) -> Sequence:
    """The sequence that a stretch of a text writes; raises DerivError where brackets and arguments do not fit."""
    return Grouping(text, start, stop).run()
