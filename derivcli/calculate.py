"""The calculation from text to numbers, in its order: points, definitions, expressions, engine, check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from derivcli.errors import DerivError, Span
from derivcli.result import DTYPES, FLAGS, SMALL

if TYPE_CHECKING:
    from derivcli.language.expression import Definition, Expression
    from derivcli.points.spec import Interval, Points
    from derivcli.result import FloatArray, Partial, Result, SeriesResult, SymbolicResult
    from derivcli.wanted import Wanted

Lets = Mapping[str, str]
Progress = Callable[[str, int, int], None]
"""Is told what is being done, and how many of how many are done."""
Engine = Callable[..., list["Result"]]


def derive_at(
    points: Points,
    expressions: Sequence[str | Expression],
    wanted: Wanted,
    let: Lets | None = None,
    dtype: str = "float64",
    check: bool | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Values and derivatives of several expressions at the same points, with their verdicts.

    With a dependent variable the expressions are equations.
    """
    parsed = _parse_all(expressions, {*points.at, *wanted.names}, let, bool(wanted.dependent))
    variables = _variables(parsed)
    _check_values(parsed, variables, points.at, wanted.names)
    _check_range(points.at, dtype)
    partials = _partials(wanted, variables, list(points.at), parsed)
    engine = wanted.engine_for(partials)
    telling = partial(progress, "differentiating") if progress else None
    computed = _computed(engine, parsed, points.at, partials, dtype, wanted.along, wanted.dependent, telling)
    results = [replace(result, layout=wanted.layout) for result in computed]
    if wanted.dependent:
        results = _flagged_off_the_curve(results, dtype)
    if not _is_checked(check, sum(len(result.value) * len(result.derivatives) for result in results)):
        return results
    from derivcli.check.judge import check_all

    return check_all(results, points, partial(progress, "checking") if progress else None)


def derive_formulas(
    expressions: Sequence[str | Expression], wanted: Wanted, let: Lets | None = None
) -> list[SymbolicResult]:
    """The derivatives of several expressions as formulas."""
    parsed = _parse_all(expressions, wanted.names, let, bool(wanted.dependent))
    variables = _variables(parsed)
    if wanted.engine:
        raise DerivError("an engine computes numbers, and there are no points", hint="add some, as in --at x=3")
    if not wanted.by(variables) and not wanted.dependent:
        source = parsed[0].source
        message = "there is no variable to differentiate by"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    partials = _partials(wanted, variables, [], parsed)
    from derivcli.engines import symbolic

    return [
        replace(symbolic.differentiate(expression, partials, wanted.along, wanted.dependent), layout=wanted.layout)
        for expression in parsed
    ]


def series_at(
    points: Points,
    expressions: Sequence[str | Expression],
    wanted: Wanted,
    interval: Interval | None = None,
    let: Lets | None = None,
    dtype: str = "float64",
    check: bool | None = None,
    progress: Progress | None = None,
) -> list[SeriesResult]:
    """The Taylor polynomials of several expressions about the same points, in the variable wanted or in their only one.

    With an `interval` of that variable the remainder there is enclosed.
    """
    assert wanted.series is not None, "a series has a degree"
    parsed = _parse_all(expressions, {*points.at, *wanted.names}, let)
    variables = _variables(parsed)
    _check_values(parsed, variables, points.at, wanted.names)
    _check_range(points.at, dtype)
    by = _only(wanted.by(variables or list(points.at)), parsed)
    _check_wrt([by], dict.fromkeys([*variables, *points.at]), parsed)
    if interval is not None and interval.variable != by:
        hint = f"write it like --on {by}=0:1"
        raise DerivError(f"the series is in '{by}', and the interval is one of '{interval.variable}'", hint=hint)
    from derivcli.engines.taylor import engine

    results = engine.series(parsed, points, by, wanted.series, dtype)
    if _is_checked(check, sum(result.coefficients.size for result in results)):
        from derivcli.check.series import check_series

        results = [check_series(result, partial(progress, "checking") if progress else None) for result in results]
    if interval is None:
        return results
    from derivcli.check.remainder import remainders

    bounded = [replace(result, interval=(interval.low, interval.high)) for result in results]
    return [replace(result, remainder=remainders(result)) for result in bounded]


def _is_checked(check: bool | None, count: int) -> bool:
    """Whether so many numbers are judged: those of small jobs without being asked to."""
    return count <= SMALL if check is None else check


def _computed(engine: str, *job: Any) -> list[Result]:
    """What an engine computes, or backward passes where there is no compiled kernel, with a remark that says why."""
    if engine != "compiled":
        return [replace(result, engine=engine) for result in _engine(engine)(*job)]
    from derivcli.engines import compiled

    try:
        return compiled.differentiate(*job)
    except compiled.NotCompiledError as reason:
        remark = f"{reason}: computed by backward passes"
        return [replace(result, remark=remark) for result in _engine("reverse")(*job)]


def _engine(name: str) -> Engine:
    """The engine of that name, imported when it is used."""
    if name == "taylor":
        from derivcli.engines.taylor import engine

        return engine.differentiate
    from derivcli.engines import reverse

    return reverse.differentiate


def _flagged_off_the_curve(results: Sequence[Result], dtype: str) -> list[Result]:
    """The results with a flag at points that do not solve the equation."""
    import numpy as np

    from derivcli.engines import reverse

    found = []
    for result in results:
        off = reverse.off_the_curve(result.expression, result.at, dtype)
        flags = result.flags | np.where(off, np.uint8(1 << FLAGS.index("off")), np.uint8(0))
        found.append(replace(result, flags=flags))
    return found


def read_definitions(let: Lets, declared: Iterable[str] = ()) -> tuple[Definition, ...]:
    """The named formulas, each of which may use those before it."""
    from derivcli.language.expression import Definition
    from derivcli.language.parse import parse_expression
    from derivcli.language.tokens import canonical_name, is_name

    definitions: list[Definition] = []
    later = [canonical_name(name) for name in let]
    for raw, text in let.items():
        name = canonical_name(raw)
        if not is_name(raw):
            raise DerivError(f"'{raw}' is no name", raw, Span(0, len(raw)), "write it like --let z=x+1")
        if name in declared:
            hint = "leave out one of the two"
            raise DerivError(f"'{name}' is given a formula and is a variable too", raw, Span(0, len(raw)), hint)
        expression = parse_expression(text, {*declared, *later}, tuple(definitions))
        for used in expression.variables:
            if used == name:
                raise DerivError(f"'{name}' is defined by itself", text, place_of(used, text), "use another name")
            if used in later:
                hint = f"put --let {used}=... before it"
                raise DerivError(f"'{name}' uses '{used}' before it is defined", text, place_of(used, text), hint)
        definitions.append(Definition(name, expression.tree, expression.notes))
        later.remove(name)
    return tuple(definitions)


def place_of(name: str, source: str) -> Span:
    """Where a name first stands in a text; the whole text where it is hidden in a product of letters."""
    from derivcli.language.tokens import tokenize

    readable = source.replace("==", "= ").replace("=", ",")  # an equation has no token for its sign
    spans = [token.span for token in tokenize(readable) if token.kind == "name" and token.text == name]
    return spans[0] if spans else Span(0, len(source))


def _parse_all(
    expressions: Sequence[str | Expression], declared: Collection[str], let: Lets | None, equations: bool = False
) -> list[Expression]:
    from derivcli.language.equation import parse_equation
    from derivcli.language.parse import parse_expression

    definitions = read_definitions(let or {}, declared)
    read = parse_equation if equations else parse_expression
    return [
        read(expression, declared, definitions) if isinstance(expression, str) else expression
        for expression in expressions
    ]


def _partials(
    wanted: Wanted, variables: Sequence[str], given: Sequence[str], expressions: Sequence[Expression]
) -> list[Partial]:
    """The derivatives of expressions in these variables, where these are given values."""
    known = dict.fromkeys([*variables, *given])
    partials = wanted.partials(variables or given)
    _check_wrt(wanted.by(variables or given), known or wanted.names, expressions)
    if wanted.dependent:
        _check_dependent(wanted.dependent, partials, expressions)
    return partials


def _check_dependent(dependent: str, partials: Sequence[Partial], expressions: Sequence[Expression]) -> None:
    """Refuse an equation that does not make the variable a function of others."""
    for expression in expressions:
        source = expression.source
        span = Span(0, len(source))
        if dependent not in expression.variables:
            hint = f"its variables are {', '.join(expression.variables)}" if expression.variables else "name others"
            raise DerivError(f"'{dependent}' does not occur in this equation", source, span, hint)
        if not partials:
            raise DerivError(f"only '{dependent}' occurs in this equation", source, span, "add another variable")
        if any(dependent in partial for partial in partials):
            hint = "differentiate by one of the other variables"
            raise DerivError(f"'{dependent}' is the function here and no variable of it", source, span, hint)


def _only(variables: Sequence[str], expressions: Sequence[Expression]) -> str:
    """The variable of a series."""
    if len(variables) != 1:
        source = expressions[0].source
        message = f"a series is in one variable, and there are {len(variables) or 'none'}"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    return variables[0]


def _variables(expressions: Sequence[Expression]) -> list[str]:
    """The variables of all expressions in the order in which they appear."""
    return list(dict.fromkeys(name for expression in expressions for name in expression.variables))


def _check_values(
    expressions: Sequence[Expression], variables: Collection[str], at: Collection[str], named: Collection[str]
) -> None:
    """Refuse a variable without a value, and a value for no variable."""
    for expression in expressions:
        for name in expression.variables:
            if name not in at:
                place = place_of(name, expression.source)
                hint = f"add it, as in --at {name}=1"
                raise DerivError(f"'{name}' has no value", expression.source, place, hint)
    for name in at:
        if variables and name not in variables and name not in named:
            source = expressions[0].source
            hint = f"leave it out, or add --wrt {name} to see the derivative 0"
            raise DerivError(f"'{name}' has a value but does not occur here", source, Span(0, len(source)), hint)


def _check_range(at: Mapping[str, FloatArray], dtype: str) -> None:
    """Refuse a number format that there is not, and a point that it cannot hold."""
    import numpy as np

    if dtype not in DTYPES:
        raise DerivError(f"'{dtype}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
    for name, values in at.items():
        if np.abs(values).max(initial=0) > np.finfo(dtype).max:
            raise DerivError(f"'{name}' has a value outside the range of {dtype}", hint="compute in float64")


def _check_wrt(wrt: Collection[str], known: Collection[str], expressions: Sequence[Expression]) -> None:
    """Refuse to differentiate by what is no variable."""
    for name in wrt:
        if name not in known:
            source = expressions[0].source
            hint = f"the variables are {', '.join(known)}" if known else "give it a value with --at"
            raise DerivError(f"'{name}' is no variable here", source, Span(0, len(source)), hint)
