"""The command line: words in any order, formats that hold their promises, text that cannot break the terminal."""

import csv
import io

import pytest
from rich.cells import cell_len

from derivcli.cli.argv import parse_argv
from derivcli.cli.grammar import grammar_of
from tests.support import deriv, each

FORMATS = ("table", "tsv", "csv", "json", "latex", "markdown", "value")


@each(
    ("words", "expected"),
    [
        (["x", "--at", "x=3"], ["--at", "x=3", "--", "x"]),
        (["-x**2", "--at", "x=3"], ["--at", "x=3", "--", "-x**2"]),
        (["--at", "x=-3", "-x"], ["--at", "x=-3", "--", "-x"]),
        (["--zip", "-x", "y"], ["--zip", "--", "-x", "y"]),
        (["--at=x=3", "x"], ["--at=x=3", "--", "x"]),
        (["--aat", "x=3", "x"], ["--aat", "--", "x=3", "x"]),
        (["--", "--at", "-x"], ["--", "--at", "-x"]),
        (["--2+x"], ["--", "--2+x"]),
        (["-"], ["--", "-"]),
    ],
)
def test_a_word_is_an_option_only_if_it_looks_like_one(words: list[str], expected: list[str]) -> None:
    assert parse_argv(words, grammar_of("")).ordered == expected


@pytest.mark.parametrize("words", [["-x**2", "--at", "x=3"], ["--at", "x=3", "-x**2"], ["--at", "x=3", "--", "-x**2"]])
def test_a_leading_minus(words: list[str]) -> None:
    assert deriv("--format", "value", *words).stdout == "-6\n"


def test_piped_output_is_tab_separated_at_full_precision() -> None:
    lines = deriv("pi*x/3", "--at", "x=1").stdout.splitlines()
    assert lines == ["x\tf\tdf/dx", "1\t1.0471975511965976\t1.0471975511965976"]


@each("columns", [20, 40, 80, 200])
@each("words", [["sin(u)*exp(v)/7", "--at", "u=1:2:3,v=1/3"], ["x", "y*x", "--at", "x=1,y=2"]])
def test_a_table_keeps_every_digit_in_any_width(columns: int, words: list[str]) -> None:
    table = deriv(*words, columns=columns).stdout
    plain = deriv(*words, "--format", "csv").stdout
    assert all(cell_len(line) <= columns for line in table.splitlines())
    joined = "".join(part.strip(" │╭╮╰╯─") for part in table.splitlines()) if columns < 40 else table
    for row in list(csv.reader(io.StringIO(plain)))[1:]:
        assert all(number in joined for number in row), row


def test_whole_numbers_have_no_point() -> None:
    assert "38.0" not in deriv("6*x**2+2*x+4", "--at", "x=3", columns=80).stdout


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colors_in_a_terminal(environment: dict[str, str], colored: bool) -> None:
    out = deriv("x", "--at", "x=1", columns=80, environment=environment or {"LANG": "C"})
    assert ("\x1b[" in out.stdout) is colored


@each("environment", [{"LANG": "C"}, {"TERM": "xterm-256color"}])
@each("name", FORMATS)
def test_no_escape_codes_without_a_terminal(name: str, environment: dict[str, str]) -> None:
    assert "\x1b" not in deriv("x", "--at", "x=1", "--format", name, environment=environment).stdout


def test_force_color() -> None:
    out = deriv("x", "--at", "x=1", "--format", "table", environment={"FORCE_COLOR": "1"})
    assert "\x1b[" in out.stdout


@each("name", FORMATS)
@each("encoding", ["utf-8", "ascii", "cp1252"])
def test_encodings(name: str, encoding: str) -> None:
    out = deriv("u*√v", "--at", "u=1,v=4", "--format", name, columns=80, encoding=encoding).stdout
    if encoding == "ascii":
        assert out.isascii()
    assert out


@each("text", ["[red]x[/]", "[/b]", "x[i]", "[link=http://a]x[/link]", ":smile:", "\x1b[31mx"])
def test_user_text_is_never_markup_or_an_escape(text: str) -> None:
    error = deriv(text, status=2, columns=80, environment={"FORCE_COLOR": "1"}).stderr
    assert text.replace("\x1b", "\\x1b") in error
    assert "\x1b" not in error


def test_standard_output_is_data_only() -> None:
    out = deriv("1/2x", "abs(x)", "--at", "x=0")
    assert out.stderr.count("note:") == 2
    assert "note" not in out.stdout


@pytest.mark.parametrize("digits", [1, 5, 17])
def test_digits(digits: int) -> None:
    (number,) = deriv("sin(x)", "--at", "x=1", "--format", "value", "--digits", str(digits)).stdout.split()
    assert number == format(0.5403023058681398, f".{digits}g")


def test_several_expressions_share_their_points() -> None:
    out = deriv("x*y", "x+y", "--at", "x=2,y=3", "--format", "value").stdout
    assert out == "3 2 1 1\n"


def test_a_plot_is_saved_and_named(tmp_path: object) -> None:
    target = f"{tmp_path}/relu.png"
    out = deriv("relu(x)", "--at", "x=-3:3:100", "--plot", target)
    assert out.stdout == ""
    assert f"saved {target}" in out.stderr
    with open(target, "rb") as file:  # noqa: PTH123
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_an_internal_error_says_how_to_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.cli.options.MainOptions.request", lambda *_: 1 / 0)
    out = deriv("x", "--at", "x=it's", status=70)
    assert "internal error: ZeroDivisionError" in out.stderr
    assert "please report it with this command: deriv x --at 'x=it'\"'\"'s'" in out.stderr


def test_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("derivcli.cli.commands.derive.evaluate", interrupt)
    assert deriv("x", status=130).stderr == "deriv: interrupted\n"
