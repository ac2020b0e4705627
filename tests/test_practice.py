"""Exercises that suit their level, and sessions as somebody has them who types answers."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import time

import pytest

from derivcli import pipeline
from derivcli.cli.commands import practice
from derivcli.explain.practice_exercises import LEVELS, Exercise, exercise
from derivcli.language.definitions.equation import parse_equation
from derivcli.request import Request
from tests.processes import python
from tests.support import deriv, no_hang

SEED = 7
LONGEST = 90
"""Characters of a derivative that one can be asked to type."""

every_level = pytest.mark.parametrize("level", LEVELS)


def solution(task: Exercise) -> str:
    """The derivative that an exercise asks for."""
    request = Request([task.text], mixed=[task.partial], dependent=task.dependent)
    (formula,) = pipeline.formulas(request)[0].derivatives.values()
    return formula.canonical_text


def solutions(level: int = 3, count: int = 3) -> list[str]:
    """The right answers of a session."""
    return [solution(exercise(level, SEED, number)) for number in range(1, count + 1)]


def session(*lines: str, level: int = 3, count: int = 3) -> str:
    """All that is shown in a session in which these lines are typed."""
    words = ("practice", "--level", str(level), "--seed", str(SEED), "--count", str(count))
    outcome = deriv(*words, stdin="".join(f"{line}\n" for line in lines).encode())
    assert outcome.stderr == ""
    return outcome.stdout


def score(text: str) -> str:
    """The last line."""
    return text.splitlines()[-1]


@every_level
def test_exercises_suit_a_student(level: int) -> None:
    for number in range(1, 40):
        task = exercise(level, 2 * level, number)
        found = solution(task)
        assert found != "0"
        assert len(found) <= LONGEST
        assert len(task.text) <= 45
        assert set(parse_equation(task.text).variables) <= {"x", "y"}
        assert not re.search(r"\b1\*|\*\*1\b|\b\d{3,}", task.text)


@every_level
def test_exercises_are_the_same_for_the_same_seed(level: int) -> None:
    first = [exercise(level, SEED, number) for number in range(30)]
    assert first == [exercise(level, SEED, number) for number in range(30)]
    assert first != [exercise(level, SEED + 1, number) for number in range(30)]


@every_level
def test_no_exercise_comes_twice_in_a_row_of_all_kinds(level: int) -> None:
    texts = [exercise(level, SEED, number).text for number in range(1, 7)]
    assert len(set(texts)) == len(texts)


@every_level
def test_right_answers_are_told_to_be_right(level: int) -> None:
    told = session(*solutions(level), level=level)
    assert told.count("yes: ") == 3
    assert score(told) == "3 of 3 right, 3 of them at the first try"


def test_level_five_asks_for_partial_and_second_derivatives() -> None:
    partials = {exercise(5, SEED, number).partial for number in range(1, 40)}
    assert {("x", "x"), ("y",)} <= partials


def test_a_wrong_answer_gets_a_counterexample_and_another_try() -> None:
    right = solutions()
    told = session(f"2*({right[0]})", right[0], *right[1:])
    assert "no: at x = " in told
    assert "factor" in told
    assert score(told) == "3 of 3 right, 2 of them at the first try"


def test_what_is_no_formula_does_not_count() -> None:
    right = solutions()
    told = session("3*x +", "sine(x)", "__import__('os')", "y = 3", *right)
    assert "3*x +\n       ^" in told
    assert "did you mean sin?" in told
    assert score(told) == "3 of 3 right, 3 of them at the first try"


@pytest.mark.parametrize("word", ["", "skip", "   "])
def test_an_exercise_can_be_skipped(word: str) -> None:
    told = session(word, *solutions()[1:])
    assert score(told) == "2 of 3 right, 2 of them at the first try"


def test_the_first_level_has_one_large_power() -> None:
    for number in range(1, 60):
        found = [int(power) for power in re.findall(r"\*\*(\d+)", exercise(1, SEED, number).text)]
        assert sum(power > 4 for power in found) <= 1


def test_a_skipped_exercise_shows_its_answer() -> None:
    assert f"f'(x) = {solutions()[0]}\n" in session("skip", "quit")


def test_a_question_mark_shows_the_steps_but_for_the_last_and_asks_again() -> None:
    told = session("?", *solutions())
    before = told.partition(solutions()[0])[0]
    assert "power rule and chain rule" in before
    assert score(told) == "3 of 3 right, 2 of them at the first try"


def test_hints_tell_ever_more() -> None:
    told = session(*["hint"] * 20, "quit").split("f'(x) = hint")
    assert "begin with: " in told[1]
    steps = [part.count("\n      = ") for part in told[1:] if "no more hints" not in part]
    assert len(steps) > 2
    assert steps == list(range(len(steps)))
    assert "there are no more hints" in told[-1]


def test_hints_for_a_curve_lead_to_the_slope() -> None:
    told = session(*["hint"] * 4, solutions(6)[0], "quit", level=6)
    assert "*y' = 0" in told
    assert "there are no more hints" in told
    assert score(told) == "1 of 1 right, 0 of them at the first try"


@pytest.mark.parametrize("lines", [[], ["quit"], ["q"], ["exit"]])
def test_it_ends_at_once(lines: list[str]) -> None:
    assert score(session(*lines)) == "no exercise was answered"


def test_the_end_of_the_input_ends_it() -> None:
    told = session("x", solutions()[0])
    assert score(told) == "1 of 1 right, 0 of them at the first try"
    assert "2/3" in told


def test_only_the_exercises_that_ended_count() -> None:
    assert score(session("skip", "quit")) == "0 of 1 right"


@pytest.mark.parametrize("last", [[], ["quit"]])
def test_an_exercise_that_was_only_answered_wrongly_counts(last: list[str]) -> None:
    assert score(session("x", "1", "1", *last)) == "0 of 1 right"


@pytest.mark.parametrize("word", ["help", "why"])
def test_help_tells_what_can_be_typed_and_does_not_count(word: str) -> None:
    told = session(word, *solutions())
    assert "all steps but the last" in told
    assert "unknown name" not in told
    assert score(told) == "3 of 3 right, 3 of them at the first try"


def test_a_refusal_names_no_options() -> None:
    told = session("hello", "2x dx", "x + speed")
    assert told.count("write a formula in x; help tells what can be typed") == 3
    assert "'dx' is no factor of a formula" in told
    assert "--at" not in told
    assert "--wrt" not in told


def test_what_is_piped_in_stands_where_it_would_be_typed() -> None:
    told = session(*solutions()).splitlines()
    assert f"     f'(x) = {solutions()[0]}" in told


def test_a_note_tells_how_an_answer_was_read() -> None:
    assert "note: this is read as (1/2)*x" in session("1/2x", "quit")


def test_without_a_seed_there_are_other_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice, "randrange", lambda stop: stop - 1)
    assert f"--seed {practice.SEEDS - 1}" in deriv("practice").stdout


def test_an_interrupt_ends_it_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(question: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(practice, "piped", interrupted)
    outcome = deriv("practice", "--seed", "1", status=130)
    assert outcome.stderr == "deriv: interrupted\n"
    assert score(outcome.stdout) == "no exercise was answered"


def test_it_can_be_written_in_ascii() -> None:
    words = ("practice", "--level", "5", "--seed", "3", "--count", "4")
    assert deriv(*words, columns=80, encoding="ascii", stdin=b"x\n\n" * 4).stdout.isascii()


@pytest.mark.parametrize("words", [["--level", "0"], ["--level", "9"], ["--count", "0"], ["--seed", "-1"], ["x"]])
def test_options_are_checked(words: list[str]) -> None:
    assert deriv("practice", *words, status=2).stdout == ""


class Terminal:
    """A real process in a terminal of its own."""

    def __init__(self, *words: str) -> None:
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "INPUTRC": "/dev/null"}
        command = [*python(), "-m", "derivcli", *words]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.shown = ""

    def until(self, text: str) -> None:
        """Read until a text is shown."""
        while text not in self.shown:
            try:
                self.shown += os.read(self.master, 4096).decode(errors="replace")
            except OSError:  # the process has ended
                break
        assert text in self.shown, self.shown
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def status_after(self, key: str) -> int:
        """How the process ends when a key is pressed, again where it came too early to be noticed."""
        try:
            while self.process.poll() is None:
                self.type(key)
                time.sleep(0.2)
        finally:
            self.process.kill()
            os.close(self.master)
        return self.process.wait()


@pytest.mark.parametrize(("key", "status"), [("\x03", 130), ("\x04", 0)])
def test_a_terminal_has_keys_for_editing_and_for_leaving(key: str, status: int) -> None:
    with no_hang(60):
        terminal = Terminal("practice", "--level", "3", "--seed", str(SEED))
        terminal.until("f'(x) = ")
        terminal.type("3*x\x1b[D2\n")  # the 2 goes before the x
        terminal.until("no: at")
        terminal.until("f'(x) = ")
        assert terminal.status_after(key) == status
