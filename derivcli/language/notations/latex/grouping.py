"""The state of a reading of LaTeX: what is open, what waits for arguments, and what has been read."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivcli.errors import DerivError, Span
from derivcli.language import limits
from derivcli.language.notations.latex import nodes
from derivcli.language.notations.latex.nodes import Atom, Sequence


@dataclass(slots=True, eq=False)
class Waiting:
    """A command or a script that waits for arguments."""

    atom: Atom
    missing: int
    script: str = ""
    sign: Atom | None = None


@dataclass(slots=True, eq=False)
class Frame:
    """What is open: its bracket, what closes it, and what has been read in it."""

    kind: str
    opener: Span
    closer: str
    sequence: Sequence
    waiting: list[Waiting] = field(default_factory=list)
    cells: list[list[Sequence]] = field(default_factory=list)
    spaced: bool = False
    option_of: Waiting | None = None


class Grouping:
    """The state of a reading: the place in the text and the open frames."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text, self.stop, self.position = text, stop, start
        self.frame = Frame("text", Span(start, start), "", Sequence(start, stop))
        self.frames = [self.frame]
        self.depth = 0
        self.spaced = False
        self.ended: Span | None = None
        """Where a line has ended, behind which nothing may stand."""

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
        self.deliver(Atom(kind, text, span.start, span.stop, self.blank(), **columns))  # type: ignore[arg-type]

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

    def push(self, kind: str, opener: Span, closer: str) -> Frame:
        """Open a frame."""
        self.deepen(opener)
        self.frame = Frame(kind, opener, closer, Sequence(opener.stop, opener.stop), spaced=self.blank())
        self.frames.append(self.frame)
        return self.frame

    def deepen(self, span: Span) -> None:
        """Count what is open, which has a limit."""
        self.depth += 1
        limits.check_latex_nesting(self.depth, self.text, span)

    def close(self, stop: int) -> None:
        """End the innermost frame, and give what it holds to what is around it."""
        frame = self.pop(stop)
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

    def pop(self, stop: int) -> Frame:
        """Take away the innermost frame, which is given back."""
        frame = self.frame
        self.check_arguments(Span(stop, stop))
        frame.sequence.stop = stop
        self.frames.pop()
        self.depth -= 1
        self.frame = self.frames[-1]
        self.spaced = False
        return frame

    def blank(self) -> bool:
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

    def _is_begun(self, waiting: Waiting, item: Atom) -> bool:
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

    def _check_digits(self, waiting: Waiting, item: Atom) -> None:
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

    def check_arguments(self, span: Span) -> None:
        """Refuse the end of a bracket where a command waits for an argument."""
        if self.frame.waiting:
            atom = self.frame.waiting[-1].atom
            shown = {"sup": "'^'", "sub": "'_'"}.get(self.frame.waiting[-1].script, self.text[atom.start : atom.stop])
            raise self.refusal(f"an argument of {shown} is missing here", span, "write it in braces")
