"""Lines of a shell: what each makes of the session."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import built, grammar_of
from derivcli.cli.shell import lines
from derivcli.cli.shell.colon_lines import names
from derivcli.cli.shell.program import Program
from derivcli.cli.shell.reply import Reply
from derivcli.cli.shell.state import State
from derivcli.cli.terminal import Screen
from derivcli.errors import DerivError, ExitStatus
from derivcli.render.blocks import Style
from derivcli.render.format_table import write
from tests.support import Outcome, deriv, each

PIPE: Screen = (False, Style())
PROGRAM = Program(
    COMMANDS, built, grammar_of, lambda words: None, lambda error, words: (ExitStatus.INTERNAL, ""), lambda word: ""
)


def after(*texts: str, screen: Screen = PIPE) -> tuple[State, Reply]:
    """The state after some lines, and what the last comes to."""
    state, reply = State(), Reply()
    for text in texts:
        state, reply = lines.answer(state, text, screen, PROGRAM)
    return state, reply


def cells(*texts: str) -> list[str]:
    """The cells of the answer to the last of some lines."""
    document = after(*texts)[1].document
    assert document is not None, "nothing is shown"
    assert document.rows is not None
    (row,) = document.rows()
    return list(row)


def shown(*texts: str) -> str:
    """What a terminal shows for the last of some lines."""
    document = after(*texts, screen=(True, Style()))[1].document
    assert document is not None, "nothing is shown"
    return write(document, "table", Style())


def refusal(*texts: str) -> str:
    """What is said of the last of some lines."""
    state, _ = after(*texts[:-1])
    with pytest.raises(DerivError) as caught:
        lines.answer(state, texts[-1], PIPE, PROGRAM)
    return str(caught.value)


def piped(*texts: str, status: int = 0) -> Outcome:
    """What lines in a pipe come to."""
    return deriv("shell", stdin="".join(f"{text}\n" for text in texts).encode(), status=status)


ANSWERS = [
    (["x = 3", "6x^2+2x+4"], ["64", "38", "proved"]),
    (["x^2 sin x"], ["x^2*sin(x)", "x*(x*cos(x) + 2*sin(x))", ""]),
    (["x = 3"], ["x", "3"]),
    (["x := 3"], ["x", "3"]),
    (["x = pi/2", "sin x"], ["1", "6.123233995736766e-17", "lossy"]),
    (["2 + 3/4"], ["2.75", "", "proved"]),
    (["f(x) = x^2 + a"], ["f(x)", "x^2 + a"]),
    (["f(x) = x^2 + a", "a = 1", "f(2)"], ["5", "1", "proved"]),
    (["f(x) = x^2", "f(2)"], ["4", "", "proved"]),
    (["f(x) = x^2", "x = 3", "f(x)^2"], ["81", "108", "proved"]),
    (["f(x) = x^2", "x = 3", "f"], ["9", "6", "proved"]),
    (["f(x) = x^2", "f(sin y)"], ["sin(y)^2", "sin(2*y)", ""]),
    (["f(x) = x^2", "f(x) = x^3", "f(2)"], ["8", "", "proved"]),
    (["f(x) = x^2", "g(t) = f(t) + 1", "f(x) = x^3", "g(2)"], ["9", "", "proved"]),
    (["h(x, y) = x - 2y", "h(1, 2)"], ["-3", "", "proved"]),
    (["area(r) = pi r^2", "area(1)"], ["3.141592653589793", "", "proved"]),
    (["f(x) = x", "f = 2", "f^2"], ["4", "4", "proved"]),
    (["z = x + 1", "z^2"], ["z^2", "2*x + 2", ""]),
    (["z = x + 1", "x = 3", "z^2"], ["16", "8", "proved"]),
    (["x = 3", "z = x + 1", "x = 5", "z"], ["4", "1", "proved"]),
    (["x = 3", "x = x + 1", "x"], ["4", "1", "proved"]),
    (["x = 1/3", "y = 3x", "y"], ["1", "1", "proved"]),
    (["speed = 5", "speed^2"], ["25", "10", "proved"]),
    (["a = 2", "a x^2"], ["a*x^2", "4*x", ""]),
    (["x = 3", "x^2", "ans + 1"], ["10", "", "proved"]),
    (["1/3", "3 ans"], ["1", "", "proved"]),
    (["x^2", "ans x"], ["x^2*x", "3*x^2", ""]),
    (["1/2", "b = ans", "b"], ["0.5", "1", "proved"]),
    (["x = 2", "y = 3", "x y"], ["6", "3", "proved", "2", "proved"]),
    (["x = 2", "y = 3", ":wrt y", "x y"], ["6", "2", "proved"]),
    (["x = 2", "y = 3", ":wrt y", ":unset wrt", "x y"], ["6", "3", "proved", "2", "proved"]),
    (["x = 2", ":order 3", "x^4"], ["16", "48", "proved"]),
    (["x = 2", ":no-check", "x^4"], ["16", "32", ""]),
    (["x = 1/3", ":digits 3", "x^2"], ["0.111", "0.667", "proved"]),
    ([":order 2"], [":order", "2"]),
    ([":order 2", ":order"], [":order", "2"]),
    ([":order"], [":order", "not set"]),
    (["x = 0", "abs(x)"], ["0", "0", "corner"]),
    (["x = 2", ":let a = 3", "a x"], ["6", "2", "proved", "3", "proved"]),
    ([":at x=2", "x^2  # a comment"], ["4", "4", "proved"]),
    (["x = 1, 2", "a = 3", "a x y"], ["a*x*y", "3*y", "", "3*x", ""]),
    (["x = 1", ":unset x", "x^2"], ["x^2", "2*x", ""]),
    (["gamma = 2", "gamma^2"], ["4", "4", "proved"]),
    (["μ = 2", "mu^2"], ["4", "4", "proved"]),
    (["quit = 2", "quit"], ["2", "1", "proved"]),
    (["2x + y", "ans"], ["2*x + y", "2", "", "1", ""]),
    (["x + 1", "ans^2"], ["(x + 1)^2", "2*x + 2", ""]),
    (["-3", "ans^2"], ["9", "", "proved"]),
    (["x = 1, y = 2"], ["x", "1", "y", "2"]),
    ([":at x=1,y=2"], ["x", "1", "y", "2"]),
    ([":wrt x y"], [":wrt", "x,y"]),
    ([":wrt x , y"], [":wrt", "x,y"]),
    (["x = 2", "y = 3", ":wrt y x", "x y"], ["6", "2", "proved", "3", "proved"]),
    ([":dtype float32", "1/3"], ["0.33333334", "", "proved"]),
    ([":dtype float32", "10^300"], ["inf", "", "overflow"]),
    (["x = 3", "x = x + 1"], ["x", "4"]),
    (["x = 0.1 + 0.2"], ["x", "0.3"]),
    (["x = 1/3"], ["x", "1/3"]),
    (["x = pi", "x = x/2"], ["x", "pi/2"]),
    (["k = 0.1", "k*3-0.3"], ["5.551115123125783e-17", "3", "proved", "f lossy"]),
    (["x = 1e-9", "(1-cos(x))/x^2"], ["0", "999999999.9999999", "lossy", "f lossy"]),
    (["k = 0.1", ":no-check", "k*3-0.3"], ["5.551115123125783e-17", "3", ""]),
    ([":exact", "x = 1/4", "sqrt x"], ["0.5", "1/2", "1", "1", "proved"]),
    ([":exact", "x = 0", "abs(x)"], ["0", "0", "0", "", "corner"]),
]


@each(("texts", "expected"), ANSWERS)
def test_a_line_is_answered(texts: list[str], expected: list[str]) -> None:
    assert cells(*texts) == expected


REFUSALS = [
    (["sin(x"], "never closed"),
    (["x^2 + y^2 = 25"], "equation"),
    (["ans"], "no answer yet"),
    (["ans = 3"], "'ans' is the last answer"),
    (["pi = 3"], "'pi' is a constant"),
    (["e(x) = 3"], "'e' is a constant"),
    (["sin = 3"], "'sin' is a function of deriv already, sin(x)"),
    (["sin(x) = 3"], "'sin' is a function of deriv already, sin(x)"),
    (["gamma(x) = x"], "'gamma' is a function of deriv already"),
    (["if(x) = x"], "'if' is a function of deriv already"),
    (["and = 3"], "'and' belongs to conditions"),
    (["f(x) = f(x - 1)"], "'f' is defined by itself"),
    (["f(x) = x", "g(x) = f(x)", "f(x) = g(x) + 1"], "'f' is defined by 'g', which calls it"),
    (["f(x) = ans"], "'ans' changes with every answer"),
    (["x = x + 1"], "'x' is defined by itself"),
    (["f(x) = x", "f(1, 2)"], "f takes 1 argument, and here it has 2"),
    (["f(x) = x", "g(x) = f(x)", "f(x, y) = x y", "g(1)"], "f takes 2 arguments by now, and is called with 1"),
    (["f(x) = x", "g(x) = f(x)", "f = 3", "g(1)"], "'g' calls 'f', which is no function any more"),
    (["f(x, x) = x"], "'x' stands twice among the variables"),
    (["f(2) = x"], "'2' is no name of a variable"),
    (["f() = 2"], "the name of a variable is missing"),
    (["f(x) = x^^2"], "a number, a name or '(' is due here"),
    (["t(x) = x + x", f"{'t(' * 40}1{')' * 40}"], "more than 50,000 parts"),
    (["f0(x) = x", *(f"f{n + 1}(x) = f{n}(x)" for n in range(110)), "f110(1)"], "deeper than 100"),
    (["p(x) = x^x^x", "p(99)"], "outside the range of float64"),
    (["x = 1/0"], "divides by zero"),
    (["x = 1, 2", "a = x + 1"], "'x' has several values"),
    ([":unset q"], "'q' is not set"),
    ([":unset"], ":unset needs a name"),
    ([":plot"], ":plot needs a value"),
    ([":plot out.png"], "there is no formula yet"),
    ([":steps"], "there is no formula yet"),
    ([":check 3"], ":check takes no value"),
    ([":shell"], "this is the shell"),
    (["x = 3 = 4"], "write one line each"),
    (["x = 5; y = 6"], "write one line each"),
    (["f(x) = x^2; f(3)"], "write one line each"),
    (["x == 3"], "to set x write x = 3"),
    (["x^2 :order 2"], "write :order 2 on a line of its own, before this one"),
    (["x^2 :steps"], "write it before the formula, as in :steps x^2"),
    ([":order 2.5"], "takes a whole number from 1 to 200"),
    (["steps x^2"], "a command begins with a colon, as in :steps"),
    (["vars"], "a command begins with a colon, as in :vars"),
    (["1 + vars"], "or write v*a*r*s"),
    ([":digits 0"], "takes a whole number from 1 to 17"),
    ([":series -1 x"], "takes a whole number from 0 to 200"),
    ([":wrt x,,y"], "the name of a variable is missing"),
    ([":practice"], ":practice asks somebody at a terminal"),
]


@each(("texts", "said"), REFUSALS)
def test_a_line_is_refused_with_a_sentence(texts: list[str], said: str) -> None:
    assert said in refusal(*texts)


def test_the_place_of_what_is_wrong_is_that_in_the_line() -> None:
    for text in ("z = 1 + 1/0", "f(x) = 1 + 1/0", "  1 + 1/0", "z := 1 + 1/0"):
        said = refusal(text).split("\n")
        assert said[2].index("^") == said[1].rindex("0")
        assert said[1].strip() == text.strip()


@pytest.mark.parametrize("text", ["", "  ", "# x = 3", "  # sin("])
def test_nothing_comes_of_an_empty_line_or_a_comment(text: str) -> None:
    state, reply = after("x = 3", text)
    assert reply == Reply()
    assert state == after("x = 3")[0]


def test_a_refused_line_changes_nothing() -> None:
    state, _ = after("x = 3", "x^2")
    with pytest.raises(DerivError):
        lines.answer(state, "x = 1/0", PIPE, PROGRAM)
    assert cells("x = 3", "x^2") == ["9", "6", "proved"]
    assert state.variables.keys() == {"x"}


def test_a_terminal_shows_how_a_line_was_read() -> None:
    assert shown("x = 3", "x^2 sin x").split("\n")[:3] == [
        "f(x) = x^2*sin(x)",
        "f = 1.2700800725388048",
        "f' = -8.063212421044806",
    ]
    assert "proved" in shown("x = 3", "x^2 sin x")
    assert shown("1/2 + pi").startswith("1/2 + pi = 3.641592653589793\n")
    assert "corner: left -1, right 1" in shown("x = 0", "abs(x)")


def test_the_answer_is_not_called_by_the_name_of_a_function() -> None:
    assert shown("f(x) = x^2", "x = 3", "f(x)").startswith("g(x) = x^2\n")


def test_of_a_list_of_values_the_main_command_makes_the_table() -> None:
    _, reply = after("x = 0:1:3", ":digits 3", "x^2")
    assert reply.job is not None
    request, options = reply.job
    assert request.points is not None
    assert request.points.at["x"].tolist() == [0, 0.5, 1]
    assert options.digits == 3


QUESTIONS = [
    (["x^2 sin x", ":steps"], ["steps", "--", "x^2 sin x"]),
    ([":steps x^2 sin x"], ["steps", "--", "x^2 sin x"]),
    (["f(x) = x^2", "f(t)", ":steps"], ["steps", "--", "t^2"]),
    (["x^2", ":order 2", ":steps"], ["steps", "--order", "2", "--", "x^2"]),
    (["x^2 y", ":order 2", ":steps --mixed x,y"], ["steps", "--mixed", "x,y", "--", "x^2 y"]),
    (["a = 2", "a x^2", ":steps"], ["steps", "--", "2*x^2"]),
    (["speed = 2", "speed^2", ":steps"], ["steps", "--at", "speed=2", "--", "speed^2"]),
    (["x = 2", "x^2", ":explain"], ["explain", "--at", "x=2", "--", "x^2"]),
    (["x = pi/2", "x^2", ":explain --format tree"], ["explain", "--format", "tree", "--at", "x=pi/2", "--", "x^2"]),
    (["x = pi/2", "x^2", ":explain :format tree"], ["explain", "--format", "tree", "--at", "x=pi/2", "--", "x^2"]),
    (["x = 2", "x^2", ":explain --at x=5"], ["explain", "--at", "x=5", "--", "x^2"]),
    (["x^2", ":answer 2 x"], ["answer", "--", "x^2", "2 x"]),
    ([":answer 'x^2' '2*x'"], ["answer", "--", "x^2", "2*x"]),
    (["x^2", ":format latex", ":steps"], ["steps", "--format", "latex", "--", "x^2"]),
    (["x^2", "ans x", ":steps"], ["steps", "--", "x^2*x"]),
    (["x^2", ":format value", ":steps"], ["steps", "--", "x^2"]),
    ([":functions gamma"], ["functions", "gamma"]),
    ([":help steps"], ["steps", "--help"]),
    ([":help gamma"], ["functions", "gamma"]),
]


@each(("texts", "words"), QUESTIONS)
def test_a_command_is_what_it_is_on_the_command_line(texts: list[str], words: list[str]) -> None:
    assert list(after(*texts)[1].words) == words


JOBS: list[tuple[list[str], str, dict[str, Any]]] = [
    (["x = 0:1:3", "x^2", ":plot a.png"], "plot", {}),
    (["x = 2", "sin x", ":series 5"], "series", {"series": 5}),
    (["x = 2", ":series 5 sin x"], "series", {"series": 5}),
    (["x^2 y", ":hessian"], "hessian", {"hessian": True, "points": None}),
    (["x = 1", "y = 2", ":order 3", "x^2 y", ":mixed x,y"], "mixed", {"mixed": [("x", "y")], "order": 1}),
    (["y = 2", "x^2 y", ":mixed x,y"], "mixed", {"mixed": [("x", "y")], "points": None}),
    (["x = 1", ":check", "x^2", ":code"], "code", {"check": None}),
]


@each(("texts", "option", "expected"), JOBS)
def test_an_option_about_one_formula_is_that_of_the_main_command(
    texts: list[str], option: str, expected: dict[str, Any]
) -> None:
    state, reply = after(*texts)
    assert reply.job is not None
    request, options = reply.job
    assert getattr(options, option)
    assert {name: getattr(request, name) for name in expected} == expected
    assert option not in state.settings, "it is asked once"


def test_a_point_that_is_typed_goes_before_the_variable() -> None:
    request = after("x = 2", "x^2", ":hessian --at x=5")[1].job
    assert request is not None
    assert request[0].points is not None
    assert request[0].points.at["x"].tolist() == [5]


def test_an_equation_that_was_refused_is_the_one_that_the_next_line_is_about() -> None:
    outcome = piped("x^2 + y^2 = 25", ":implicit y", "x = 3", "y = 4", ":implicit y", status=2)
    assert "dy/dx\t-x/y" in outcome.stdout
    assert outcome.stdout.endswith("3\t4\t-0.75\n")
    assert "as in :implicit y" in outcome.stderr


def test_every_option_and_command_can_be_typed() -> None:
    typed = names(PROGRAM)
    main = {name.lstrip("-") for name in (*grammar_of("").valued, *grammar_of("").flags)}
    ending = {parameter.opts[0].lstrip("-") for parameter in built("").params if parameter.is_eager}
    assert main - {"help"} - ending <= {*typed}, "only those are missing that end the command"
    assert {*COMMANDS} - {"shell"} <= {*typed}
    told = write(_document(":help"), "tsv", PIPE[1])
    for name in {*typed} - {"at", "let"}:
        family = f":{name.removeprefix('no-')}" if name in ("no-check", "no-exact") else f":{name}"
        assert re.search(rf"^{re.escape(family)}\b", told, re.MULTILINE), name


def _document(*texts: str) -> Any:
    return after(*texts)[1].document


def test_a_note_on_a_formula_without_variables_names_no_point() -> None:
    assert after(":dtype float32", "10^300")[1].notes == ["note: f is beyond float32: the true number is 1e300"]


def test_a_pipe_is_told_of_no_keys() -> None:
    assert "open bracket" not in write(_document(":help"), "tsv", PIPE[1])
    assert "open bracket" in shown(":help")


def test_what_ends_the_command_line_is_not_proposed() -> None:
    assert "install" not in piped(":install-completion", status=2).stderr.split("\n", 3)[3]


def test_vars_lists_all_that_is_set() -> None:
    found = _document("x = pi/2", "z = t + 1", "f(u) = u^2", "2^10", ":order 2", ":vars").rows()
    assert found == [["x", "pi/2"], ["z", "t + 1"], ["f(u)", "u^2"], ["ans", "1024"], [":order", "2"]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(":ordr 2", ":order"), (":stps", ":steps"), (":taylor", ":series"), (":xyzzy", ":help"), (":var", ":vars")],
)
def test_what_is_unknown_is_refused_with_what_was_meant(typed: str, meant: str) -> None:
    outcome = piped(typed, status=2)
    assert meant in outcome.stderr.split("\n")[3]


def test_a_note_speaks_of_lines_and_not_of_options() -> None:
    assert "as in :wrt E" in after("E x")[1].notes[0]
    assert "as in :wrt E" in after("x = E")[1].notes[0]
