"""The formula that is being typed in colors: by its tokens, as far as they can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from derivcli.cli.shell.state import ANSWER, State
from derivcli.errors import DerivError
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.name_resolution import KEYWORDS, TRUTHS
from derivcli.language.lexer.token_stream import TokenStream
from derivcli.language.lexer.tokens import Token

STYLE = Style.from_dict(
    {
        "number": "ansicyan",
        "function": "ansiblue",
        "own": "ansigreen",
        "constant": "ansimagenta",
        "keyword": "ansimagenta",
        "operator": "",
        "command": "bold ansiyellow",
        "comment": "ansibrightblack",
        "matching-bracket.cursor": "underline",
        "matching-bracket.other": "underline",
    }
)

_APART = re.compile(r"(:?=(?!=)|:|;)")


@dataclass(frozen=True, slots=True)
class FormulaLexer(Lexer):
    """Colors lines by what their parts are in the session as it is."""

    state: Callable[[], State]

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """What gives each line in its parts with their styles."""
        lines, state = document.lines, self.state()
        return lambda number: list(colored(lines[number], state, number == 0))

    def invalidation_hash(self) -> int:
        """What differs where lines that are the same may look otherwise."""
        state = self.state()
        return hash((*state.variables, *state.formulas, *state.functions))


def colored(line: str, state: State, is_first: bool = True) -> Iterator[tuple[str, str]]:
    """The parts of a line with their styles, which make up the line."""
    before, sign, comment = line.partition("#")
    start = len(before) - len(before.lstrip())
    if is_first and before.startswith(":", start):
        word = re.match(r"\s*:[\w-]*", before)
        assert word is not None, "there is a colon"
        yield "class:command", word[0]
        before = before[word.end() :]
    for part in _APART.split(before):
        yield from [("class:operator", part)] if _APART.fullmatch(part) else _parts(part, state)
    if sign:
        yield "class:comment", sign + comment


def _parts(text: str, state: State) -> Iterator[tuple[str, str]]:
    done = 0
    with suppress(DerivError):
        stream = TokenStream(text, state.names, state.functions)
        while (token := stream.take()).kind != "end":
            yield "", text[done : token.start]
            yield _style(token, state), text[token.start : token.stop]
            done = token.stop
    yield "", text[done:]


def _style(token: Token, state: State) -> str:
    if token.kind != "name":
        return {"number": "class:number", "superscript": "class:number"}.get(token.kind, "class:operator")
    if token.text in state.names or token.text in state.functions or token.text == ANSWER:
        return "class:own"
    if token.text in KEYWORDS or token.text in TRUTHS:
        return "class:keyword"
    if token.text in CONSTANTS:
        return "class:constant"
    return "class:function" if len(token.text) > 1 and _is_function(token.text) else ""


def _is_function(name: str) -> bool:
    return name in vocabulary() or name in forms()
