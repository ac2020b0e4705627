"""What the shell shows of itself: what names mean, which options are set, what can be typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.cli.shell.formulas import axis_text
from derivcli.cli.shell.option_words import Option, options
from derivcli.cli.shell.state import ANSWER, State
from derivcli.hints import in_session
from derivcli.render.blocks import Block, Document, Equations, Glossary, Section, Sentence
from derivcli.render.numbers import number_texts
from derivcli.result import Result

if TYPE_CHECKING:
    from derivcli.cli.shell.program import Program

HEADER = ("what", "also", "meaning")

LINES = (
    ("x^2 sin x", "Its value and derivatives with their verdict where its variables have values, else its formula."),
    (
        "x = 3",
        "Sets a variable: also pi/2, 1,2,3 or a range 0:1:11. With a variable that has no value it names a formula.",
    ),
    ("f(x, y) = x^2 + a*y", "Names a function, which later lines call: f(2, 1), f(sin x, y)^2."),
    (ANSWER, "The last answer: its value, or its formula."),
    ("# ...", "A comment."),
)
"""What a line without a colon can be."""

KEYS = "An open bracket goes on in the next line; a line that begins with a space leaves no trace."
"""What is so at a terminal."""


def meanings_document(state: State, names: Iterable[str]) -> Document:
    """What names mean, in one row."""
    sides = [side for name in names for side in _meanings(state, name)]
    return replace(_equations(sides), rows=lambda: [[cell for side in sides for cell in side]])


def session_document(state: State) -> Document:
    """All that is set."""
    names = [*state.variables, *state.formulas, *state.functions]
    sides = [side for name in names for side in _meanings(state, name)]
    sides += [(ANSWER, text) for text in _answer(state)]
    set_ = [option for option in dict.fromkeys(options().values()) if option.name in state.settings]
    return _equations([*sides, *(_setting(state, option) for option in set_)], "nothing is set")


def settings_document(state: State, wanted: Iterable[Option]) -> Document:
    """What options are set to."""
    return _equations([_setting(state, option) for option in wanted])


def term_document(usage: str, text: str) -> Document:
    """How one thing is written, and what it does."""
    return _glossary([Section(1, usage, [(usage, (), text)])])


def of_option(option: Option) -> tuple[str, str]:
    """How an option is written, and what it does."""
    return f":{option.name} {option.value}".rstrip(), in_session(option.help)


def help_document(own: Sequence[tuple[str, str]], program: Program) -> Document:
    """All that can be typed, in sections."""
    rows = [row for row in dict.fromkeys(options().values()) if row.name not in ("at", "let")]  # which are lines
    once = [row for row in rows if not row.stays]
    commands = [(f":{name}", (), f"{row.summary}.") for name, row in program.commands.items() if name != "shell"]
    sections = [
        Section(1, "Lines", [(usage, (), text) for usage, text in LINES]),
        Section(1, "The shell's own", [(usage, (), text) for usage, text in own]),
        Section(1, "Commands, about the last formula or the one behind them", commands),
        Section(1, "Options that stay set until they are changed", _terms(row for row in rows if row.stays)),
    ]
    named = f"Options about the last formula or the one behind them: {' '.join(f':{row.name}' for row in once)}"
    told = _glossary([*sections, Section(1, "Options about one formula", _terms(once))])
    shown: list[Block] = [
        Glossary(sections, HEADER),
        Sentence(KEYS),
        Sentence(named),
        Sentence(":help NAME tells more of one, as in :help plot."),
    ]
    return replace(told, blocks=lambda: shown)


def _terms(rows: Iterable[Option]) -> list[tuple[str, Sequence[str], str]]:
    return [(of_option(row)[0], (), f"{one_line_of(row)}.") for row in rows]


def _meanings(state: State, name: str) -> list[tuple[str, str]]:
    if name in state.variables:
        return [(name, axis_text(state.variables[name]))]
    if name in state.formulas:
        return [(name, state.formulas[name].text)]
    return [(state.functions[name].head, state.functions[name].text)]


def _answer(state: State) -> list[str]:
    if isinstance(state.result, Result):
        return number_texts(state.result.value)
    return [] if state.result is None else [state.result.expression.text]


def _setting(state: State, option: Option) -> tuple[str, str]:
    words = state.settings.get(option.name, ())
    values = [word for word in words if not word.startswith("--")]
    flags = [word.removeprefix("--") for word in words if word.startswith("--") and not values]
    return (f":{flags[0]}" if flags else f":{option.name}", ", ".join(values) or ("on" if words else "not set"))


def _equations(sides: Sequence[tuple[str, str]], absence: str = "") -> Document:
    shown = [Equations(sides)] if sides else [Sentence(absence)]
    rows = [list(side) for side in sides] or [[absence]]
    return Document(blocks=lambda: shown, data=lambda: dict(sides), rows=lambda: rows)


def _glossary(sections: Sequence[Section]) -> Document:
    terms = [(term, text) for section in sections for term, _, text in section.terms]
    return Document(blocks=lambda: [Glossary(sections, HEADER)], data=lambda: dict(terms), rows=lambda: terms)


def one_line_of(option: Option) -> str:
    """The first sentence of an option's help."""
    return in_session(option.help.partition(". ")[0].rstrip("."))


def one_line(name: str, program: Program) -> str:
    """What is told of an option or a command beside its name."""
    option = options().get(name)
    if option is not None:
        return one_line_of(option)
    return program.commands[name].summary if name in program.commands else ""
