"""Writes the shells' completion scripts from the app: fixed words, and the names that `deriv` finds in what was typed.

On the command line:

    python completions/generate.py            writes the scripts into the package, for --install-completion
    python completions/generate.py --check    writes nothing, names the files that are not current, and fails
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from derivcli.cli import help_topics
from derivcli.cli.command_table import COMMANDS, command_named
from derivcli.cli.grammar import built, choices_of
from derivcli.cli.install_completion import NOTE
from derivcli.language.functions.table import FUNCTIONS
from derivcli.pictures.picture_files import SUFFIXES as PLOTS
from derivcli.points.files.formats import ENDINGS as DATA_ENDINGS
from derivcli.render.format_table import format_of_suffix

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
SCRIPTS_FOLDER = HERE.parent / "derivcli" / "cli" / "completions"

DATA = tuple(ending.lstrip(".") for ending in DATA_ENDINGS)
CODE = "py"
ENDINGS = {
    "--plot": PLOTS,
    "--data": DATA,
    "--output": (*DATA, *(ending.lstrip(".") for ending in format_of_suffix()), CODE),
    "--use": (CODE,),
    "check-fn": (CODE,),
}
"""For each option or command that takes a file, the endings of the files it is offered; directories always are."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command: what is offered for it, and when."""

    names: tuple[str, ...]
    """The long names; -h is not among them, since a word with one dash is mostly an expression."""
    help: str
    value: str | None
    """What its value is called; None for a flag."""
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    behind_name: str | None = None
    """What stands behind a variable that its value names, an equals sign or nothing; None where it names none."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, the main one having no name: its options, and what its first word may be."""

    name: str
    options: list[Option]
    first: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    """Those of the files that its first word may be."""

    @property
    def function(self) -> str:
        """What the shells call the function that completes it."""
        return f"_deriv_{self.name or 'main'}"


SUMMARIES = {row.name: row.summary for row in COMMANDS.values()} | {help_topics.WORD: "Tell all about a command"}
"""What is said of a command where it is offered."""

WORDS = {
    "": tuple(SUMMARIES),
    "functions": tuple(row.name for row in FUNCTIONS if row.derivatives_of is None),
}
"""What a command's first word may be, where its parameter in the app does not say it."""


def commands() -> list[Command]:
    """The main command, the others, and the word for help, which is as good as one."""
    known = [
        Command(name, options_of(name), WORDS.get(name) or first_words(built(name)), ENDINGS.get(name, ()))
        for name in ("", *COMMANDS)
    ]
    return [*known, Command(help_topics.WORD, [], help_topics.topics())]


def options_of(name: str) -> list[Option]:
    """The options of a command of the app, its --help included."""
    command, formulas = built(name), command_named(name).takes_formulas
    return [
        option_from(parameter, formulas)
        for parameter in command.get_params(typer.Context(command))
        if parameter.param_type_name == "option" and not parameter.hidden
    ]


def first_words(command: Any) -> tuple[str, ...]:
    """The words that a command's first argument can be, where only some are possible."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    return tuple(choices_of(arguments[0])) if arguments else ()


def behind_name(value: str | None) -> str | None:
    """What stands behind a variable in a value that is called so."""
    if value in ("NAME", "NAMES"):
        return ""
    return "=" if value == "SPEC" or (value or "").startswith("NAME=") else None


def option_from(parameter: Any, formulas: bool) -> Option:
    """One of the app's parameters; of its help the first sentence."""
    names = tuple(name for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("--"))
    return Option(
        names=names,
        help=parameter.help.partition(". ")[0].rstrip("."),
        value=None if parameter.is_flag else parameter.metavar or names[0].strip("-"),
        repeatable=parameter.multiple,
        choices=tuple(choices_of(parameter)),
        endings=ENDINGS.get(names[0], ()),
        behind_name=behind_name(parameter.metavar) if formulas else None,
    )


def valued(commands: Sequence[Command]) -> dict[str, str]:
    """For the templates the options whose values name variables, and the other options that take a value."""
    options = [option for command in commands for option in command.options if option.value]
    naming = dict.fromkeys(name for each in options if each.behind_name is not None for name in each.names)
    others = dict.fromkeys(name for each in options for name in each.names if name not in naming)
    return {"naming": " ".join(naming), "others": " ".join(others)}


def quoted(text: str) -> str:
    """A word for bash or zsh."""
    return "'" + text.replace("'", r"'\''") + "'"


def filled(file: str, **places: str) -> str:
    """The template in that file with each <<place>> filled in."""
    template = (TEMPLATES / file).read_text("utf-8")
    for place, text in {"note": NOTE, **places}.items():
        template = template.replace(f"<<{place}>>", text)
    return template


# bash: one function for each command; each option is a line in one of its tables.


def bash(commands: list[Command]) -> str:
    """The script for bash 4 or newer."""
    return filled(
        "deriv.bash",
        **valued(commands),
        functions="".join(bash_command(command) for command in commands),
        commands="\n".join(f"            {each.name}) complete={each.function} ;;" for each in commands if each.name),
    )


def bash_command(command: Command) -> str:
    """The function that completes one command."""
    options = command.options
    once, values = [], []
    for option in options:
        label = " | ".join(option.names)
        if not option.repeatable:
            once.append(f"            {label}) given+='{' '.join(option.names)} ' ;;")
        if option.choices:
            values.append(f"        {label}) names=({' '.join(option.choices)}) ;;")
        if option.behind_name is not None:
            values.append(f"        {label}) _deriv_names '{option.behind_name}' ;;")
        if option.endings:
            values.append(f"        {label}) _deriv_paths {bash_patterns(option.endings)} ;;")
    with_value = [name for option in options if option.value for name in option.names]
    return filled(
        "command.bash",
        function=command.function,
        start="2" if command.name else "1",
        first=f"_deriv_paths {bash_patterns(command.endings)}"
        if command.endings
        else f"names=({' '.join(command.first)})",
        names=" ".join(name for option in options for name in option.names),
        valued=f"            {' | '.join(with_value)}) option=$word ;;" if with_value else "",
        once="\n".join(once),
        values="\n".join(values),
    )


def bash_patterns(endings: Sequence[str]) -> str:
    """Patterns for endings in small or capital letters."""
    return " ".join("'" + "".join(f"[{c}{c.upper()}]" for c in ending) + "'" for ending in sorted(endings))


# zsh: its own _arguments does the work; each option is a line for it.


def zsh(commands: list[Command]) -> str:
    """The script for zsh, a function to be loaded from a directory in `fpath`."""
    main, *others = commands
    return filled("_deriv", **valued(commands), commands="\n".join(map(zsh_case, others)), main=zsh_arguments(main))


def zsh_case(command: Command) -> str:
    """The branch for a command that is not the main one."""
    lines = ["shift words", "((CURRENT--))", *zsh_arguments(command).splitlines(), "return", ";;"]
    return "\n".join([f"        {command.name})", *(f"            {line}" for line in lines)])


def zsh_arguments(command: Command) -> str:
    """What zsh's own machinery is told of a command."""
    lines = [quoted(zsh_option(option, name)) for option in command.options for name in option.names]
    before = ""
    if command.first or command.endings:
        words = f"({' '.join(command.first)})" if command.name else f"(({' '.join(map(zsh_described, command.first))}))"
        if command.endings:
            words = zsh_files(command.endings)
        before = f"local -a first=()\nif ((CURRENT == 2)); then first=({quoted(f'1::word:{words}')}); fi\n"
        lines.append("$first")
    return before + " \\\n  ".join(["_arguments -S", *lines, "'*:expression:()'"])


def zsh_described(name: str) -> str:
    """A command with what is said of it, which zsh reads as it reads code."""
    text = re.sub("([^A-Za-z0-9])", r"\\\1", SUMMARIES[name])
    return rf"{name}\:{text}"


def zsh_option(option: Option, name: str) -> str:
    """One name of an option in the notation of `_arguments`."""
    others = " ".join(option.names)
    before = "*" if option.repeatable else f"({others})" if len(option.names) > 1 else ""
    if option.value is None:
        return f"{before}{name}[{zsh_text(option.help)}]"
    action = f"({' '.join(option.choices)})" if option.choices else " "
    if option.behind_name is not None:
        action = " _deriv_points" if option.behind_name else " _deriv_names"
    if option.endings:
        action = zsh_files(option.endings)
    return f"{before}{name}=[{zsh_text(option.help)}]:{zsh_text(option.value)}:{action}"


def zsh_files(endings: Sequence[str]) -> str:
    """What completes the names of files with these endings."""
    return f'_deriv_files -g "(#i)*.({"|".join(endings)})(-.) *(-/)"'


def zsh_text(text: str) -> str:
    """Plain text where brackets and colons have a meaning."""
    return "".join(f"\\{letter}" if letter in "\\[]:" else letter for letter in text)


# fish: each option is a command of its own.


def fish(commands: list[Command]) -> str:
    """The script for fish 3 or newer."""
    return filled(
        "deriv.fish",
        commands=" ".join(command.name for command in commands if command.name),
        **valued(commands),
        options="\n".join(line for command in commands for line in fish_command(command)),
    )


def fish_command(command: Command) -> list[str]:
    """A line for each option of a command, and one for what its first word may be."""
    lines = [fish_option(command, option, name) for option in command.options for name in option.names]
    start = f"complete -c deriv -n '__deriv_first \"{command.name}\"' -a"
    if command.endings:
        lines.append(f"{start} '(__deriv_files {' '.join(command.endings)})'")
    elif command.first and command.name:
        lines.append(f"{start} '{' '.join(command.first)}'")
    elif command.first:
        lines += [f"{start} {name} -d '{fish_text(SUMMARIES[name])}'" for name in command.first]
    return lines


def fish_option(command: Command, option: Option, name: str) -> str:
    """The line for one name of an option."""
    conditions = [f'__deriv_is "{command.name}"']
    if not option.repeatable:
        conditions.append(f"__deriv_lacks {' '.join(option.names)}")
    words = [f"complete -c deriv -n '{'; and '.join(conditions)}'"]
    words.append(f"-l {name.removeprefix('--')}")
    if option.value:
        words.append("-x")
    if option.choices:
        # After the tab stands each choice's own description, an empty one; without it fish repeats the option's.
        choices = [choice + r"\t" for choice in option.choices]
        words.append(f"-a '{' '.join(choices)}'")
    if option.behind_name is not None:
        words.append(f"-a '(__deriv_names {option.behind_name})'".replace(" )", ")"))
    if option.endings:
        words.append(f"-a '(__deriv_files {' '.join(option.endings)})'")
    return " ".join([*words, f"-d '{fish_text(option.help)}'"])


def fish_text(text: str) -> str:
    """Plain text between quotes."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


# PowerShell: each command is an entry in one table; each option is a line in it.


def powershell(commands: list[Command]) -> str:
    """The script for PowerShell."""
    entries = "\n".join(powershell_command(command) for command in commands)
    return filled("deriv.ps1", **valued(commands), commands=entries)


def powershell_command(command: Command) -> str:
    """The entry of one command."""
    return filled(
        "command.ps1",
        name=powershell_text(command.name),
        first=powershell_words(command.first),
        endings=powershell_words(command.endings),
        options="\n".join(f"                {powershell_option(option)}" for option in command.options),
    ).rstrip()


def powershell_option(option: Option) -> str:
    """The line of one option."""
    fields = {
        "Names": powershell_words(option.names),
        "Help": powershell_text(option.help),
        "Value": f"${option.value is not None}".lower(),
        "Once": f"${not option.repeatable}".lower(),
        "Choices": powershell_words(option.choices),
        "Endings": powershell_words(option.endings),
        "BehindName": "$null" if option.behind_name is None else powershell_text(option.behind_name),
    }
    return f"@{{ {'; '.join(f'{name} = {value}' for name, value in fields.items())} }}"


def powershell_words(words: Sequence[str]) -> str:
    """An array of words."""
    return f"@({', '.join(map(powershell_text, words))})"


def powershell_text(text: str) -> str:
    """A text in which nothing is expanded; of quotes PowerShell takes curly ones too for its own."""
    return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", text) + "'"


SCRIPTS: dict[str, Callable[[list[Command]], str]] = {
    "deriv.bash": bash,
    "_deriv": zsh,
    "deriv.fish": fish,
    "deriv.ps1": powershell,
}
"""Each file and what makes it."""


def main(words: list[str], folder: Path = SCRIPTS_FOLDER) -> int:
    """Write the scripts into the folder, or check those that are there; the exit status."""
    parser = argparse.ArgumentParser(description="Write the completion scripts anew.")
    parser.add_argument("--check", action="store_true", help="only say which files are not current")
    check = parser.parse_args(words).check
    known = commands()
    stale = []
    for name, script in SCRIPTS.items():
        path, text = folder / name, script(known)
        if not check:
            path.write_text(text, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != text:
            stale.append(name)
    if stale:
        print(f"not current: {', '.join(stale)}; run `make completions`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
