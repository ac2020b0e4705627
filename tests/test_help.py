"""Help: the program on one screen, what is told of a command, and words that are no command."""

import re

import pytest

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import built
from tests.support import deriv, each

SCREEN = 24
OPTIONS = [name for each in built("").params for name in (*each.opts, *each.secondary_opts) if name[0] == "-"]


def test_the_program_is_on_one_screen() -> None:
    lines = deriv("--help", columns=80).stdout.splitlines()
    assert len(lines) < SCREEN  # the prompt has a line too
    assert all(len(line) < 80 for line in lines)
    assert "x^2 sin x" in lines[1]


@each("columns", [40, 80, 200])
def test_each_command_has_a_line_and_each_option_is_named(columns: int) -> None:
    text = deriv("--help", columns=columns).stdout
    words = " ".join(text.split())
    for row in COMMANDS.values():
        assert re.search(rf"^  {row.name}( |$)", text, re.MULTILINE)
        assert f"{row.name} {row.summary}" in words
        assert text.index(f"{row.group}:") < text.index(f"  {row.name}")
    assert set(re.findall(r"(?<!\S)--[a-z-]+", text)) == {*OPTIONS, "--help", "--at"}
    assert max(map(len, text.splitlines())) < max(columns, 30)


@each("columns", [40, 60, 80])
@each("topic", ["options", *COMMANDS])
def test_no_line_of_help_is_too_long(columns: int, topic: str) -> None:
    long = [line for line in deriv("help", topic, columns=columns).stdout.splitlines() if len(line) >= columns]
    assert not [line for line in long if " " in line.strip()], "but for a single word"


def test_help_has_no_color_and_is_the_same_in_a_pipe() -> None:
    text = deriv("--help", columns=80, environment={"TERM": "xterm"}).stdout
    assert "\x1b" not in text
    assert text == deriv("--help").stdout


@each("words", [["help"], ["-h"], ["help", "-h"], ["help", "--help"]])
def test_help_of_the_program(words: list[str]) -> None:
    assert deriv(*words).stdout == deriv("--help").stdout


@each("name", COMMANDS)
def test_help_of_a_command(name: str) -> None:
    text = deriv("help", name).stdout
    assert text == deriv(name, "--help").stdout == deriv(name, "-h").stdout == deriv("help", name, "--help").stdout
    assert f"deriv {name} [OPTIONS]" in text


def test_help_of_the_options_tells_all_about_them_in_groups() -> None:
    text = deriv("help", "options").stdout
    groups = re.findall(r"^([A-Z]\w+):$", text, re.MULTILINE)
    assert (
        groups
        == ["Arguments", "Input", "Derivative", "Numbers", "Output", "Picture", "Program", "Examples"][: len(groups)]
    )
    assert all(re.search(rf"^  (--\S+ / )?{name}( |$)", text, re.MULTILINE) for name in OPTIONS)
    assert text.index("Derivative:") < text.index("  --wrt") < text.index("Numbers:")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("help stps", "there is no command 'stps'\n  did you mean deriv help steps?"),
        ("help gradcheck", "there is no command 'gradcheck'\n  did you mean deriv help check-fn?"),
        ("help option", "there is no command 'option'\n  did you mean deriv help options?"),
        ("help plot", "there is no command 'plot'\n  did you mean deriv help options?"),
        ("help x^2", "there is no command 'x^2'\n  deriv --help lists the commands"),
        ("help \x1b[31m", "there is no command '\\x1b[31m'\n  deriv --help lists the commands"),
        ("help steps answer", "help takes one command\n  write deriv help steps"),
        ("help x^2 answer", "help takes one command\n  write deriv help options"),
    ],
)
def test_help_of_what_is_no_command(words: str, said: str) -> None:
    assert deriv(*words.split(" "), status=2).stderr == f"deriv: {said}\n"


def test_help_is_a_variable_too() -> None:
    assert deriv("help", "--at", "help=3", "--format", "value").stdout == "1\n"
