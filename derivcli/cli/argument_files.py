"""Formulas, definitions and values from files: `@formulas.txt` stands for what the file holds.

    formulas     := { line }      a formula on each line, with a name on its left or not
    definitions  := { line }      z = x+1 or f(x) = x^2 on each line
    values       := TOML, JSON or lines such as x = 3

`#` begins a remark at the begin of a line and after a space; a line goes on while its brackets are open.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from derivcli.errors import DerivError, Span, file_name, visible

MARK = "@"
STANDARD_INPUT = "-"

MAX_BYTES = 4 << 20
"""A file with more is no file of formulas."""

MAX_INTEGER_BITS = 4_096
"""A whole number with more is beyond float64."""

LET = "--let"

_REMARK = re.compile(r"(?:^|\s)#.*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = r"(?:[^\W\d_]|\u2206)[\w\u2206]*"
_VALUE = re.compile(rf"\s*({_NAME})\s*=(?!=)(.*)", re.DOTALL)
_NEXT_VALUE = re.compile(rf",(?=\s*{_NAME}\s*=(?!=))")
"""The comma between two values of one line: x = 3, y = 4."""

VALUE_HINT = "write a number, a formula in quotes, or a list of them"


@dataclass(frozen=True, slots=True)
class Line:
    """A text of a file, where it stands, and why it cannot be read, if that is known."""

    text: str
    place: str
    error: DerivError | None = None

    @property
    def name(self) -> str:
        """The variable of a value, `x=3`."""
        return name_of(self.text)


@dataclass(slots=True)
class Origins:
    """Where texts of files stand, for what is said of them."""

    places: dict[str, str] = field(default_factory=dict)

    def add(self, lines: Sequence[Line]) -> list[str]:
        """The texts, whose places are kept."""
        for line in lines:
            self.places.setdefault(line.text, line.place)
        return [line.text for line in lines]

    @contextmanager
    def named(self) -> Iterator[None]:
        """Let a refusal of such a text say where it stands."""
        try:
            yield
        except DerivError as error:
            place = self.places.get(error.source)
            if place is not None and not error.wording.startswith(place):
                error.wording = f"{place}: {error.wording}"
            raise


def is_file(text: str) -> bool:
    """Whether a text names a file of formulas, definitions or values."""
    return text.startswith(MARK)


def formulas_in(text: str, what: str = "formula") -> list[Line]:
    """The formulas of a file that is named as in `@formulas.txt`, or `what` else it has lines of."""
    name, content = _content(text, f"{what}s")
    found = [Line(line, f"{name}, line {number}") for number, line in _lines(content)]
    if not found:
        raise DerivError(f"{name} holds no {what}", hint="write one on a line")
    for line in found:
        if is_file(line.text):
            hint = "name both files in the command line"
            raise DerivError(f"{line.place}: a file names no other file", line.text, Span(0, len(line.text)), hint)
    return found


def values_in(text: str) -> list[Line]:
    """The values of a file that is named as in `@parameters.toml`, each as `--at` takes it: `x=3`."""
    name, content = _content(text, "values")
    suffix = Path(name).suffix.lower()
    if suffix == ".json":
        found = _of_mapping(_json(name, content), name, content)
    elif suffix == ".toml":
        found = _of_mapping(_toml(name, content), name, content)
    else:
        found = [value for number, line in _lines(content) for value in _values_of(line, f"{name}, line {number}")]
    if not found:
        raise DerivError(f"{name} holds no value", hint="write lines such as x = 3")
    return found


def _values_of(line: str, place: str) -> Iterator[Line]:
    """The values of a line, mostly one."""
    for part in _NEXT_VALUE.split(line):
        match = _VALUE.fullmatch(part)
        if match is None:
            hint = "write lines such as x = 3, or a file that ends in .toml or .json"
            raise DerivError(f"{place}: a value has a name", line, Span(0, len(line)), hint)
        yield Line(f"{match[1]}={match[2].strip()}", place)


def name_of(spec: str) -> str:
    """The variable of `x=3`."""
    from derivcli.language.lexer.tokens import canonical_name

    match = _VALUE.fullmatch(spec)
    return canonical_name(match[1]) if match else spec.partition("=")[0]


def check_once(lines: Sequence[Line]) -> None:
    """Refuse two values of one variable."""
    places: dict[str, str] = {}
    for line in lines:
        if line.name in places:
            said = f"{line.place}: '{line.name}' has a value in {places[line.name]} too"
            raise DerivError(said, line.text, Span(0, len(line.text)), "leave out one of the two")
        places[line.name] = line.place


def readable(lines: Sequence[Line], known: Collection[str]) -> tuple[list[Line], dict[str, DerivError]]:
    """The lines with values of variables that are not yet known, and why others cannot be read, by their names."""
    if not lines:
        return [], {}
    from derivcli.points.at_option import read_points  # late, since formulas need no NumPy

    found: list[Line] = []
    errors: dict[str, DerivError] = {}
    for line in lines:
        if line.name in known:
            continue
        try:
            if line.error is not None:
                raise line.error
            with Origins({line.text: line.place}).named():
                read_points([line.text], uncertain=True)
            found.append(line)
        except DerivError as error:
            errors[line.name] = error
    return found, errors


def with_formulas(words: Sequence[str], origins: Origins) -> list[str]:
    """Expressions, with the formulas that files hold in the place of files."""
    return [text for word in words for text in (origins.add(formulas_in(word)) if is_file(word) else [word])]


def with_definitions(options: Sequence[tuple[str, ...]], origins: Origins) -> list[tuple[str, ...]]:
    """Options, with the definitions that files hold in the place of files."""
    given: list[tuple[str, ...]] = []
    for option in options:
        name, _, joined = option[0].partition("=")
        value = option[1] if len(option) > 1 else joined
        if name == LET and is_file(value):
            given += [(LET, text) for text in origins.add(formulas_in(value, "definition"))]
        else:
            given.append(option)
    return given


def _content(text: str, what: str) -> tuple[str, str]:
    """The name of a file, and its text."""
    path = text.removeprefix(MARK)
    if not path:
        raise DerivError(f"a file of {what} has a name", hint=f"write it like @{what}.txt, or @- for standard input")
    try:
        if path == STANDARD_INPUT:
            data, name = sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"
        else:
            name = file_name(path)
            with Path(path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = f"@ stands before the name of a file of {what}; check the name"
        raise DerivError(f"cannot read {file_name(path)}: {why}", hint=hint) from error
    if len(data) > MAX_BYTES:
        raise DerivError(f"{name} has more than {MAX_BYTES >> 20} MiB", hint=f"name a file of {what}")
    try:
        return name, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        shown = data[error.start : error.start + 1].hex().upper()
        message = f"{name} is not written in UTF-8: it has the byte {shown}"
        raise DerivError(message, hint="write it as text in UTF-8") from None


def _lines(content: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, without remarks, those that belong together as one; each with its number."""
    begun, first, depth = "", 0, 0
    for number, line in enumerate(_LINE_END.split(content), 1):
        bare = _REMARK.sub("", line).strip()
        if not bare:
            continue
        begun, first = (f"{begun} {bare}", first) if begun else (bare, number)
        depth = sum(map(begun.count, "([{")) - sum(map(begun.count, ")]}"))
        if depth <= 0:
            yield first, begun
            begun = ""
    if begun:
        yield first, begun


def _json(name: str, content: str) -> Any:
    try:
        return json.loads(
            content, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=partial(_each_once, name)
        )
    except (json.JSONDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DerivError(f"{name}{line} is no JSON", hint='write it like {"x": 3, "y": "pi/2"}') from None


def _toml(name: str, content: str) -> Any:
    try:
        return tomllib.loads(content, parse_float=lambda text: text.replace("_", ""))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{name}, line {line[1]}" if line else name
        hint = "write lines such as x = 3 and y = 'pi/2'"
        hint += "" if content.isascii() else "; a name beyond ASCII stands in quotes"
        raise DerivError(f"{place} is no TOML", hint=hint) from None
    except ValueError:
        raise DerivError(f"{name} has a whole number of thousands of digits", hint="write it like 1e300") from None


def _each_once(name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in a file with this name, each of whose keys stands there once."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DerivError(f"{name} gives '{visible(key)}' twice", hint="leave out one of the two")
        found[key] = value
    return found


def _of_mapping(values: Any, name: str, content: str) -> list[Line]:
    if not isinstance(values, Mapping):
        raise DerivError(f"{name} holds no names with values", hint='write x = 3 in TOML, or {"x": 3} in JSON')
    return [_line(key, value, _place(key, name, content)) for key, value in values.items()]


def _line(key: str, value: Any, place: str) -> Line:
    """A value of TOML or JSON as `--at` takes it: a number, a text, or a list of them."""
    values = value if isinstance(value, list) else [value]
    texts = [_text(each) for each in values]
    if not texts or not all(texts) or _NEXT_VALUE.search(",".join(texts)):
        error = DerivError(f"{place}: this is no value of the variable '{key}'", hint=VALUE_HINT)
        return Line(f"{key}=", place, error)
    return Line(f"{key}={','.join(texts)}", place)


def _text(value: Any) -> str:
    """A number or a text as it is typed; "" for all else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value.bit_length() < MAX_INTEGER_BITS else ""
    return value if isinstance(value, str) else ""


def _place(key: str, name: str, content: str) -> str:
    """Where a name gets its value."""
    quoted = re.escape(key)
    for pattern in (rf"""^\s*["']?{quoted}["']?\s*=""", rf'"{quoted}"\s*:'):
        for number, line in enumerate(_LINE_END.split(content), 1):
            if re.search(pattern, line):
                return f"{name}, line {number}"
    return name
