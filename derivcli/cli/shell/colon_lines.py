"""Lines that begin with a colon: options of the command line, its commands, and some of the shell's own.

    line := NAME [ value ] { option } [ formula ]

An option that stays set takes all that follows as its value. Any other one is about the formula that follows, or
about the last one; so are the commands that take formulas.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from derivcli.cli.option_values import functions_in, wrt_in
from derivcli.cli.options import CODE_OPTION
from derivcli.cli.shell import documents, questions
from derivcli.cli.shell.assignments import Assigned, assign, assign_points
from derivcli.cli.shell.option_words import Option, options, read_options
from derivcli.cli.shell.program import Program
from derivcli.cli.shell.reply import NOTHING, Reply
from derivcli.cli.shell.state import ANSWER, State
from derivcli.cli.terminal import Screen
from derivcli.errors import DerivError, Span

_NAME = re.compile(r"\s*(?:--)?([A-Za-z?][\w-]*)?(.*)", re.DOTALL)
_BETWEEN = re.compile(r"\s*,\s*|\s+")
"""What parts names: a comma or a space."""


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """A command that only the shell has."""

    usage: str
    help: str
    run: Callable[[State, str, Program], tuple[State, Reply]]
    others: tuple[str, ...] = ()
    """Other names of it."""


def colon_line(state: State, line: str, screen: Screen, program: Program) -> tuple[State, Reply] | Assigned:
    """What the text behind a colon comes to."""
    found = _NAME.fullmatch(line)
    assert found is not None, "every text matches"
    name, rest = found[1] or "help", found[2].strip()
    own = OWN_NAMES.get(name)
    if program.is_fork and _runs_code(name, rest, program):
        hint = "end this shell, and start another one with DERIV_WARM=off deriv shell"
        raise DerivError(f":{name} is not for a shell that the warm server started", hint=hint)
    if own is not None:
        return own.run(state, rest, program)
    option = options().get(name)
    if option is not None and option.stays:
        return _set(state, option, name, rest)
    if name in ("at", "let"):
        return _assign(state, name, rest)
    if option is not None:
        return questions.once(state, option, name, rest)
    if name in program.commands:
        return questions.command(state, name, rest, screen, program)
    raise _unknown(name, line, program)


def _runs_code(name: str, rest: str, program: Program) -> bool:
    """Whether a line runs code of a user's, or is for a process of its own for other reasons."""
    is_cold = name in program.commands and program.commands[name].stays_cold
    option = CODE_OPTION.removeprefix("--")
    return name == option or is_cold or re.search(rf"(^|\s)(--|:){option}\b", rest) is not None


def _assign(state: State, name: str, rest: str) -> Assigned:
    found = assign_points(state, rest) if name == "at" else assign(state, rest)
    if found is None:
        raise DerivError("a definition is a name, '=' and a formula", rest, Span(0, len(rest)), "write it like z = x+1")
    return found


def _set(state: State, option: Option, name: str, rest: str) -> tuple[State, Reply]:
    """Set an option, or show what it is set to."""
    if option.value and not rest:
        return state, Reply(documents.settings_document(state, [option]))
    if rest and not option.value:
        raise DerivError(f":{name} takes no value", hint=f"write :{name} alone")
    value = _BETWEEN.sub(",", rest) if option.repeats and option.name != "use" else rest
    words = (f"--{name}", value) if option.value else (f"--{name}",)
    earlier = state.settings.get(option.name, ()) if option.name == "use" else ()
    state = _with_settings(state, {**state.settings, option.name: (*earlier, *words)})
    if option.name == "use":
        state = replace(state, custom=functions_in(state.options.use))
    return state, Reply(documents.settings_document(state, [option]))


def _with_settings(state: State, settings: Mapping[str, tuple[str, ...]]) -> State:
    words = [word for each in settings.values() for word in each]
    found = read_options(words)
    wrt_in(found.wrt)  # refuses what is no name
    return replace(state, settings=settings, options=found)


def _help(state: State, rest: str, program: Program) -> tuple[State, Reply]:
    if not rest:
        return state, Reply(documents.help_document([(row.usage, row.help) for row in OWN], program))
    name = rest.lstrip(":-").partition(" ")[0]
    if name in OWN_NAMES or name in options():
        usage, text = (
            (OWN_NAMES[name].usage, OWN_NAMES[name].help) if name in OWN_NAMES else documents.of_option(options()[name])
        )
        return state, Reply(documents.term_document(usage, text))
    if name in program.commands:
        return state, Reply(words=(name, "--help"))
    return state, Reply(words=("functions", rest))


def _vars(state: State, rest: str, program: Program) -> tuple[State, Reply]:
    return state, Reply(documents.session_document(state))


def _unset(state: State, rest: str, program: Program) -> tuple[State, Reply]:
    names = rest.replace(",", " ").split()
    if not names:
        raise DerivError(":unset needs a name", hint="write it like :unset x, or :unset wrt")
    for name in names:
        option = options().get(name.lstrip(":-"))
        if name in state.names or name in state.functions:
            state = state.without(name)
        elif option is not None and option.stays:
            kept = {each: words for each, words in state.settings.items() if each != option.name}
            state = _with_settings(state, kept)
            state = replace(state, custom=functions_in(state.options.use)) if option.name == "use" else state
        elif name == ANSWER:
            state = replace(state, result=None)
        else:
            raise DerivError(f"'{name}' is not set", hint=":vars lists what is")
    return state, NOTHING


def _quit(state: State, rest: str, program: Program) -> tuple[State, Reply]:
    return state, Reply(ends=True)


OWN: Sequence[OwnCommand] = (
    OwnCommand(":vars", "Show the variables, formulas, functions and options that are set.", _vars, ("variables",)),
    OwnCommand(":unset NAME", "Forget a variable or function, or leave an option to its default.", _unset),
    OwnCommand(":help [NAME]", "Show this, or more about one command, option or function.", _help, ("h", "?")),
    OwnCommand(":quit", "End the session, as Ctrl-D does.", _quit, ("q", "exit")),
)
OWN_NAMES = {name: row for row in OWN for name in (row.usage[1:].partition(" ")[0], *row.others)}


def names(program: Program) -> list[str]:
    """What can stand behind a colon."""
    own = [row.usage[1:].partition(" ")[0] for row in OWN]
    return [*own, *options(), *(name for name in program.commands if name not in questions.NOT_HERE)]


def takes_value(name: str) -> bool:
    """Whether something has to follow a name that stands behind a colon."""
    option = options().get(name)
    value = OWN_NAMES[name].usage.partition(" ")[2] if name in OWN_NAMES else option.value if option else ""
    return bool(value) and not value.startswith("[")


def _unknown(name: str, line: str, program: Program) -> DerivError:
    close = difflib.get_close_matches(name.lower(), names(program), n=1, cutoff=0.7)
    meant = f":{close[0]}" if close else _in_a_shell(program.meaning(name))
    hint = f"did you mean {meant}?" if meant else ":help lists what can be typed"
    return DerivError(f"no such command: :{name}", f":{line}", Span(0, len(name) + 1), hint)


def _in_a_shell(usage: str) -> str:
    """What is to be written on the command line, as the shell takes it: the last option, or the command."""
    words = usage.split()
    if words[:1] == ["deriv"]:
        return f":{words[1]}" if len(words) > 1 and not words[1].startswith("-") else ":help"
    places = [place for place, word in enumerate(words) if word.startswith("--")]
    is_here = bool(places) and words[places[-1]].lstrip("-") in options()
    return ":" + " ".join(words[places[-1] :])[2:] if is_here else ""
