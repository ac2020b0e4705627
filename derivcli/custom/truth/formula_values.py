"""The true values of a formula and of its derivatives, by ball arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from derivcli.check.enclosure import Site, enclosure, restored_context
from derivcli.custom.subject import Columns
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.expression import Expression
from derivcli.result import Partial

EXACT_SECONDS = 2.0


def formula_values(formula: Expression, names: Sequence[str], columns: Columns, partial: Partial) -> Tensor:
    """The values of a formula or of one of its derivatives, of shape (points,); nan where there is none."""
    tape = record(formula.expanded, formula.variables)
    found = []
    with restored_context():
        for point in range(columns.shape[1]):
            at = {name: coordinate(x[point].item()) for name, x in zip(names, columns, strict=True)}
            found.append(_exact(Site(formula, tape, {name: at[name] for name in formula.variables}), partial))
    return torch.tensor(found, dtype=torch.float64)


def _exact(site: Site, partial: Partial) -> float:
    """One true number; nan where there is none or none was found in time."""
    is_constant = not {*partial} <= {*site.expression.variables}
    try:
        number = limited(EXACT_SECONDS, enclosure, site, Derivative(() if is_constant else partial)).number
    except (TouchError, UnsureError, OutOfTimeError):
        return torch.nan
    return 0.0 if is_constant else number
