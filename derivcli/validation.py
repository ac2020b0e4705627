"""Whether formulas, variables and points fit together: what is refused before anything is computed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, EquationError, Span
from derivcli.language.variable_order import in_usual_order

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.language.functions.row import Function
    from derivcli.points.at_option import Interval
    from derivcli.points.files.data_files import DataFiles
from derivcli.result import FloatArray, Partial, Sums
from derivcli.vector_operators import VECTOR_OPERATORS

USUAL = "x"
"""The variable of a constant, where nothing names another."""


def way_out(name: str, data: DataFiles | None = None) -> str:
    """What to say of a variable without a value: how to type it, and why no column of the files is it."""
    typed = f"add it, as in `--at {name}=1`"
    if data is None:
        return typed
    if name in data.ambiguous:
        shown = " and ".join(f"'{header.strip()}'" for header in dict.fromkeys(data.ambiguous[name]))
        return f"{len(data.ambiguous[name])} columns of the file are named {shown}: rename one of them"
    from derivcli.points.files.data_files import headers_shown

    return f"{typed}, or name its column `shell:with --column {name}=...`: the file has {headers_shown(data.headers)}"


def variables_of(expressions: Sequence[Expression]) -> list[str]:
    """The variables of all expressions in their usual order, or that of left sides."""
    names = dict.fromkeys(name for expression in expressions for name in expression.variables)
    return list(names) if any(expression.arguments for expression in expressions) else [*in_usual_order(names)]


def arguments_of(expressions: Sequence[Expression]) -> list[str]:
    """What functions with a left side such as f(x) have as arguments."""
    return list(dict.fromkeys(name for expression in expressions for name in expression.arguments))


def check_named(expressions: Sequence[Expression]) -> None:
    """Refuse a name that left sides give twice, or that is a variable of another formula."""
    names = [expression.name for expression in expressions]
    for place, expression in enumerate(expressions):
        name, source = expression.name, expression.source
        if name and name in names[:place]:
            hint = "use another name"
            raise DerivError(f"'{name}' is the name of two formulas", source, Span(0, len(source)), hint)
        for other in expressions:
            if name and name in other.variables:
                hint = f"put '{name}' in its place, or name it with `--let {name}=...`"
                message = f"'{name}' is the name of another formula and a variable here"
                raise DerivError(message, other.source, Span(0, len(other.source)), hint)


def check_values(
    expressions: Sequence[Expression],
    variables: Collection[str],
    at: Collection[str],
    named: Collection[str],
    data: DataFiles | None = None,
) -> None:
    """Refuse a variable without a value, and a value for no variable."""
    from derivcli.language.lexer.tokens import place_of

    for expression in expressions:
        for name in expression.variables:
            if name not in at:
                place = place_of(name, expression.source)
                raise DerivError(f"'{name}' has no value", expression.source, place, way_out(name, data))
    for name in at:
        if variables and name not in variables and name not in named:
            source = expressions[0].source
            hint = f"leave it out, or add `--wrt {name}` to see the derivative 0"
            raise DerivError(f"'{name}' has a value but does not occur here", source, Span(0, len(source)), hint)


def check_known(expressions: Sequence[Expression]) -> None:
    """Refuse functions of which a formula says nothing, where numbers are asked for."""
    from derivcli.language.definitions.unknown_rows import unknown_in
    from derivcli.language.lexer.tokens import place_of

    for expression in expressions:
        for row in unknown_in(expression.expanded) if expression.unknown_functions else ():
            place = place_of(row.name, expression.source)
            raise DerivError(f"{row.name} is not known", expression.source, place, _defining(row))


def check_defined(expressions: Sequence[Expression]) -> None:
    """Refuse a formula that calls what another one is named, since each formula is read by itself."""
    from derivcli.language.lexer.tokens import place_of

    named = {expression.name: expression.source for expression in expressions if expression.arguments}
    for expression in expressions if named else ():
        for name in expression.unknown_functions:
            if name in named:
                place, definition = place_of(name, expression.source), named[name].strip()
                hint = f'`shell:define it with --let "{definition}"``python:define it with let=`'
                message = f"'{name}' is another formula here, and not known in this one"
                raise DerivError(message, expression.source, place, hint)


def _defining(row: Function) -> str:
    """How to define an unknown function."""
    names = "x" if len(row.parameters) == 1 else ", ".join("xyz"[: len(row.parameters)])
    body = "x^2" if names == "x" else names.replace(", ", "*")
    head = f"{row.name}({names})"
    return f'define it, as in `shell:--let "{head}={body}"``python:let={{"{head}": "{body}"}}`'


def check_wrt(wrt: Collection[str], known: Collection[str], expressions: Sequence[Expression]) -> None:
    """Refuse to differentiate by what is no variable."""
    for name in wrt:
        if name not in known:
            source = expressions[0].source
            hint = f"the variables are {', '.join(known)}" if known else "give it a value with `--at`"
            raise DerivError(f"'{name}' is no variable here", source, Span(0, len(source)), hint)


def check_dependent(dependent: str, partials: Sequence[Partial], expressions: Sequence[Expression]) -> None:
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


def check_axes(
    axes: Collection[str], known: Collection[str], expressions: Sequence[Expression], data: DataFiles | None
) -> None:
    """Refuse the variables of a field that have no value, where numbers are asked for."""
    for name in axes:
        if name not in known:
            source = expressions[0].source
            raise DerivError(f"'{name}' has no value", source, Span(0, len(source)), way_out(name, data))


def sums_asked(name: str, expressions: Sequence[Expression], by: Sequence[str]) -> Sequence[Sums]:
    """The sums that an operator of vector calculus makes; refused where it is none of so many functions."""
    operator, count = VECTOR_OPERATORS[name], len(expressions)
    if operator.counts(count, len(by)):
        return operator.sums(count, by)
    source = expressions[0].source
    are = f"{_counted(count, 'expression')} in {_counted(len(by), 'variable')}, {', '.join(by)}"
    message = f"{operator.noun} is that of {operator.needs}, and these are {are}"
    raise DerivError(message, source, Span(0, len(source)), operator.way_out(count, by))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def only_variable(variables: Sequence[str], expressions: Sequence[Expression]) -> str:
    """The variable of a series."""
    if len(variables) != 1:
        source = expressions[0].source
        message = f"a series is in one variable, and there are {len(variables) or 'none'}"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in `--wrt x`")
    return variables[0]


def studied_variable(expression: Expression, intervals: Sequence[Interval]) -> str:
    """The variable in which a function is studied; refused where there are several, or the text asks for f' itself."""
    source = expression.source
    span = Span(0, len(source))
    if expression.asked:
        hint = "leave out the sign of the derivative: the study of f tells the signs of f' and f'' too"
        raise DerivError("this asks for a derivative, and a study is of a function", source, span, hint)
    names = [interval.variable for interval in intervals if interval.variable]
    known = expression.arguments or expression.variables or tuple(names) or (USUAL,)
    for name in names:
        if name not in known:
            hint = f"write it like `--on {known[0]}=0:5`"
            raise DerivError(f"'{name}' is no variable here", source, span, hint)
    if len(known) > 1:
        other = next(name for name in known if name not in names)
        hint = f"give the others a value, as in `--let {other}=1`"
        raise DerivError(f"a study is in one variable, and there are {len(known)}", source, span, hint)
    return known[0]


def check_written(expressions: Sequence[Expression], what: str = "a series is computed from formulas") -> None:
    """Refuse a user's own function where its formula would be needed."""
    for name in (name for expression in expressions for name in expression.custom_functions):
        hint = "write its formula in its place, or take the script that `shell:--code prints``python:script gives`"
        raise DerivError(f"'{name}' is code, and {what}", hint=hint)


def check_not_code(expression: Expression) -> None:
    """Refuse a user's own function where its derivative would have to be known."""
    if expression.custom_functions:
        hint = "`shell:deriv check-fn checks code``python:check_function checks code`"
        raise DerivError(f"'{expression.custom_functions[0]}' is code, whose derivative is not known", hint=hint)


def check_integrals(
    expressions: Sequence[Expression],
    partials: Sequence[Partial],
    direction: Collection[str] = (),
    dependent: str = "",
    degree: int = 0,
) -> None:
    """Refuse derivatives of integrals that Leibniz's rule does not give, since the integrand jumps where they move.

    Along a `direction` all its variables move; a `dependent` variable moves with each; a series has a `degree`.
    """
    from derivcli.language.differentiation.moving_jumps import moving_jump, nested_integrals
    from derivcli.language.limits import check_nested_integrals
    from derivcli.language.printer import text_of

    for expression in expressions:
        if not expression.has_integrals:
            continue
        check_nested_integrals(nested_integrals(expression.expanded), expression.source)
        for partial in partials:
            names = partial * degree if degree else partial
            step = moving_jump(expression.expanded, [{*(direction or (name,)), dependent} for name in names])
            if step is not None:
                message = f"the integrand has a jump or a corner, that of {text_of(step)}, which moves"
                hint = "split the integral there, so that the place becomes a bound of two"
                raise DerivError(message, expression.source, Span(0, len(expression.source)), hint)


def only_partial(
    partials: Sequence[Partial], by: Sequence[str], expression: Expression, mixed: bool, dependent: str
) -> Partial:
    """The derivative that a claim is about."""
    if dependent:
        check_dependent(dependent, partials, [expression])
    if len(partials) == 1:
        return partials[0]
    source = expression.source
    message = f"a claim is one derivative, and there are those by {' and '.join(map(','.join, partials))}"
    hint = f"say which, as in `{'--mixed ' + ','.join(partials[0]) if mixed else f'--wrt {by[0]}'}`"
    raise DerivError(message, source, Span(0, len(source)), hint)


def check_claimed(expression: Expression, claim: Expression) -> None:
    """Refuse a claim whose left side says another derivative than the text of the formula asks for."""
    if expression.asked and claim.asked and expression.asked != claim.asked:
        asked, said = ", ".join(expression.asked), ", ".join(claim.asked)
        message = f"the derivative by {asked} is asked for, and this is one by {said}"
        raise DerivError(message, claim.source, Span(0, len(claim.source)), "leave out one of the two")


def check_first(partials: Sequence[Partial], expressions: Sequence[Expression]) -> None:
    """Refuse the graph of a derivative of a higher order, which has no place in it."""
    if any(len(partial) > 1 for partial in partials):
        source = expressions[0].source
        hint = "leave out the sign of the derivative to explain the formula"
        raise DerivError("a graph shows first derivatives", source, Span(0, len(source)), hint)


def check_fits(at: Mapping[str, FloatArray], dtype: str) -> None:
    """Refuse the values of points that the number format cannot hold: those of files are not known before."""
    import numpy as np

    if dtype == "float64":
        return
    for name, values in at.items():
        with np.errstate(all="ignore"):
            lost = np.flatnonzero(np.isfinite(values) & ~np.isfinite(values.astype(dtype)))
        if lost.size:
            message = f"'{name}' has a value outside the range of {dtype}: {float(values[lost[0]])!r}"
            raise DerivError(message, hint="compute in float64")


@contextmanager
def equation_hint(hint: str) -> Iterator[None]:
    """Give the way out that fits where an equation is refused."""
    try:
        yield
    except EquationError as error:
        raise error.with_hint(hint) from error
