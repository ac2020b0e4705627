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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivcli.errors import DerivError, Span, file_name

MARK = "@"
STANDARD_INPUT = "-"

MAX_BYTES = 4 << 20
"""A file with more is no file of formulas."""

LET = "--let"

_REMARK = re.compile(r"(?:^|\s)#.*")
_VALUE = re.compile(r"\s*((?:[^\W\d_]|\u2206)[\w\u2206]*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A text of a file, and where it stands."""

    text: str
    place: str


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


def formulas_in(text: str) -> list[Line]:
    """The formulas of a file that is named as in `@formulas.txt`."""
    name, content = _content(text, "formulas")
    found = [Line(line, f"{name}, line {number}") for number, line in _lines(content)]
    if not found:
        raise DerivError(f"{name} holds no formula", hint="write one on a line")
    return found


def values_in(text: str) -> list[Line]:
    """The values of a file that is named as in `@parameters.toml`, each as `--at` takes it: `x=3`."""
    name, content = _content(text, "values")
    suffix = Path(name).suffix.lower()
    if suffix == ".json":
        return _of_mapping(_json(name, content), name, content)
    if suffix == ".toml":
        return _of_mapping(_toml(name, content), name, content)
    found = []
    for number, line in _lines(content):
        match = _VALUE.fullmatch(line)
        if match is None:
            hint = "write lines such as x = 3, or a file that ends in .toml or .json"
            raise DerivError(f"{name}, line {number}: a value has a name", line, Span(0, len(line)), hint)
        found.append(Line(f"{match[1]}={match[2].strip()}", f"{name}, line {number}"))
    return found


def name_of(spec: str) -> str:
    """The variable of `x=3`."""
    match = _VALUE.fullmatch(spec)
    return match[1] if match else ""


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
            given += [(LET, text) for text in origins.add(formulas_in(value))]
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
    for number, line in enumerate(content.splitlines(), 1):
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
        return json.loads(content, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DerivError(f"{name}{line} is no JSON", hint='write it like {"x": 3, "y": "pi/2"}') from None


def _toml(name: str, content: str) -> Any:
    try:
        return tomllib.loads(content, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{name}, line {line[1]}" if line else name
        raise DerivError(f"{place} is no TOML", hint="write lines such as x = 3 and y = 'pi/2'") from None


def _of_mapping(values: Any, name: str, content: str) -> list[Line]:
    if not isinstance(values, Mapping):
        raise DerivError(f"{name} holds no names with values", hint='write x = 3 in TOML, or {"x": 3} in JSON')
    return [Line(f"{key}={_value(value, key, name)}", _place(key, name, content)) for key, value in values.items()]


def _value(value: Any, key: str, name: str) -> str:
    """A value of TOML or JSON as `--at` takes it: a number, a text, or a list of them."""
    if isinstance(value, list) and value:
        return ",".join(_value(each, key, name) for each in value)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    hint = "write a number, a formula in quotes, or a list of them"
    raise DerivError(f"'{key}' in {name} is no value of a variable", hint=hint)


def _place(key: str, name: str, content: str) -> str:
    """Where a name gets its value."""
    pattern = re.compile(rf"""^\s*[{{,]?\s*["']?{re.escape(key)}["']?\s*[=:]""")
    for number, line in enumerate(content.splitlines(), 1):
        if pattern.search(line):
            return f"{name}, line {number}"
    return name
