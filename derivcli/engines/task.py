"""What an engine is asked for, what it answers with, and the two put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.result import DEVICES, DTYPES, Partial, Result, Sums

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points
    from derivcli.result import FloatArray

Progress = Callable[[str, int, int | None], None]
"""Takes what is being done, and how many of how many are done: None where nobody knows, 0 of None before a wait."""


class UnavailableError(Exception):
    """Raised where an engine cannot compute a task, and another one can; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Task:
    """Values and partial derivatives of several expressions in the variables `names`.

    With a `direction` the derivatives are along it. With a `dependent` variable they are those of this variable,
    which each expression, being 0, makes a function of the others. `device` is one of DEVICES. With `sums`, for each
    expression some, these are asked for in the place of the derivatives, which engines compute all the same. The
    `hidden` ones of the partials are computed for uncertainties, and not shown.
    """

    expressions: Sequence[Expression]
    names: Sequence[str]
    partials: Sequence[Partial]
    dtype: str = DTYPES[0]
    direction: Points | None = None
    dependent: str = ""
    device: str = DEVICES[0]
    sums: Sequence[Sums] = ()
    hidden: Sequence[Partial] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An engine made ready for a task: the values of its variables in, results out.

    The results may share memory with the values and with each other. `run` reports its progress if it takes several
    passes over a program. `threads` says whether several chunks may be computed at once: not where a function
    is computed in high precision, in Python, which does one thing at a time.
    """

    run: Callable[[Mapping[str, FloatArray], Progress | None], list[Result]]
    threads: bool = True


def at_once(
    prepared: Callable[[Task], Prepared],
    expressions: Sequence[Expression],
    at: Mapping[str, FloatArray],
    partials: Sequence[Partial],
    dtype: str = DTYPES[0],
    direction: Points | None = None,
    dependent: str = "",
) -> list[Result]:
    """What an engine gives at points: arrays of shape (points,) for every variable."""
    return prepared(Task(expressions, tuple(at), partials, dtype, direction, dependent)).run(at, None)
