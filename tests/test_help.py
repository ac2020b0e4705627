"""Help: the program on one screen, what is told of a command, and words that are no command."""

import re

import pytest

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import built
from derivcli.cli.option_declaration import TOPICS
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
    named = set(re.findall(r"(?<!\S)--[a-z-]+", text))
    assert {"--at"} <= named <= {*OPTIONS, "--help"}
    more = sum(int(number) for number in re.findall(r"(\d+) (?:more|options)\b", words))
    assert len(named) + more == len({*OPTIONS, "--help"})
    assert max(map(len, text.splitlines())) < max(columns, 30)


@each("columns", [40, 60, 80])
@each("topic", ["options", *COMMANDS, *TOPICS])
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


@each("topic", TOPICS)
def test_help_of_a_group_is_its_part_of_all_help(topic: str) -> None:
    text = deriv("help", topic, columns=60).stdout
    heading, *lines = text.partition("\n\nUsage:")[0].splitlines()
    assert heading == f"{TOPICS[topic]}:"
    whole = deriv("help", "options", columns=60).stdout
    part = whole[whole.index(f"\n{heading}\n") + 1 :].partition("\n\n")[0]
    assert "".join(part.split()) == "".join("".join([heading, *lines]).split())


@each("name", [name for name in COMMANDS if name not in TOPICS])
def test_help_of_a_command(name: str) -> None:
    text = deriv("help", name).stdout
    assert text == deriv(name, "--help").stdout == deriv(name, "-h").stdout == deriv("help", name, "--help").stdout
    assert f"deriv {name} [OPTIONS]" in text


def test_help_of_the_options_tells_all_about_them_in_groups() -> None:
    text = deriv("help", "options").stdout
    groups = re.findall(r"^([A-Z][\w ]+):$", text, re.MULTILINE)
    assert groups[: len(TOPICS) + 1] == ["Arguments", *TOPICS.values()]
    assert all(re.search(rf"^  (--\S+ / )?{name}( |$)", text, re.MULTILINE) for name in OPTIONS)
    assert text.index("Derivatives:") < text.index("  --wrt") < text.index("Checking:")


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
