"""Answers of students: no right one is called wrong, no wrong one right, and what went wrong is said first."""

import re
from random import Random

import pytest

from derivcli import answer
from derivcli.explain.answer import judge_claim
from derivcli.explain.answer.answer import Answer, Diagnosis
from tests.student_answers import StudentAnswer, student_answers
from tests.support import sample

ANSWERS = student_answers()

MIN_NAMED = 0.9
"""The share of wrong answers of which the true reason must come first."""

pytestmark = pytest.mark.sampled


def chosen(seed: int = 1) -> list[StudentAnswer]:
    """A tenth of all answers, or all of them."""
    return Random(seed).sample(ANSWERS, sample(len(ANSWERS) // 10, len(ANSWERS)))


def judged(case: StudentAnswer) -> Answer:
    """What is found of an answer."""
    return answer(case.function, case.answer, wrt="x")


def is_named(case: StudentAnswer, found: Answer) -> bool:
    """Whether the reason that is given is the true one."""
    told = found.diagnosis
    return told.kind in case.kinds and re.search(case.pattern, told.message) is not None


def test_there_are_answers_of_many_kinds() -> None:
    right = [case for case in ANSWERS if not case.kinds]
    assert len(ANSWERS) >= 300
    assert len(right) >= len(ANSWERS) / 4
    assert len({case.mistake for case in ANSWERS}) > 25
    assert len({case[:2] for case in ANSWERS}) == len(ANSWERS)


def test_answers_are_judged_as_a_teacher_does() -> None:
    found = [(case, judged(case)) for case in chosen()]
    assert [case for case, each in found if each.equal == bool(case.kinds)] == []
    wrong = [(case, each) for case, each in found if case.kinds]
    missed = [(case, each.diagnosis) for case, each in wrong if not is_named(case, each)]
    assert len(missed) <= (1 - MIN_NAMED) * len(wrong), missed


def test_a_reason_that_is_not_the_true_one_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_claim, "diagnosed", lambda case: Diagnosis("term", "it is far-fetched"))
    case = next(case for case in ANSWERS if "inner" in case.kinds)
    assert not is_named(case, judged(case))
