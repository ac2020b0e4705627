"""What is asked once, of the formula that stands behind it or of the last one: `:plot out.png`, `:steps`, `:series 5`.

It becomes what the command line would have been, so that the same code answers.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.cli.option_values import partials_in, points_in
from derivcli.cli.shell.formulas import axis_text, equation_in, formula_in, with_values
from derivcli.cli.shell.option_words import Option, goes_with, options, read_options
from derivcli.cli.shell.reply import Reply
from derivcli.cli.shell.state import State
from derivcli.cli.terminal import Screen
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.lexer.name_resolution import is_variable_name
from derivcli.language.printer import text_of
from derivcli.vector_operators import VECTOR_OPERATORS

if TYPE_CHECKING:
    from derivcli.cli.shell.program import Program

NOT_HERE = ("shell",)
"""Commands that make no sense inside of the shell."""


NOT_PROPAGATED = {
    *("mixed", "along", "hessian", "implicit", "parametric", "polar", "tangent", "series", "sum", "mean"),
    *("plot", "show", "code"),
    *VECTOR_OPERATORS,
}
"""Options that take values without their uncertainties."""


def once(state: State, option: Option, name: str, rest: str) -> tuple[State, Reply]:
    """An option of the main command that is about one formula."""
    if option.value and not rest and not option.is_optional:
        raise DerivError(f":{name} needs a value", hint=f"write it like :{name} {option.value}")
    valued = {f"--{each}" for each, found in options().items() if found.value}
    words, formula = _parted([f"--{name}", *split(rest)], valued, [f"--{each}" for each in options()])
    state = replace(state, last=formula or state.last)
    _check_formula(state, f":{name} {option.value}".rstrip())
    given = read_options([*_kept(state, words), *words])
    typed = points_in(given.at, uncertain=True).names if given.at else []
    reading = equation_in if given.implicit is not None else formula_in
    expression = reading(state, state.last, [*typed, *(given.wrt or ())])
    missing = [each for each in expression.variables if each not in state.variables and each not in typed]
    at = [*(given.at or ()), *_points(state, expression, typed, name not in NOT_PROPAGATED)]
    if missing and not typed and not given.data:
        by = [name for partial in partials_in(given.mixed) or () for name in partial]
        at, expression = [], with_values(state, expression, [*by, *(given.wrt or ()), given.implicit or ""])
    has_points = bool(at or given.data or not expression.variables)
    kept = given if has_points else replace(given, check=None, exact=None, engine=None)
    request = replace(kept, at=at or None, expressions=[state.last], use=None).request()
    return state, Reply(job=(replace(request, expressions=[expression], functions=state.custom), kept))


def command(state: State, name: str, rest: str, screen: Screen, program: Program) -> tuple[State, Reply]:
    """A command of the command line; one that takes a formula has the last one where none is typed."""
    if name in NOT_HERE:
        raise DerivError("this is the shell", hint=":quit ends it")
    if program.commands[name].talks and not screen[0]:
        raise DerivError(f":{name} asks somebody at a terminal", hint=f"run deriv {name} by itself")
    grammar = program.grammar_of(name)
    if not grammar.formulas:
        return state, Reply(words=(name, *split(rest)))
    is_claim = grammar.expressions == 2
    typed = split(rest)
    words, formula = _parted(typed, grammar.valued, [*grammar.valued, *grammar.flags])
    formulas = [formula] if formula else []
    if is_claim and rest[:1] in ("'", '"') and len(typed) - len(words) == 2:
        formulas = [word for word in typed if word not in words]
    if not is_claim or len(formulas) == 2:
        state = replace(state, last=formulas.pop(0) if formulas else state.last)
    _check_formula(state, f":{name}")
    expression = formula_in(state, state.last)
    takes_points = "--at" in grammar.valued
    missing = [each for each in expression.variables if each not in state.variables]
    if missing and "--at" not in words:
        expression = with_values(state, expression)
    elif takes_points and "--at" not in words:
        words += [word for spec in _points(state, expression, ()) for word in ("--at", spec)]
    words += _declared(expression, words)
    is_plain = not expression.definitions and not state.functions
    text = state.last if is_plain else text_of(expression.expanded, expression.spelling)
    settings = [each for each in _settings(state, words) if grammar.has(" ".join(each))]
    kept = [word for each in settings for word in each]
    return state, Reply(words=(name, *kept, *words, "--", text, *formulas))


def _parted(words: Iterable[str], valued: Collection[str], known: Collection[str]) -> tuple[list[str], str]:
    """The words of options with their values, and all others as one formula."""
    waiting = list(reversed(list(words)))
    found: list[str] = []
    loose: list[str] = []
    while waiting:
        word = waiting.pop()
        word = f"--{word[1:]}" if f"--{word[1:]}" in known and word[0] == ":" else word
        option = options().get(word.removeprefix("--")) if word.startswith("--") else None
        if option is not None and option.is_optional:
            found += [word, waiting.pop() if waiting and waiting[-1] in option.choices else option.choices[0]]
        elif word in valued:
            found.append(word)
            if waiting:
                found.append(waiting.pop())
                while found[-1].endswith(",") and waiting:
                    found[-1] += waiting.pop()
        elif word.partition("=")[0] in known:
            found.append(word)
        elif word != "--":
            loose.append(word)
    return found, " ".join(loose)


def _check_formula(state: State, usage: str) -> None:
    if not state.last:
        raise DerivError("there is no formula yet", hint=f"type one before it, or behind it, as in {usage} x^2 or f(x)")


def _kept(state: State, words: Sequence[str]) -> list[str]:
    return [word for setting in _settings(state, words) for word in setting]


def _settings(state: State, words: Sequence[str]) -> list[tuple[str, ...]]:
    """The options that are set and mean something beside those that are typed."""
    asked = [word.removeprefix("--").partition("=")[0] for word in words if word.startswith("--")]
    return [
        found
        for setting, found in state.settings.items()
        if setting not in asked and all(goes_with(setting, each) for each in asked)
    ]


def _points(state: State, expression: Expression, typed: Collection[str], uncertain: bool = False) -> list[str]:
    """The values of a formula's variables as `--at` takes them, but for those that are typed."""
    named = [*expression.variables, *(name for name in state.options.wrt or () if name not in expression.variables)]
    known = [name for name in named if name in state.variables and name not in typed]
    return [f"{name}={axis_text(state.variables[name], uncertain)}" for name in known]


def _declared(expression: Expression, words: Sequence[str]) -> list[str]:
    """What tells a command without points that long names are variables: by default it takes all of them."""
    if {"--at", "--wrt", "--mixed"} & set(words) or all(map(is_variable_name, expression.variables)):
        return []
    return ["--wrt", ",".join(expression.variables)]


def split(text: str) -> list[str]:
    """The words of a text; as they stand where quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
