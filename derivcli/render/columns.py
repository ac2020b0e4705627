"""A result as columns, which every format writes in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from derivcli.render.numbers import number_texts

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.result import FloatArray, Result, SymbolicResult


LETTERS = "fghFGH"
"""What functions are called."""

MANY = 4
"""From this order on primes are no longer counted but written as a number."""

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

AnyResult = TypeVar("AnyResult", bound="Result | SymbolicResult")


@dataclass(frozen=True, slots=True)
class Style:
    """How a result is to be shown, apart from the format."""

    digits: int | None = None
    """Significant digits; None for the shortest text that reads back the same."""
    width: int = 80
    color: bool = False
    unicode: bool = True
    verdicts: bool = False
    """Whether formats for programs have columns for verdicts too."""


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a column: a variable, a function, or a derivative of a function in a variable."""

    function: str
    variable: str = ""
    alone: bool = True
    """Whether the function has one variable only."""
    order: int = 1

    @property
    def plain(self) -> str:
        """For machines: `x`, `f`, `df/dx`, `d2f/dx2`."""
        order = "" if self.order == 1 else str(self.order)
        return f"d{order}{self.function}/d{self.variable}{order}" if self.variable else self.function

    def shown(self, unicode: bool = True) -> str:
        """For people: `f'`, or `∂f/∂u` where there are several variables."""
        if not self.variable:
            return self.function
        power = "" if self.order == 1 else str(self.order).translate(SUPERSCRIPTS)
        if self.alone and (unicode or self.order < MANY):
            return self.function + ("'" * self.order if self.order < MANY else f"⁽{power}⁾")
        return f"∂{power}{self.function}/∂{self.variable}{power}" if unicode else self.plain

    def equation(self, unicode: bool = True) -> str:
        """For the left side of an equation: `f'(x)`, or `∂f/∂u`."""
        return self.shown(unicode) + (f"({self.variable})" if self.alone and self.variable else "")

    @property
    def latex(self) -> str:
        """`shown` in LaTeX."""
        name, variable = name_latex(self.function), name_latex(self.variable)
        if not variable:
            return name
        if self.alone:
            return name + ("'" * self.order if self.order < MANY else f"^{{({self.order})}}")
        power = "" if self.order == 1 else f"^{{{self.order}}}"
        return rf"\frac{{\partial{power} {name}}}{{\partial {variable}{power}}}"

    @property
    def latex_equation(self) -> str:
        """`equation` in LaTeX."""
        return self.latex + (f"({name_latex(self.variable)})" if self.alone and self.variable else "")


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity at every point; `role` is "at", "value" or "derivative"."""

    label: Label
    role: str
    values: FloatArray
    verdicts: Verdicts | None = None

    def texts(self, digits: int | None = None) -> list[str]:
        """The numbers as text."""
        return number_texts(self.values, digits)


def columns_of(results: Sequence[Result]) -> list[Column]:
    """The points, then each function's value and derivatives."""
    columns = [Column(Label(name), "at", values) for name, values in results[0].at.items()]
    for name, result in named(results):
        columns.append(Column(Label(name), "value", result.value, result.value_verdicts))
        for key, values in result.derivatives.items():
            label = derivative_label(name, key, result)
            columns.append(Column(label, "derivative", values, result.verdicts.get(key)))
    return columns


def derivative_label(name: str, key: str, result: Result | SymbolicResult) -> Label:
    """The label of one of a function's derivatives."""
    return Label(name, key.split(",")[0], is_alone(result), key.count(",") + 1)


def is_alone(result: Result | SymbolicResult) -> bool:
    """Whether f'(x) says it all: one variable, in the formula and in the derivatives."""
    return len({*result.expression.variables, *_differentiated(result)}) == 1


def _differentiated(result: Result | SymbolicResult) -> list[str]:
    """The variables of a result's derivatives."""
    return list(dict.fromkeys(name for key in result.derivatives for name in key.split(",")))


def function_names(results: Sequence[Result | SymbolicResult]) -> list[str]:
    """f, or f1, f2, ... for several functions; another letter where f is a variable or a definition."""
    expressions = [result.expression for result in results]
    taken = {name for expression in expressions for name in expression.variables}
    taken |= {definition.name for expression in expressions for definition in expression.definitions}
    letter = next(letter for letter in (*LETTERS, "function") if letter not in taken)
    return [letter] if len(results) == 1 else [f"{letter}{number}" for number in range(1, len(results) + 1)]


def equations(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    """What was understood, as left and right sides: the definitions, then each function."""
    definitions = {part.name: part.text for result in results for part in result.expression.definitions}
    functions = [
        (f"{name}({', '.join(arguments_of(result))})", result.expression.text) for name, result in named(results)
    ]
    return [*definitions.items(), *functions]


def named(results: Sequence[AnyResult]) -> list[tuple[str, AnyResult]]:
    """Each result with its function's name."""
    return list(zip(function_names(results), results, strict=True))


def arguments_of(result: Result | SymbolicResult) -> list[str]:
    """The variables of the formula; those of the derivatives where it has none."""
    return list(result.expression.variables or _differentiated(result))


def derivative_equations(results: Sequence[SymbolicResult]) -> list[tuple[Label, str]]:
    """The derivatives as formulas, with their labels."""
    return [
        (derivative_label(name, key, result), formula.text)
        for name, result in named(results)
        for key, formula in result.derivatives.items()
    ]


LATIN_LOOKING = dict(
    zip(
        "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron".split(),
        "ABEZHIKMNOPTXo",
        strict=True,
    )
)
"""Greek letters for which LaTeX has no command, since they look Latin."""


def name_latex(name: str) -> str:
    """A name in LaTeX: Greek letters by their commands, digits and what follows `_` as an index."""
    from derivcli.language.tokens import GREEK_NAMES

    head, _, index = name.partition("_")
    if not index:
        head = name.rstrip("0123456789")
        index = name[len(head) :]
    elif len(head) > 1 and head not in GREEK_NAMES:
        head, index = name.replace("_", r"\_"), ""
    if head in LATIN_LOOKING:
        head = rf"\mathrm{{{LATIN_LOOKING[head]}}}"
    elif head in GREEK_NAMES:
        head = "\\" + head.replace("lamda", "lambda")
    elif len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    return f"{head}_{{{index}}}" if index else head
