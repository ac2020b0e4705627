"""What a function is called with: what its arguments are, shapes that it takes, and ordinary points or those typed.

Nobody has to say any of it. Every way of calling is tried, the likeliest first, until one is found in which forward and
backward run, the numbers are finite, and the outcome depends on every argument; else the best of all is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from derivcli.custom.arguments.attempts import Attempt, Rank, attempted, is_pointwise, quiet, where_finite
from derivcli.custom.arguments.given import NOTHING, Given, check_arguments, completed
from derivcli.custom.arguments.guards import with_guard
from derivcli.custom.arguments.kinds import Choice, TensorKind, texts_in, ways, whole_numbers
from derivcli.custom.arguments.ordinary_points import ordinary_points, taking_vectors
from derivcli.custom.arguments.shapes import Assignment, Shape, assignments
from derivcli.custom.arguments.symmetry import with_symmetric
from derivcli.custom.arguments.values import ORDINARY, SHAPED_POINTS, VALUES, drawn
from derivcli.custom.arguments.variants import with_variants
from derivcli.custom.budget import SEARCH_SECONDS
from derivcli.custom.loading.custom_function import CustomFunction, Parameter
from derivcli.custom.subject import Argument, Columns, Subject
from derivcli.errors import DerivError
from derivcli.language.expression import Expression

VARIADIC_COUNTS = (2, 1, 3, 4)
"""So many arguments are tried for `*args`."""

FEW_TRIES = 3
"""After so many that fail since something is of the wrong type, other shapes are not tried."""

LIKELY_SHAPES = 40
"""So many are tried with other values where a function fails with all of them, and where it is oddly called."""


def bind(
    function: CustomFunction, formula: Expression | None = None, given: Given = NOTHING, named: Collection[str] = ()
) -> Subject:
    """The function with arguments that it takes, pointwise if it can be so called, and points to try it at.

    Constants are varied, above all those that are `named` in stated gradients. Where None was given for one and the
    function refuses it, or has that word, it is the text 'none'.

    Raises DerivError where it cannot be called in any way that was tried.
    """
    given = given.without_constructed(function)
    readings = [given] if given.in_words is None else [given, given.in_words]
    if "none" in texts_in(function):
        readings.reverse()
    refusal: DerivError | None = None
    for reading in readings:
        try:
            return _bound(function, formula, reading, named)
        except DerivError as error:
            refusal = refusal if refusal is not None and reading is not given else error
    assert refusal is not None, "one way at least was tried"
    raise refusal


def _bound(function: CustomFunction, formula: Expression | None, given: Given, named: Collection[str]) -> Subject:
    best: Attempt | None = None
    reasons: set[str] = set()
    with quiet():
        for parameters in _signatures(function, given):
            for attempt in _attempts(function, parameters, formula, given):
                reasons |= attempt.reasons or {attempt.reason}
                if best is None or (attempt.is_better(best) and attempt.gives_numbers_for(best.missing)):
                    best = attempt
                if best.is_settled or function.budget.spent > SEARCH_SECONDS:
                    break
            if best is not None and best.rank >= Rank.FORWARD_ONLY:
                break
        if best is None and formula is not None:
            message = f"'{function.name}' could not be called with numbers for all that stands in the formula"
            raise DerivError(message, hint="give one, as in `--with lam=0.5`")
        if best is None:
            raise DerivError(
                f"'{function.name}' takes no tensor", hint="say with `--shape x=4x3` which argument is one"
            )
        if best.rank is Rank.FAILS and not best.is_of_code:
            _refuse(best, len(reasons) == 1, given)
        subject = with_guard(with_symmetric(best.subject))
        asked = any(each.symmetric for each in subject.arguments)
        rank = attempted(subject).rank if asked and subject.count else best.rank
        return with_variants(subject, given, named) if subject.count and rank >= Rank.CONSTANT else subject


def _refuse(attempt: Attempt, always: bool, given: Given) -> None:
    """Say what was raised, and what to do about it: the shapes are not to blame where others fail `always` alike."""
    if isinstance(attempt.error, DerivError):
        raise attempt.error
    reason = f": {attempt.reason}" if attempt.reason else ""
    hint = "say what its arguments are with `--shape x=4x3`, or with `--with dim=1` where they are no tensors"
    if given.points is not None or given.tensors or given.shapes:
        hint = "give others with `--at` or `--shape`"
    elif always:
        hint = "it raises this for all shapes that were tried; where it takes others say so with `--shape x=4x3`"
    elif any(str(value) in reason for each in given.constants.values() for value in each):
        hint = "give another value with `--with`"
    raise DerivError(f"'{attempt.subject.name}' could not be called{reason}", hint=hint)


def _signatures(function: CustomFunction, given: Given) -> Iterator[tuple[Parameter, ...]]:
    """The parameters, with so many in the place of one that stands for any number."""
    place = next((k for k, each in enumerate(function.parameters) if each.kind == "variadic"), None)
    if place is None:
        check_arguments(function.name, given.names, [each.name for each in function.parameters])
        yield function.parameters
        return
    before, stem, after = function.parameters[:place], function.parameters[place].name, function.parameters[place + 1 :]
    said = [name for name in given.names if name.startswith(f"{stem}[")]
    counts = VARIADIC_COUNTS if not said else (1 + max(int(name[len(stem) + 1 : -1]) for name in said),)
    for count in counts:
        several = tuple(Parameter(f"{stem}[{k}]", "positional") for k in range(count))
        parameters = (*before, *several, *after)
        check_arguments(function.name, given.names, [each.name for each in parameters])
        yield parameters


@dataclass(frozen=True)
class Plan:
    """What each argument is, with the shapes that are known, and the tensors that are of no real numbers."""

    arguments: tuple[Argument, ...]
    fixed: Mapping[str, Shape]
    whole: Mapping[str, TensorKind]

    @property
    def no_points(self) -> Columns:
        """No points for as many tensors."""
        return torch.zeros(sum(each.shape is not None for each in self.arguments), 0, dtype=torch.float64)

    @property
    def shaped_names(self) -> list[str]:
        """The arguments that have a shape."""
        return [each.name for each in self.arguments if each.shape is not None or each.name in self.whole]

    def called(self, subject: Subject, shapes: Mapping[str, Shape], columns: Columns) -> Subject:
        """The function called with tensors of shapes."""
        arguments = []
        for each in self.arguments:
            if each.name in self.whole:
                arguments.append(replace(each, constant=whole_numbers(self.whole[each.name], shapes[each.name])))
            else:
                arguments.append(each if each.shape is None else replace(each, shape=shapes[each.name]))
        return replace(subject, arguments=tuple(arguments), columns=columns, pointwise=False)


def _attempts(
    function: CustomFunction, parameters: Sequence[Parameter], formula: Expression | None, given: Given
) -> Iterator[Attempt]:
    """How well it goes in each way in which arguments that nobody gave may be tensors or constants."""
    free = [each.name for each in parameters if _is_open(each, given)]
    for number, way in enumerate(ways(function, free, given.numbers)):
        plan = _plan(parameters, dict(zip(free, way, strict=True)), given)
        if not plan.shaped_names:
            continue
        subject = Subject(function, plan.arguments, plan.no_points, typed=given.is_typed)
        if formula is not None:
            subject = replace(subject, formula=completed(formula, plan.arguments))
            if subject.formula is None:
                continue
        if not (plan.fixed or plan.whole):
            pointwise = _pointwise(subject, given)
            yield from pointwise
            if formula is not None or any(each.is_settled for each in pointwise):
                continue
        yield _shaped(subject, plan, given, thorough=number == 0)


def _is_open(parameter: Parameter, given: Given) -> bool:
    if parameter.name in given.shapes or parameter.name in given.tensors:
        return False
    typed = given.points is not None and parameter.name in given.points.names
    return typed or (parameter.required and parameter.name not in given.constants)


def _plan(parameters: Sequence[Parameter], choices: Mapping[str, Choice], given: Given) -> Plan:
    fixed: dict[str, Shape] = {name: tuple(tensor.shape) for name, tensor in given.tensors.items()} | {**given.shapes}
    arguments = []
    for each in parameters:
        name, choice = each.name, choices.get(each.name)
        if isinstance(each.default, Tensor) and each.default.is_floating_point() and name not in given.constants:
            fixed.setdefault(name, tuple(each.default.shape))
        is_tensor = name in fixed or (choice is not None and choice.tensor == "numbers")
        constant = given.constants[name][0] if name in given.constants else each.default
        if is_tensor:
            constant = None
        elif choice is not None:
            constant = choice.constant
        wanted = is_tensor and (given.wrt is None or name in given.wrt)
        found = choice is not None and not is_tensor
        arguments.append(Argument(name, () if is_tensor else None, constant, wanted, each.kind == "keyword", found))
    whole = {name: each.tensor for name, each in choices.items() if each.tensor not in (None, "numbers")}
    return Plan(tuple(arguments), fixed, whole)


def _pointwise(subject: Subject, given: Given) -> list[Attempt]:
    """The function called with vectors of points, where it is to be called so."""
    taking = taking_vectors(subject)
    subject = taking or subject
    if given.points is None:
        if subject.formula is None and taking is None:
            return []
        subject = replace(subject, columns=ordinary_points(subject))
        return [_of_points(subject)] if subject.formula is not None or is_pointwise(subject) else []
    typed = replace(subject, columns=given.columns(subject))
    if subject.formula is None and taking is not None:
        company = torch.cat([typed.columns, ordinary_points(subject)], -1)
        if not is_pointwise(replace(subject, columns=company)) and (typed.count == 1 or not is_pointwise(typed)):
            return []
    return [_of_points(typed)]


def _of_points(subject: Subject) -> Attempt:
    """How well the function goes at points, all of which are kept."""
    return replace(attempted(subject), subject=subject)


def _shaped(subject: Subject, plan: Plan, given: Given, thorough: bool) -> Attempt:
    """The best attempt to call the function with tensors of the likeliest shapes, once for each point."""
    fixed = [plan.fixed.get(name, given.shape_of(name)) for name in plan.shaped_names]
    most = None if thorough else LIKELY_SHAPES
    several, single = (shapes[:most] for shapes in assignments(fixed, bool(plan.whole)))
    best = _best(subject, plan, several or single, given, thorough)
    if best.rank >= Rank.SPREAD or not (several and single):
        return best
    other = _best(subject, plan, single, given, thorough)
    return replace(other if other.is_better(best) else best, reasons=best.reasons | other.reasons)


def _best(subject: Subject, plan: Plan, shapes: Sequence[Assignment], given: Given, thorough: bool) -> Attempt:
    """The best attempt with shapes: with ordinary values, and where none is good with others that it may need."""
    best: Attempt | None = None
    reasons = set()
    for values in VALUES:
        undecided = []
        for tried, assignment in enumerate(shapes):
            attempt = _called(subject, plan, assignment, values, given)
            if (attempt.rank is Rank.NOT_FINITE or attempt.is_of_range) and values == ORDINARY:
                others = (_called(subject, plan, assignment, each, given) for each in VALUES if each != values)
                attempt = max(attempt, *others, key=lambda each: each.rank)
            reasons.add(attempt.reason)
            best = replace(attempt if attempt.is_better(best) else best or attempt, reasons=frozenset(reasons))
            if (
                best.rank is Rank.GOOD
                or subject.budget.spent > SEARCH_SECONDS
                or (best.rank is Rank.FAILS and tried == FEW_TRIES and attempt.is_of_types)
            ):
                return best
            if attempt.is_of_values:
                undecided.append(assignment)
        if best is not None and best.rank >= Rank.SPREAD:
            return best
        failed = thorough and (best is None or best.rank is Rank.FAILS)
        shapes = list(dict.fromkeys([*(shapes[:LIKELY_SHAPES] if failed else ()), *undecided]))
    assert best is not None, "there are shapes to be tried"
    return best


def _called(subject: Subject, plan: Plan, assignment: Assignment, values: str, given: Given) -> Attempt:
    shapes = dict(zip(plan.shaped_names, assignment, strict=True))
    real = {name: shape for name, shape in shapes.items() if name not in plan.whole}
    columns = given.filled(drawn([*real.values()], values), real)
    attempt = attempted(plan.called(subject, shapes, columns))
    if attempt.rank <= Rank.NOT_FINITE:
        return attempt
    return replace(attempt, subject=where_finite(attempt.subject, subject.budget.part_of(SHAPED_POINTS, 1)))
