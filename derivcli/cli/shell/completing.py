"""What a word can become when Tab is pressed: functions, names of the session, commands, values, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from derivcli.cli.shell.colon_lines import names as command_names
from derivcli.cli.shell.colon_lines import takes_value
from derivcli.cli.shell.documents import one_line
from derivcli.cli.shell.option_words import options
from derivcli.cli.shell.program import Program
from derivcli.cli.shell.state import ANSWER, State
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.tokens import letters_alone
from derivcli.pictures.picture_files import SUFFIXES
from derivcli.points.files.formats import COMPRESSIONS, ENDINGS
from derivcli.render.format_table import format_of_suffix

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_COMMAND = re.compile(r"\s*:([\w-]*)$")
_VALUE = re.compile(r"\s*:([\w-]+)\s+(\S*)$")

FILES: Mapping[str, tuple[str, ...]] = {
    "plot": tuple(f".{suffix}" for suffix in SUFFIXES),
    "output": (*format_of_suffix(), *(f".{each.lstrip('.')}" for each in ENDINGS)),
    "data": tuple(f".{each.lstrip('.')}" for each in (*ENDINGS, *COMPRESSIONS)),
    "use": (".py:", ".py"),
}
"""The options whose values are files, and the endings of those."""


@dataclass(frozen=True, slots=True)
class LineCompleter(Completer):
    """Completes what stands before the cursor by the session as it is."""

    state: Callable[[], State]
    program: Program

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The words that it can become, each with what it is."""
        before, state = document.text_before_cursor, self.state()
        found = _COMMAND.match(before)
        if found is not None:
            words = [f"{name} " if takes_value(name) else name for name in command_names(self.program)]
            yield from _beginning(found[1], words, lambda word: one_line(word.rstrip(), self.program))
            return
        valued = _VALUE.match(before)
        if valued is not None and (valued[1] in FILES or valued[1] not in self.program.commands):
            yield from self._values(valued[1], valued[2], state, complete_event)
            return
        word = _WORD.search(before)
        if word is not None:
            yield from _beginning(word[0], *_names(state))

    def _values(self, name: str, value: str, state: State, event: CompleteEvent) -> Iterator[Completion]:
        option = options().get(name)
        if name in FILES:
            endings = FILES[name]
            paths = PathCompleter(expanduser=False, file_filter=lambda path: _is_one(path, endings))
            yield from paths.get_completions(Document(value), event)
        elif option is not None and option.choices:
            yield from _beginning(value, option.choices)
        elif name == "wrt":
            letters = {*state.variables, *letters_alone(state.last)} - CONSTANTS.keys()
            yield from _beginning(value.rpartition(",")[2], sorted(letters))
        elif name == "help":
            yield from _beginning(value, [*command_names(self.program)])
        elif name == "unset":
            yield from _beginning(value, [*state.names, *state.functions, *state.settings])


def _names(state: State) -> tuple[list[str], Callable[[str], str]]:
    """The names that a formula can hold, those of the session first, and what tells of each."""
    own = {
        **dict.fromkeys(state.variables, "variable"),
        **{name: found.text for name, found in state.formulas.items()},
        **{f"{name}(": found.text for name, found in state.functions.items()},
        ANSWER: "the last answer",
    }
    known = {f"{name}(": row.doc for name, row in vocabulary().items()}
    known |= {f"{name}(": form.doc for name, form in forms().items()} | dict.fromkeys(CONSTANTS, "a constant")
    told: dict[str, str] = {**known, **own}
    return [*own, *(name for name in known if name not in own)], lambda name: told[name]


def _beginning(start: str, words: Iterable[str], tell: Callable[[str], str] = lambda word: "") -> Iterator[Completion]:
    for word in words:
        if word.startswith(start) and word != start:
            said = tell(word)
            yield Completion(word, -len(start), display_meta=said if len(said) < _MAX_META else f"{said[:_MAX_META]}…")


_MAX_META = 60
"""Letters of what is told of a word beside it."""


def _is_one(path: Any, endings: tuple[str, ...]) -> bool:
    return Path(path).is_dir() or str(path).lower().endswith(endings)
