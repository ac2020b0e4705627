"""Values of arguments as text: constants, shapes and tensors. Nothing of it is run as code.

assignments := name "=" values { "," name "=" values }
values      := value { "," value }
value       := number | "true" | "false" | "none" | quoted text | word | "(" values ")" | "[" values "]"
shape       := "()" | size { "x" size }
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derivcli.errors import DerivError, Span

MAX_ENTRIES = 1_000_000
"""Numbers in tensors of given shapes."""

MAX_NESTING = 20

WORDS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}

_NAME = re.compile(r"\s*([^\W\d][\w.]*(?:\[\d{1,2}\])?)\s*=(?!=)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WHOLE = re.compile(r"[-+]?\d+")
_WORD = re.compile(r"[^\W\d][\w.:/-]*")
_SHAPE = re.compile(r"(\d+)(?:\s*[x×*]\s*(\d+))*")
CLOSING = {"(": ")", "[": "]"}

CONSTANT_HINT = "write it like lam=0.5, mode=max, flag=true, dims=(1,2) or mask=none"
SHAPE_HINT = "write it like x=4x3, b=5, or s=() for a number"
TENSOR_HINT = "write it like x=[[1,2],[3,4]]"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name and the stretch of the text that stands for it."""

    name: str
    place: Span
    start: int
    stop: int


def constants_in(texts: Sequence[str]) -> dict[str, tuple[object, ...]]:
    """The values of `--with lam=0.5 --with mode=max,min`, one or several for each name."""
    found: dict[str, tuple[object, ...]] = {}
    for text in texts:
        for each in _assignments(text, "a constant is a name, '=' and a value", CONSTANT_HINT):
            _once(text, each, found)
            reader = _Reader(text, each.start, each.stop)
            found[each.name] = reader.values()
    return found


def shapes_in(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of `--shape x=4x3,b=5`."""
    found: dict[str, tuple[int, ...]] = {}
    for text in texts:
        for each in _assignments(text, "a shape is that of an argument, behind its name and '='", SHAPE_HINT):
            _once(text, each, found)
            found[each.name] = _shape(text, each.start, each.stop)
    return found


def shape_of_text(text: str) -> tuple[int, ...]:
    """A shape as `4x3`."""
    return _shape(text, 0, len(text))


def is_nested(text: str) -> bool:
    """Whether an assignment gives a tensor, which stands in brackets."""
    return re.match(r"[^=]*=\s*\[", text) is not None


def tensors_in(texts: Sequence[str]) -> dict[str, str]:
    """The tensors of `--at x=[[1,2],[3,4]]`, each as its text, which is one."""
    found: dict[str, str] = {}
    for text in texts:
        for each in _assignments(text, "a tensor is a name, '=' and numbers in brackets", TENSOR_HINT):
            _once(text, each, found)
            _Reader(text, each.start, each.stop, numbers=True).values(several=False)
            found[each.name] = text[each.start : each.stop].strip()
    return found


def nested_numbers(text: str) -> object:
    """The numbers of a tensor's text, in lists in each other."""
    return _Reader(text, 0, len(text), numbers=True).values(several=False)[0]


def _once(text: str, assignment: Assignment, found: object) -> None:
    if assignment.name in found:  # type: ignore[operator]
        message = f"'{assignment.name}' is given more than once"
        raise DerivError(message, text, assignment.place, "give all of its values in one place")


def _assignments(text: str, what: str, hint: str) -> Iterator[Assignment]:
    """The names with what stands for them; a comma outside of brackets and a name begin the next one."""
    starts = [match for match in _NAME.finditer(text) if _begins(text, match.start())]
    if not starts or starts[0].start() > 0:
        raise DerivError(what, text, Span(0, max(1, len(text))), hint)
    ends = [text.rindex(",", 0, match.start() + 1) for match in starts[1:]] + [len(text)]
    for match, end in zip(starts, ends, strict=True):
        yield Assignment(match[1], Span(*match.span(1)), match.end(), end)


def _begins(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    depth = sum(before.count(sign) - before.count(CLOSING[sign]) for sign in CLOSING)
    return not before or (before.endswith(",") and not depth)


def _shape(text: str, start: int, stop: int) -> tuple[int, ...]:
    written = text[start:stop].strip()
    span = Span(start, max(start + 1, stop))
    if written in ("()", "[]"):
        return ()
    if _SHAPE.fullmatch(written) is None:
        inner = written[1:-1].rstrip(", ") if written[:1] in CLOSING and written[-1:] == CLOSING[written[0]] else ""
        written = re.sub(r"\s*,\s*", "x", inner)
        if _SHAPE.fullmatch(written) is None:
            raise DerivError("this is no shape", text, span, SHAPE_HINT)
    sizes = tuple(int(size[:20]) for size in re.findall(r"\d+", written))
    if 0 in sizes:
        raise DerivError("a tensor of a shape with a 0 in it is empty", text, span, "sizes are 1 or more")
    if math.prod(sizes) > MAX_ENTRIES:
        message = f"a tensor of {math.prod(sizes):,} numbers is over the limit of {MAX_ENTRIES:,}"
        raise DerivError(message, text, span, "take smaller sizes: they show the same faults")
    return sizes


class _Reader:
    """A reader of values in a stretch of a text."""

    def __init__(self, text: str, start: int, stop: int, numbers: bool = False) -> None:
        self.text, self.position, self.stop, self.numbers = text, start, stop, numbers
        self.depth = 0

    def values(self, several: bool = True) -> tuple[object, ...]:
        found = [self._value()]
        while several and self._next() == ",":
            self.position += 1
            found.append(self._value())
        if self._next():
            raise self._refusal("a comma is missing here" if several else "one tensor is given, and this is behind it")
        return tuple(found)

    def _next(self) -> str:
        while self.position < self.stop and self.text[self.position].isspace():
            self.position += 1
        return self.text[self.position] if self.position < self.stop else ""

    def _value(self) -> object:
        sign = self._next()
        if not sign:
            raise self._refusal("a value is missing here")
        if sign in CLOSING:
            return self._list(sign)
        if sign in "'\"" and not self.numbers:
            return self._quoted(sign)
        for pattern in (_NUMBER, _WORD):
            match = pattern.match(self.text, self.position, self.stop)
            if match is not None and not _continues(self.text, match.end(), self.stop):
                return self._plain(match)
        raise self._refusal("a number is due here" if self.numbers else "this is no value")

    def _plain(self, match: re.Match[str]) -> object:
        written = match[0]
        if match.re is _WORD:
            if self.numbers:
                raise self._refusal("a number is due here", len(written))
            self.position = match.end()
            return WORDS.get(written, written)
        if len(written) > 400 or not math.isfinite(float(written)):
            raise self._refusal("this number is too large", len(written))
        self.position = match.end()
        return int(written) if _WHOLE.fullmatch(written) and not self.numbers else float(written)

    def _list(self, sign: str) -> object:
        begin, self.depth = self.position, self.depth + 1
        if self.depth > MAX_NESTING:
            raise self._refusal(f"brackets stand deeper in each other than {MAX_NESTING}")
        self.position += 1
        found: list[object] = []
        while self._next() != CLOSING[sign]:
            if not self._next():
                self.position = begin
                raise self._refusal("this bracket is not closed")
            found.append(self._value())
            if self._next() == ",":
                self.position += 1
            elif self._next() != CLOSING[sign] and self._next():
                raise self._refusal("a comma is missing here")
        self.position += 1
        self.depth -= 1
        return found if sign == "[" else tuple(found)

    def _quoted(self, sign: str) -> str:
        end = self.text.find(sign, self.position + 1, self.stop)
        if end < 0:
            raise self._refusal("this quotation mark is not closed")
        begin, self.position = self.position + 1, end + 1
        return self.text[begin:end]

    def _refusal(self, message: str, length: int = 1) -> DerivError:
        start = min(self.position, len(self.text))
        return DerivError(
            message, self.text, Span(start, start + length), TENSOR_HINT if self.numbers else CONSTANT_HINT
        )


def _continues(text: str, end: int, stop: int) -> bool:
    return end < stop and (text[end].isalnum() or text[end] in "_.")
