"""The functions for Python that show the work.

Arguments that they share with `derive` mean what it says of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from derivcli import pipeline
from derivcli.api import At, Lets, points_of
from derivcli.check.limits import is_checked
from derivcli.engines.non_finite import without_numbers
from derivcli.errors import ArgumentError, DerivError, Span
from derivcli.language import limits
from derivcli.request import (
    NOTHING,
    Formula,
    Named,
    Wanted,
    formulas_of,
    lets_of,
    mixed_of,
    names_of,
    reading,
    text_in,
    wrt_of,
)
from derivcli.result import SymbolicResult, derivative_key
from derivcli.validation import Known, check_held, check_range, check_wrt

if TYPE_CHECKING:
    from derivcli.custom.load import CustomFunction
    from derivcli.custom.report import FunctionReport
    from derivcli.explain.answer.answer import Answer
    from derivcli.explain.code.script_plan import Lesson
    from derivcli.explain.ledger import Ledger
    from derivcli.explain.steps.derivation import Derivation
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points
    from derivcli.result import Partial

_EQUALITY = re.compile(r"(?<![<>=!])=(?!=)")
_AT_OR = re.compile(r"--at \S+ or ")


@reading
def explain(
    expression: Formula,
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
        raise ArgumentError("a ledger has points", hint='give them, as in at={"x": 1}')
    return explain_at(points, expression, Wanted(wrt_of(wrt)), Named(lets_of(let)), dtype, check)


def explain_at(
    points: Points, expression: Formula, wanted: Wanted, named: Named, dtype: str, check: bool | None
) -> Ledger:
    """The ledger of an expression at points that were read already."""
    from dataclasses import replace

    if points.count > limits.LEDGER:
        message = f"{points.count:,} points are more than the {limits.LEDGER:,} that a ledger shows"
        raise DerivError(message, hint="take fewer points")
    with _no_equation("leave out what is before or behind the '=': a graph is that of a formula"):
        task = pipeline.read(Known(points.names), [expression], wanted, named, dtype)
    check_range(points, dtype)
    from derivcli.explain.ledger_builder import ledger_of

    at = {name: points.at[name] for name in task.names}
    with pipeline.own_failures(task.expressions):
        ledger = ledger_of(task.expressions[0], at, [name for (name,) in task.partials], dtype)
    ledger = replace(ledger, result=without_numbers([ledger.result])[0])
    if not is_checked(check, points.count * len(task.partials)):
        return ledger
    return replace(ledger, result=pipeline.judged([ledger.result], points)[0])


@reading
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
    from derivcli.custom.check_class import check_class
    from derivcli.custom.load import checked, find

    if points is not None and not (points.count and points.is_finite):
        raise ArgumentError("a function is tried at finite points, one or more", hint="leave out all others")
    if isinstance(function, str):
        name, found = find(function)
    else:
        name = getattr(function, "__name__", type(function).__name__)
        found = checked(name, function)
    return check_class(name, found, against, points, wrt, function if isinstance(function, str) else "")


@reading
def script(
    expression: Formula | Sequence[Formula],
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    along: At | None = None,
    hessian: bool = False,
    dependent: str = "",
    series: int | None = None,
    plot: str = "",
    dtype: str = "float64",
    device: str = "cpu",
) -> str:
    """A short script in PyTorch, with comments, that computes what `derive` does, and prints it.

    Several expressions make a Jacobian. `hessian` asks for all second derivatives, `dependent` names the variable
    that an equation makes a function of the others, `series` is the degree of a Taylor polynomial, and `plot` the
    file of a picture to be drawn instead of printing; all else means what `derive` says. Nothing is computed here.
    Raises DerivError for input that is refused.
    """
    from derivcli.explain.code.script import write_script

    name = names_of([dependent], "y")[0] if dependent else ""
    points = points_of(at, paired)
    if points is None:
        raise ArgumentError("a script has points", hint='give them, as in at={"x": 1}')
    wanted = Wanted(wrt_of(wrt), order, mixed_of(mixed), points_of(along, what="along"), hessian, name, series)
    several = isinstance(expression, Sequence) and not isinstance(expression, str | bytes)
    expressions = formulas_of(expression, "expression") if several else [cast("Formula", expression)]
    return write_script(lesson(points, expressions, wanted, Named(lets_of(let)), dtype, device, plot))


def lesson(
    points: Points,
    expressions: Sequence[Formula],
    wanted: Wanted,
    named: Named = NOTHING,
    dtype: str = "float64",
    device: str = "cpu",
    plot: str = "",
) -> Lesson:
    """What a script is to do, once everything fits together; PyTorch is not needed for that."""
    from derivcli.engines.task import Task
    from derivcli.explain.code.script_plan import Lesson
    from derivcli.render.columns import derivative_label, function_names

    check_held(points.count)
    check_range(points, dtype)
    if wanted.series is None:
        task = pipeline.read(Known(points.names), expressions, wanted, named, dtype, device)
    else:
        parsed, by = pipeline.series_of(points, expressions, wanted, named, dtype)
        task = Task(parsed, points.names, [(by,)], dtype, device=device)
    found = {derivative_key(partial): task.expressions[0] for partial in task.partials}
    shapes = [
        SymbolicResult(each, found, direction=task.direction, dependent=task.dependent) for each in task.expressions
    ]
    functions = function_names(shapes)

    def label(place: int, partial: Partial) -> tuple[str, str]:
        made = derivative_label(functions[place], derivative_key(partial), shapes[place])
        return made.plain, made.shown(unicode=False)

    return Lesson(task, points, functions, label, wanted.series, plot)


@reading
def steps(
    expression: Formula,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
) -> list[Derivation]:
    """How the derivatives of an expression are found, rule by rule.

    There is a derivation for each derivative, and for each of lower order on the way to it, before it. Its `steps` have
    the `rule` and the `text` of the formula after it; the last is the derivative that `derive` gives.
    """
    return steps_of(expression, Wanted(wrt_of(wrt), order, mixed_of(mixed)), Named(lets_of(let)))


def steps_of(expression: Formula, wanted: Wanted, named: Named) -> list[Derivation]:
    """The derivations of the derivatives that are wanted of an expression."""
    from derivcli.explain.steps.derivation_builder import derivations

    hint = "write a formula; for the derivative of an equation say --implicit y, without 'steps'"
    with _without_points(), _no_equation(hint):
        (result,) = pipeline.derive_formulas([expression], wanted, named)
    return derivations(result)


@reading
def answer(
    expression: Formula,
    claim: Formula,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
) -> Answer:
    """Whether a formula, the `claim`, is the derivative of an expression, and if not, where and perhaps why not.

    The answer is `equal` or not, and `how` it is known: "proved", "agrees" (at `points` points to `digits` digits),
    "differs" (at the `counterexample`, with a `diagnosis`), or "undecided". Where a claim that differs is right by
    another meaning of a text such as "1/2x", `meant` is the answer for that. An expression of several variables needs
    `wrt` or `mixed`.
    """
    return answer_of(expression, claim, Wanted(wrt_of(wrt), order, mixed_of(mixed)), Named(lets_of(let)))


def answer_of(expression: Formula, claim: Formula, wanted: Wanted, named: Named = NOTHING) -> Answer:
    """Whether a claim is the derivative that is wanted of an expression."""
    from derivcli.explain.answer.judge_claim import judged
    from derivcli.explain.answer.other_readings import reconsidered

    with _without_points():
        formula, claimed = _read(expression, claim, wanted, named)
    partial = _only_partial(formula, claimed, wanted)
    return reconsidered(judged(formula, claimed, partial), partial, wanted.names)


@contextmanager
def _without_points() -> Iterator[None]:
    """Let a refusal show no way out by points, where none are taken."""
    try:
        yield
    except DerivError as error:
        error.hint = _AT_OR.sub("", error.hint)
        raise


def _read(expression: Formula, claim: Formula, wanted: Wanted, named: Named) -> tuple[Expression, Expression]:
    """The formula and the claim, in which the variables of the formula are declared."""
    from derivcli.language.definitions import read_definitions
    from derivcli.language.parse import parse_expression

    definitions = read_definitions(named.formulas, wanted.names)
    expression, claim = text_in(expression), text_in(claim, "a claim")
    if isinstance(expression, str):
        expression = parse_expression(expression, wanted.names, definitions)
    if expression.own:
        hint = "deriv check-fn checks code"
        raise DerivError(f"'{expression.own[0]}' is code, whose derivative is not known", hint=hint)
    if isinstance(claim, str):
        equality = _EQUALITY.search(claim)
        if equality:
            hint = f"write what stands behind it: {claim[equality.end() :].strip() or '2*x'}"
            raise DerivError("a claim is a formula, not an equation", claim, Span(*equality.span()), hint)
        known = definitions or expression.definitions
        claim = parse_expression(claim, {*wanted.names, *expression.variables}, known)
    return expression, claim


def _only_partial(expression: Expression, claim: Expression, wanted: Wanted) -> Partial:
    """The derivative that the claim is about."""
    variables = expression.variables or (claim.variables if len(claim.variables) == 1 else ())
    by = wanted.by(variables)
    source = expression.source
    if not by:
        message = "there is no variable to differentiate by"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    check_wrt(by, variables or by, [expression])
    partials = wanted.partials(variables)
    if len(partials) > 1:
        message = f"a claim is one derivative, and there are those by {' and '.join(map(','.join, partials))}"
        hint = f"say which, as in {f'--wrt {by[0]}' if not wanted.mixed else '--mixed ' + ','.join(partials[0])}"
        raise DerivError(message, source, Span(0, len(source)), hint)
    return partials[0]


@contextmanager
def _no_equation(hint: str) -> Iterator[None]:
    """Give the way out that fits where an equation is refused."""
    from derivcli.language.tokens import EQUATION

    try:
        yield
    except DerivError as error:
        if error.message == EQUATION:
            error.hint = hint
        raise
