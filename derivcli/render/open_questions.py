"""What a study leaves undecided, in few sentences: stretches that touch each other together, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from derivcli.render.blocks import Style
from derivcli.render.numbers import number_text
from derivcli.render.study_texts import end_text
from derivcli.study.study import Number, Study, Undecided

MAX_SENTENCES = 3

SHOWN_DIGITS = 6

NEAR_SHARE = 1e-6
"""A stretch that is so short beside its place is shown as one point."""

QUESTIONS = {
    "zeros": "where {f} is 0",
    "critical": "where {f}' is 0",
    "inflections": "where {f}'' changes its sign",
    "breaks": "where {f} is not smooth",
}
"""What stays open, by its name in a study."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Stretches that touch each other, the questions that are open there, and why."""

    low: Number
    high: Number
    questions: frozenset[str]
    why: str


def is_open_throughout(study: Study) -> bool:
    """Whether something is undecided on the whole interval."""
    runs = [*_runs(study.undecided)]
    return any(run.low.value <= study.low.value and study.high.value <= run.high.value for run in runs)


def open_questions(study: Study, function: str, style: Style) -> Iterator[str]:
    """A sentence for each of the first places at which something is open, and one for all others."""
    runs = [*_runs(study.undecided)]
    for run in runs[:MAX_SENTENCES]:
        asked = [text.format(f=function) for name, text in QUESTIONS.items() if name in run.questions]
        said = ", ".join(asked) or ", ".join(sorted(run.questions))
        yield f"not decided {_where(run.low, run.high, style)}: {said} ({run.why})"
    rest = runs[MAX_SENTENCES:]
    if rest:
        where = f"{_end(rest[0].low, ROUND_FLOOR, style)} to {_end(rest[-1].high, ROUND_CEILING, style)}"
        yield f"not decided on {len(rest):,} more stretches from {where}: the formats tsv and json list them"


def _runs(undecided: Sequence[Undecided]) -> Iterator[_Run]:
    """The stretches in order, joined where one begins before the one before ends or very near to it."""
    runs: list[_Run] = []
    for each in sorted(undecided, key=lambda each: each.low.value):
        last = runs[-1] if runs else None
        if last is not None and each.low.value <= last.high.value + NEAR_SHARE * max(1, abs(last.high.value)):
            high = max(last.high, each.high, key=lambda end: end.value)
            runs[-1] = _Run(last.low, high, last.questions | {each.what}, last.why)
        else:
            runs.append(_Run(each.low, each.high, frozenset({each.what}), each.why))
    yield from runs


def _where(low: Number, high: Number, style: Style) -> str:
    """A stretch by its ends, rounded outward, or by one number that it is near to."""
    if high.value - low.value <= NEAR_SHARE * max(1, abs(low.value)):
        middle = 0.0 if low.value <= 0 <= high.value else low.value
        return f"near {number_text(middle, SHOWN_DIGITS)}"
    return f"from {_end(low, ROUND_FLOOR, style)} to {_end(high, ROUND_CEILING, style)}"


def _end(number: Number, rounding: str, style: Style) -> str:
    """An end by its formula, or rounded in one direction."""
    if number.exact is not None or math.isinf(number.value):
        return end_text(number, style)
    decimal = Context(prec=SHOWN_DIGITS, rounding=rounding).create_decimal(Decimal(number.value))
    return number_text(float(decimal), SHOWN_DIGITS)
