"""The calculation from text to numbers, in its order: points, definitions, expressions, engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, overload

from derivcli.errors import DerivError, Span
from derivcli.result import DTYPES, ORDERS, SMALL

if TYPE_CHECKING:
    from derivcli.language.expression import Definition, Expression
    from derivcli.points.spec import Item, Points
    from derivcli.result import FloatArray, Result, SymbolicResult

Lets = Mapping[str, str]


def parse(text: str, *, declared: Collection[str] = (), let: Lets | None = None) -> Expression:
    """The formula that `text` writes.

    `declared` are names that are one variable each, such as `speed`; `let` gives names to formulas that the
    text may use. Raises DerivError with the place where the text is no formula.
    """
    from derivcli.language.parse import parse_expression

    return parse_expression(text, declared, read_definitions(let or {}, declared))


@overload
def derive(
    expression: str | Expression,
    at: None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    dtype: str = "float64",
    check: bool | None = None,
) -> SymbolicResult: ...


@overload
def derive(
    expression: str | Expression,
    at: str | Mapping[str, Item],
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    dtype: str = "float64",
    check: bool | None = None,
) -> Result: ...


def derive(
    expression: str | Expression,
    at: str | Mapping[str, Item] | None = None,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    dtype: str = "float64",
    check: bool | None = None,
) -> Result | SymbolicResult:
    """The value and the partial derivatives of an expression at points, or its derivatives as formulas.

    `at` gives each variable a number, a formula as text, or several of them (a sequence, an array of shape
    (n,), a range such as "0:1:11"); several variables are crossed, or paired with `paired`. It may also be one
    text, as on the command line: "x=0:1:11,y=2". Without `at` the derivatives are formulas.
    `wrt` names the variables to differentiate by, as a list or as "u,v"; all of them by default. `order` is
    that of every derivative, from 1 to 6.
    `dtype` is "float64" or "float32".
    `check` compares every number with exact mathematics: True always, False never, None where there are no
    more than 100 derivatives.
    Arrays of the result have shape (points,). Raises DerivError for input that is refused.
    """
    from derivcli.points.spec import points_from, read_points

    if not isinstance(at, str | Mapping | None):
        raise TypeError(f"at is a text or a mapping of names to values, not {type(at).__name__}")
    if at is None:
        return derive_formulas([expression], wrt, let, order)[0]
    points = read_points([at], paired) if isinstance(at, str) else points_from(at, paired)
    return derive_at(points, [expression], wrt, let, order, dtype, check)[0]


def derive_at(
    points: Points,
    expressions: Sequence[str | Expression],
    wrt: str | Sequence[str] | None = None,
    let: Lets | None = None,
    order: int = 1,
    dtype: str = "float64",
    check: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Values and partial derivatives of several expressions at the same points, with their verdicts.

    `progress` is told, while numbers are checked, how many of how many are done.
    """
    _check_order(order)
    wanted = None if wrt is None else _names(wrt)
    parsed = _parse_all(expressions, {*points.at, *(wanted or ())}, let)
    variables = _variables(parsed)
    _check_values(parsed, variables, points.at, wanted)
    chosen = wanted or variables or list(points.at)
    _check_wrt(chosen, dict.fromkeys([*variables, *points.at]), parsed)
    from derivcli.engines import reverse

    if dtype not in DTYPES:
        raise DerivError(f"'{dtype}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
    _check_range(points.at, dtype)
    results = reverse.differentiate(parsed, points.at, [(name,) * order for name in chosen], dtype)
    if check is None:
        check = sum(len(result.value) * len(result.derivatives) for result in results) <= SMALL
    if not check:
        return results
    from derivcli.check.judge import check_all

    return check_all(results, points, progress)


def derive_formulas(
    expressions: Sequence[str | Expression],
    wrt: str | Sequence[str] | None = None,
    let: Lets | None = None,
    order: int = 1,
) -> list[SymbolicResult]:
    """The partial derivatives of several expressions as formulas."""
    _check_order(order)
    wanted = None if wrt is None else _names(wrt)
    parsed = _parse_all(expressions, wanted or (), let)
    variables = _variables(parsed)
    if not (wanted or variables):
        source = parsed[0].source
        message = "there is no variable to differentiate by"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    chosen = wanted or variables
    _check_wrt(chosen, variables or chosen, parsed)
    from derivcli.engines import symbolic

    return [symbolic.differentiate(expression, chosen, order) for expression in parsed]


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

    spans = [token.span for token in tokenize(source) if token.kind == "name" and token.text == name]
    return spans[0] if spans else Span(0, len(source))


def _parse_all(
    expressions: Sequence[str | Expression], declared: Collection[str], let: Lets | None
) -> list[Expression]:
    from derivcli.language.parse import parse_expression

    definitions = read_definitions(let or {}, declared)
    return [
        parse_expression(expression, declared, definitions) if isinstance(expression, str) else expression
        for expression in expressions
    ]


def _names(names: str | Sequence[str]) -> list[str]:
    """The names to differentiate by, each once, in one spelling."""
    from derivcli.language.tokens import canonical_name, is_name

    if isinstance(names, str):
        names = names.split(",")
    for name in names:
        if not is_name(name.strip()):
            raise DerivError(f"'{name}' is no name of a variable", name, Span(0, len(name)), "write it like --wrt u,v")
    return list(dict.fromkeys(canonical_name(name.strip()) for name in names))


def _variables(expressions: Sequence[Expression]) -> list[str]:
    """The variables of all expressions in the order in which they appear."""
    return list(dict.fromkeys(name for expression in expressions for name in expression.variables))


def _check_values(
    expressions: Sequence[Expression], variables: Collection[str], at: Collection[str], wrt: Collection[str] | None
) -> None:
    """Refuse a variable without a value, and a value for no variable."""
    for expression in expressions:
        for name in expression.variables:
            if name not in at:
                place = place_of(name, expression.source)
                hint = f"add it, as in --at {name}=1"
                raise DerivError(f"'{name}' has no value", expression.source, place, hint)
    for name in at:
        if variables and name not in variables and name not in (wrt or ()):
            source = expressions[0].source
            hint = f"leave it out, or add --wrt {name} to see the derivative 0"
            raise DerivError(f"'{name}' has a value but does not occur here", source, Span(0, len(source)), hint)


def _check_range(at: Mapping[str, FloatArray], dtype: str) -> None:
    """Refuse a point that the number format cannot hold."""
    import numpy as np

    for name, values in at.items():
        if np.abs(values).max(initial=0) > np.finfo(dtype).max:
            raise DerivError(f"'{name}' has a value outside the range of {dtype}", hint="compute in float64")


def _check_order(order: int) -> None:
    """Refuse an order that nested backward passes do not reach."""
    if order not in ORDERS:
        hint = f"choose one from {ORDERS[0]} to {ORDERS[-1]}"
        raise DerivError(f"derivatives of order {order} are not computed", hint=hint)


def _check_wrt(wrt: Collection[str], known: Collection[str], expressions: Sequence[Expression]) -> None:
    """Refuse to differentiate by what is no variable."""
    for name in wrt:
        if name not in known:
            source = expressions[0].source
            hint = f"the variables are {', '.join(known)}" if known else "give it a value with --at"
            raise DerivError(f"'{name}' is no variable here", source, Span(0, len(source)), hint)
