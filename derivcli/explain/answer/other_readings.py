"""A claim that is wrong as it is read and right as its author may mean it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from derivcli.explain.answer.answer import Answer, Diagnosis
from derivcli.explain.answer.judge_claim import judge_if_right
from derivcli.language.parse import other_meanings
from derivcli.result import Partial

if TYPE_CHECKING:
    from derivcli.language.expression import Expression

MOST = 4
"""So many other meanings of each text are tried."""

PAIRS = 8
"""So many other meanings of both are tried."""


def reconsidered(answer: Answer, partial: Partial, declared: Collection[str]) -> Answer:
    """The answer, which says so where the claim is right by another meaning of a text."""
    if answer.how != "differs":
        return answer
    for expression, claim in islice(_pairs(answer, declared), PAIRS):
        meant = judge_if_right(expression, claim, partial)
        if meant is not None:
            return replace(answer, meant=meant, diagnosis=Diagnosis("reading", _sentence(answer, meant)))
    return answer


def _pairs(answer: Answer, declared: Collection[str]) -> Iterator[tuple[Expression, Expression]]:
    """A function and a claim in other meanings: one of them, then both."""
    names = {*declared, *answer.expression.variables}
    claims = list(islice(other_meanings(answer.claim, names), MOST))
    functions = list(islice(other_meanings(answer.expression, declared), MOST))
    yield from ((answer.expression, claim) for claim in claims)
    yield from ((function, answer.claim) for function in functions)
    yield from ((function, claim) for function in functions for claim in claims)


def _sentence(answer: Answer, meant: Answer) -> str:
    """What the author has to mean."""
    parts = []
    if meant.expression is not answer.expression:
        parts.append(f"the function is {meant.expression.text}, written {meant.expression.source.strip()}")
    if meant.claim is not answer.claim:
        parts.append(f"you mean {meant.claim.text}, written {meant.claim.source.strip()}")
    return f"right if {', and '.join(parts)}"
