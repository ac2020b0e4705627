"""Single questions about a function on an interval: claims, equations, and values of its inverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.pipeline import parse
from derivcli.request import Request
from derivcli.validation import check_known, check_not_code, equation_hint, studied_variable

if TYPE_CHECKING:
    from derivcli.language.tree import Tree
    from derivcli.study.claims.asked import Asked
    from derivcli.study.questions import Claim, Inverse, Solutions


def claims(request: Request, texts: Sequence[str]) -> list[Claim]:
    """What becomes of each claim."""
    from derivcli.study.claims.claims import decide

    asked = _asked(request)
    return [decide(text, asked) for text in texts]


def solutions(request: Request, texts: Sequence[str]) -> list[Solutions]:
    """All solutions of each equation."""
    from derivcli.study.claims.claims import solve

    asked = _asked(request)
    return [solve(text, asked) for text in texts]


def inverses(request: Request, values: Sequence[Tree]) -> list[Inverse]:
    """The inverse at each value."""
    from derivcli.simplify.domains.roots import root
    from derivcli.study.claims.inverse import inverse

    asked, found = _asked(request), []
    for value in values:
        place = root(value)
        if place is None:
            raise DerivError("this value is not known as a number", hint="write a number such as 2 or pi/2")
        found.append(inverse(asked, place))
    return found


def _asked(request: Request) -> Asked:
    """The function and its interval, the whole line where none is given."""
    if len(request.study) > 1:
        raise DerivError("this is asked of a function on one interval", hint="leave out all but one")
    with equation_hint("leave out what is before or behind the '=': this is asked of a formula"):
        (expression,) = parse(request)
    check_not_code(expression)
    check_known([expression])
    from derivcli.study.claims.asked import Asked
    from derivcli.study.interval_ends import ends_of
    from derivcli.study.study_function import WHOLE_LINE

    ends = ends_of(request.study[0]) if request.study else WHOLE_LINE
    return Asked(expression, studied_variable(expression, request.study), ends, request.let)
