"""The equations that stand first in a document: what was read, and along what it is differentiated."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.render import latex_equations
from derivcli.render.blocks import Equations, Sentence
from derivcli.render.captions import direction_line
from derivcli.render.quantities import dependent_of, equations
from derivcli.result import AnyResult, Result, SymbolicResult


def understood(results: Sequence[AnyResult]) -> Equations:
    """What was read; of an equation both sides are the user's own."""
    is_typed = any(map(dependent_of, results))
    return Equations(equations(results), lambda: latex_equations.understood(results), typed=is_typed)


def direction(results: Sequence[Result] | Sequence[SymbolicResult]) -> Sentence:
    """Along what vector derivatives are, if along one."""
    return Sentence(direction_line(results), latex=lambda: latex_equations.direction(results))
