"""Single questions about a function for Python: is this so everywhere, where is that, what is the inverse there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli import study_questions
from derivcli.api_requests import request_of
from derivcli.python_arguments import intervals_of, reading, text_in
from derivcli.python_options import Formula, Lets, On

if TYPE_CHECKING:
    from derivcli.study.questions import Claim, Inverse, Solutions


@reading()
def claim(expression: Formula, statement: str, on: On | None = None, *, let: Lets | None = None) -> Claim:
    """Whether a statement such as "f' > 0" or "0 <= f < x" is so at every point of an interval, with proof.

    In it f, f' and f'' are the function and its derivatives. `on` is that of `study`; without it, it is the whole line.
    The claim's `kind` is "proved", "refuted", and then it is not so `at` a point, or "undecided"; `why` says more.
    """
    request = request_of([expression], None, None, let=let, study=intervals_of(on))
    return study_questions.claims(request, [_text(statement, "a statement")])[0]


@reading()
def solve(expression: Formula, equation: str, on: On | None = None, *, let: Lets | None = None) -> Solutions:
    """All solutions of an equation such as "f = 3" or "f' = 0" on an interval, with proof that there are no others.

    They are `found`, each a special point; on the intervals of `everywhere` every point is one. The solutions are
    `complete` where no others exist; else `undecided` says where a question is open, and why.
    """
    request = request_of([expression], None, None, let=let, study=intervals_of(on))
    return study_questions.solutions(request, [_text(equation, "an equation")])[0]


@reading()
def inverse(expression: Formula, value: Formula, on: On | None = None, *, let: Lets | None = None) -> Inverse:
    """The inverse of a function at a value that it has: the place `x` and the inverse's `derivative`, with proof.

    Raises DerivError where the function is not proved to rise, or to fall, on all of the interval.
    """
    from derivcli.language.parse import parse_expression

    request = request_of([expression], None, None, let=let, study=intervals_of(on))
    return study_questions.inverses(request, [parse_expression(_text(value, "a value")).expanded])[0]


def _text(given: Formula, what: str) -> str:
    """What Python gives for a text."""
    found = text_in(given, what)
    return found if isinstance(found, str) else found.text
