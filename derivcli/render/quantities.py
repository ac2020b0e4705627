"""The quantities of a result, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import TypeVar

from derivcli.check.verdict import Verdicts
from derivcli.engines.engine_table import TAYLOR, engine_named
from derivcli.language.expression import Expression
from derivcli.propagated import LINEAR, Propagated
from derivcli.render.blocks import Style
from derivcli.render.labels import ELASTICITY, SHARE, SHARE_OF, Label
from derivcli.render.numbers import number_at, number_texts, outward_texts
from derivcli.result import (
    AnyResult,
    Exact,
    FloatArray,
    KindArray,
    Result,
    SeriesResult,
    SymbolicResult,
    partial_of,
    partials_taken,
)

LETTERS = "fghFGH"

OUTWARD = {"low": ROUND_FLOOR, "high": ROUND_CEILING}
"""How the ends of an enclosure are rounded."""

OneOf = TypeVar("OneOf", bound="AnyResult")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity at every point.

    `role` is "at", "value", "derivative", or "low" or "high" for the ends of an enclosure, "sigma" for an uncertainty,
    "share" and "bias" for what is told of it, and "linear" for whether it is right, which `codes` say.
    """

    label: Label
    role: str
    values: FloatArray
    verdicts: Verdicts | None = None
    typed: Sequence[str] = ()
    """Of points what was typed, "" where that was a number."""
    exact: Exact = ()
    codes: KindArray | None = None
    """Places in LINEAR, of what has no numbers."""

    @property
    def is_partial(self) -> bool:
        """Whether NaN says that a number is not known."""
        return self.label.notation in (SHARE, SHARE_OF, "bias", "low", "high")

    @property
    def exact_texts(self) -> list[str]:
        """The exact values that are known, "" for the others; nothing where none was looked for."""
        return [exact_text(self.exact, point) for point in range(len(self.exact))]

    def shown(self, digits: int | None = None) -> list[str]:
        """The numbers as text, for people: points as they were typed."""
        texts = self.texts(digits)
        return [typed or text for typed, text in zip(self.typed, texts, strict=True)] if self.typed else texts

    def texts(self, digits: int | None = None) -> list[str]:
        """The numbers as text; the ends of an enclosure rounded outward."""
        if self.codes is not None:
            return [LINEAR[code] or "" for code in self.codes.tolist()]
        if self.role in OUTWARD:
            found = outward_texts(self.values, digits, OUTWARD[self.role])
        else:
            found = number_texts(self.values, digits)
        return ["" if text == "nan" else text for text in found] if self.is_partial else found


def exact_text(exact: Exact, point: int) -> str:
    """The exact value at a point; "" where none is known."""
    known = exact[point] if exact else None
    return "" if known is None else known.text


def quantities_of(results: Sequence[Result]) -> list[Quantity]:
    """The points, then each function's value and derivatives; of an equation the derivatives alone."""
    typed = results[0].typed
    columns = [Quantity(Label(name), "at", values, typed=typed.get(name, ())) for name, values in results[0].at.items()]
    for called, result in named(results):
        name = total_name(called, result)
        if not result.dependent:
            verdicts, exact = result.value_verdicts, result.exact_value
            columns.append(Quantity(Label(name), "value", result.value, verdicts, exact=exact))
        if result.propagated is not None:
            columns.append(Quantity(Label(name, (), "sigma"), "sigma", result.propagated.sigma))
        for key, values in result.derivatives.items():
            label = derivative_label(name, key, result)
            verdicts, exact = result.verdicts.get(key), result.exact.get(key, ())
            columns.append(Quantity(label, "derivative", values, verdicts, exact=exact))
        for key, values in result.elasticities.items():
            verdicts = result.elasticity_verdicts.get(key)
            columns.append(Quantity(Label(name, (key,), ELASTICITY), "derivative", values, verdicts))
        if result.propagated is not None:
            columns += _spread_quantities(name, result.propagated, len(results) > 1)
    return columns


def _spread_quantities(name: str, spread: Propagated, is_one_of_several: bool) -> list[Quantity]:
    """What is told of the uncertainty of a function."""
    notation = SHARE_OF if is_one_of_several else SHARE
    shares = [Quantity(Label(name, (each,), notation), "share", values) for each, values in spread.shares.items()]
    return [
        *shares,
        Quantity(Label(name, (), "bias"), "bias", spread.bias),
        Quantity(Label(name, (), "linear"), "linear", spread.error, codes=spread.linear),
        Quantity(Label(name, (), "low"), "low", spread.low),
        Quantity(Label(name, (), "high"), "high", spread.high),
    ]


def for_programs(quantities: Iterable[Quantity], style: Style) -> list[Quantity]:
    """The quantities that columns are made of: the reach of an uncertainty only where a check was asked for."""
    return [each for each in quantities if style.verdicts or each.label.notation not in ("low", "high")]


def for_people(quantities: Iterable[Quantity]) -> list[Quantity]:
    """The quantities of a table: of uncertainties these, and whether they are right where that was looked at."""
    return [each for each in quantities if not each.is_partial and (each.codes is None or bool(each.codes.any()))]


def derivative_label(name: str, key: str, result: Result | SymbolicResult) -> Label:
    """The label of one of a function's derivatives, or of a sum of those of several functions."""
    return Label(field_name(name, result) if result.sums else name, partial_of(key), notation_of(result))


def field_name(name: str, result: Result | SymbolicResult) -> str:
    """The name of the vector field of a divergence or a curl, by that of its last function: f for f1, f2 and f3."""
    places = {term.place for terms in result.sums.values() for term in terms}
    if len(places) < 2:
        return name
    names = [function.name for function in result.functions]
    return f"({', '.join(names)})" if all(names) else name.rstrip("0123456789")


def notation_of(result: Result | SymbolicResult) -> str:
    """How a result's derivatives are written: f'(x) says it all where there is one variable."""
    if result.direction is not None:
        return "along"
    if isinstance(result, Result) and result.total:
        return "partial"
    if result.sums:
        return result.layout
    alone = len({*arguments_of(result), *_differentiated(result)} - {result.dependent}) == 1
    return ("total" if result.dependent else "prime") if alone else "partial"


def _differentiated(result: Result | SymbolicResult) -> list[str]:
    if result.direction is not None:
        return list(result.direction.at)
    return list(dict.fromkeys(name for partial in partials_taken(result) for name in partial))


def function_names(results: Sequence[AnyResult]) -> list[str]:
    """f, or f1, f2, ... for several functions; another letter where f is a variable or a definition.

    What an equation makes a function has its own name, and so has what a left side names.
    """
    expressions = [result.expression for result in results]
    taken = {name for expression in expressions for name in (*expression.variables, *expression.taken_names)}
    taken |= {expression.name for expression in expressions}
    taken |= {definition.name for expression in expressions for definition in expression.definitions}
    taken |= {name for expression in expressions for name in expression.unknown_functions}
    letter = next(letter for letter in (*LETTERS, "function") if letter not in taken)
    letters = [dependent_of(result) or letter for result in results]
    if len(results) > 1:
        letters = [f"{letter}{number}" for number, letter in enumerate(letters, start=1)]
    return [expression.name or letter for expression, letter in zip(expressions, letters, strict=True)]


def equations(results: Sequence[OneOf]) -> list[tuple[str, str]]:
    """What was understood, as left and right sides: the definitions, then each function or equation."""
    definitions = {part.name: part.text for result in results for part in result.expression.definitions}
    return [*definitions.items(), *(_equation(name, result, len(results)) for name, result in named(results))]


def _equation(name: str, result: AnyResult, count: int) -> tuple[str, str]:
    """The left and right side of a function or of an equation; of several equations each with its name."""
    if dependent_of(result):
        left, _, right = result.expression.text.partition(" = ")
        return (left if count == 1 else f"{name}: {left}"), right or "0"
    arguments = arguments_of(result)
    return f"{name}({', '.join(arguments)})" if arguments else name, result.expression.text


def named(results: Sequence[OneOf]) -> list[tuple[str, OneOf]]:
    """Each result with its function's name."""
    return list(zip(function_names(results), results, strict=True))


def arguments_of(result: AnyResult) -> list[str]:
    """The variables of the formula; those of the derivatives where it has none."""
    if result.expression.variables:
        return list(result.expression.arguments or result.expression.variables)
    return [result.variable] if isinstance(result, SeriesResult) else _differentiated(result)


def dependent_of(result: AnyResult) -> str:
    """The variable that an equation makes a function of the others; "" where a result is of no equation."""
    return "" if isinstance(result, SeriesResult) else result.dependent


def derivative_equations(results: Sequence[SymbolicResult]) -> list[tuple[Label, str]]:
    """The derivatives as formulas, with their labels."""
    return [
        (label, formula.text)
        for name, result in named(results)
        for label, formula in (*derivative_formulas(name, result), *elasticity_formulas(name, result))
    ]


def derivative_formulas(name: str, result: SymbolicResult) -> list[tuple[Label, Expression]]:
    """The derivatives of a function with their labels."""
    return [(derivative_label(name, key, result), formula) for key, formula in result.derivatives.items()]


def elasticity_formulas(name: str, result: SymbolicResult) -> list[tuple[Label, Expression]]:
    """The elasticities of a function with their labels, where they are asked for."""
    return [(Label(name, (key,), ELASTICITY), formula) for key, formula in result.elasticities.items()]


def author_of(result: Result | SeriesResult) -> str:
    """Who gives a result's numbers."""
    return (TAYLOR if isinstance(result, SeriesResult) else engine_named(result.engine)).author


def function_of(name: str, result: Result | SeriesResult) -> str:
    """What is evaluated: the function or, of an equation, what is to be 0."""
    return "the difference of the two sides" if dependent_of(result) else name


def total_name(name: str, result: Result | SeriesResult) -> str:
    """What a function is called where the numbers are its own or those of a total: `sum f`."""
    return f"{result.total} {name}" if isinstance(result, Result) and result.total else name


def point_text(at: Mapping[str, FloatArray], point: int, style: Style) -> str:
    """The values of variables at a point."""
    values = [(name, number_at(array, point, style.digits)) for name, array in at.items()]
    return ", ".join(f"{name} = {text}" for name, text in values)
