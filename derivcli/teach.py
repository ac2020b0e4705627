"""The functions for Python that show the work.

Arguments that they share with `derive` mean what it says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli import calculate
from derivcli.derive import At, Lets, points_of
from derivcli.errors import DerivError
from derivcli.fitting import Known, check_range
from derivcli.language import limits
from derivcli.wanted import Named, Wanted, wrt_of

if TYPE_CHECKING:
    from derivcli.check.custom.load import CustomFunction
    from derivcli.check.custom.report import FunctionReport
    from derivcli.explain.ledger import Ledger
    from derivcli.language.expression import Expression
    from derivcli.points.grid import Points


def explain(
    expression: str | Expression,
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    dtype: str = "float64",
    check: bool | None = None,
) -> Ledger:
    """The graph that PyTorch builds of an expression, with all that its backward pass does there.

    `at`, `wrt`, `let`, `paired`, `dtype` and `check` are those of `derive`, and so are the numbers in the ledger's
    `result`. The arrays of its `nodes` have shape (points,). Of several points the outputs are summed. Raises
    DerivError for input that is refused.
    """
    points = points_of(at, paired)
    if points is None:
        raise TypeError("a ledger has points")
    return explain_at(points, expression, Wanted(wrt_of(wrt)), Named(let or {}), dtype, check)


def explain_at(
    points: Points, expression: str | Expression, wanted: Wanted, named: Named, dtype: str, check: bool | None
) -> Ledger:
    """The ledger of an expression at points that were read already."""
    from dataclasses import replace

    if points.count > limits.LEDGER:
        message = f"{points.count:,} points are more than the {limits.LEDGER:,} that a ledger shows"
        raise DerivError(message, hint="take fewer points")
    task = calculate.read(Known(points.names), [expression], wanted, named, dtype)
    check_range(points, dtype)
    from derivcli.explain.ledger import ledger_of

    at = {name: points.at[name] for name in task.names}
    with calculate.own_failures(task.expressions):
        ledger = ledger_of(task.expressions[0], at, [name for (name,) in task.partials], dtype)
    if not calculate.is_checked(check, points.count * len(task.partials)):
        return ledger
    return replace(ledger, result=calculate.judged([ledger.result], points)[0])


def check_function(
    function: CustomFunction | str,
    against: str | None = None,
    at: At | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    paired: bool = False,
) -> FunctionReport:
    """What is right and wrong with a torch.autograd.Function: a class, or FILE.py:NAME, a file that is run for it.

    `against` is the formula that the forward should be, over the names of its arguments; without one the backward is
    compared with quotients of differences of the forward. `at` says where, as in `derive`, by default at ordinary
    points; `wrt` names the arguments to differentiate by, without those that are meant to be constants.
    The report's `diagnosis` is a sentence, empty where the function is `ok`. Raises DerivError for what cannot be
    checked: a function that does not work point by point, or has no value at any of the points.
    """
    return check_function_at(points_of(at, paired), function, against, wrt_of(wrt))


def check_function_at(
    points: Points | None, function: CustomFunction | str, against: str | None, wrt: Sequence[str] | None
) -> FunctionReport:
    """The report of a function at points that were read already."""
    from derivcli.check.custom.check import check_class
    from derivcli.check.custom.load import checked, find

    if isinstance(function, str):
        name, found = find(function)
    else:
        name = getattr(function, "__name__", type(function).__name__)
        found = checked(name, function)
    return check_class(name, found, against, points, wrt, function if isinstance(function, str) else "")
