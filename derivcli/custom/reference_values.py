"""What is true of a function at points, and how far that may be off itself; by its formula exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivcli.custom.probe import Columns

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.result import Partial

SAFETY = 10.0
"""So many times an estimated error is allowed for."""

SECONDS = 2.0
"""How long one exact number may take."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """True numbers and how far off they may be themselves, of one shape; nan where nothing is known."""

    numbers: Tensor
    errors: Tensor

    @property
    def known(self) -> Tensor:
        """Where there is a true number."""
        return self.numbers.isfinite()


def stack(truths: Sequence[Truth]) -> Truth:
    """Several truths as one, along a new first axis."""
    return Truth(torch.stack([each.numbers for each in truths]), torch.stack([each.errors for each in truths]))


def by_formula(formula: Expression, names: Sequence[str], columns: Columns, partial: Partial = ()) -> Truth:
    """The values of a formula or of one of its derivatives, by ball arithmetic."""
    from derivcli.check.enclosure import Site, restored_context
    from derivcli.engines.balls.evaluation import coordinate
    from derivcli.engines.balls.tape import record

    tape = record(formula.expanded, formula.variables)
    found = []
    with restored_context():
        for point in range(len(columns[0])):
            at = {name: coordinate(x[point].item()) for name, x in zip(names, columns, strict=True)}
            site = Site(formula, tape, {name: at[name] for name in formula.variables})
            found.append(_exact(site, partial))
    numbers = torch.tensor(found, dtype=torch.float64)
    return Truth(numbers, torch.zeros_like(numbers))


def _exact(site: object, partial: Partial) -> float:
    """One true number; nan where there is none or none was found in time."""
    from derivcli.check.enclosure import Site, enclosure
    from derivcli.engines.balls.errors import TouchError, UnsureError
    from derivcli.engines.balls.partials import Derivative
    from derivcli.engines.time_limit import OutOfTimeError, limited

    assert isinstance(site, Site), "a formula at a point"
    absent = not {*partial} <= {*site.expression.variables}
    try:
        number = limited(SECONDS, enclosure, site, Derivative(() if absent else partial)).number
    except (TouchError, UnsureError, OutOfTimeError):
        return torch.nan
    return 0.0 if absent else number
