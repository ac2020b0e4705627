"""Values and derivatives as exact numbers, sqrt(2)/2 and not 0.707: put in, simplified, and compared with the truth.

The formula of a derivative is SymPy's. What it comes to is shown where the balls of f's own power series confirm it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import sympy

from derivcli.check.check_results import custom_functions
from derivcli.check.exact_equality import is_number
from derivcli.check.judge import coordinates, derivative_asked
from derivcli.check.true_derivative import KnownDerivative, derivative_at, sum_at
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.symbolic import attempted, derivative_of, differentiate, expression_of, is_piecewise, merged
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, multiply, postorder, substitute, symbol
from derivcli.result import Result, SeriesResult, partial_of
from derivcli.simplify.cost import cost
from derivcli.simplify.exact_value import FORM_SECONDS, exact_forms

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.points.points import Points

TOTAL_SECONDS = 2.0
"""The time of the processor for the exact values of a calculation that were asked for: none is begun after it."""

UNASKED_SECONDS = 0.3
"""The same for those that were not asked for."""

VALUE_SECONDS = {True: FORM_SECONDS, False: 0.1}
"""The time for the forms of a value that was asked for, and of one that was not."""

FORMULA_SECONDS, PROOF_SECONDS = 2.0, 0.6
"""Time on the clock for the formulas of derivatives, and for the comparison of one value with the truth."""

MAX_TRIALS = 3
"""So many forms of a value are compared with the truth."""

MAX_SHORT_COST = 6
"""A value that costs its reader no more stands beside a number without being asked for."""

VALUE = ""
"""Stands for the function itself among the keys of its derivatives."""

PLAIN = (sympy.Rational, sympy.NumberSymbol, sympy.Add, sympy.Mul, sympy.Pow, sympy.exp, sympy.log)
"""What such a value is made of."""

TrueNumber: TypeAlias = Callable[[Mapping[str, Coordinate]], KnownDerivative]
"""Finds at a point what is known of a derivative, of a value or of a sum."""


@dataclass(frozen=True, slots=True, eq=False)
class Exactly:
    """A question for the exact value of a derivative at a point, where an engine gave a number.

    `truth` finds the true number in balls. `formula` is that of the derivative, None where there is none. The point
    is exact in trees, and `at` for balls; it is None where it is a float64.
    """

    expression: Expression
    truth: TrueNumber
    formula: Tree | None
    point: Mapping[str, Tree] | None
    at: Mapping[str, Coordinate]
    number: float

    def is_telling(self, form: Tree) -> bool:
        """Whether a form says more than the number and than the formula do, and is short."""
        if cost(form)[0] > MAX_SHORT_COST or not all(isinstance(part, PLAIN) for part in postorder(form)):
            return False
        value = merged(form)
        if value.is_Rational and Fraction(repr(self.number)) == Fraction(value.p, value.q):
            return False
        put = {symbol(name): tree for name, tree in (self.point or {}).items()}
        return text_of(form) != text_of(substitute(self.expression.expanded, put))


@dataclass(slots=True)
class Search:
    """A search for exact values: for all of them where they were `asked` for, else for those that are short."""

    asked: bool
    end: float = field(init=False)
    wanted: int = 0
    found: int = 0
    late: bool = False
    inexact: bool = False
    """Whether numbers are wanted at points that are float64 numbers."""

    def __post_init__(self) -> None:
        self.end = time.thread_time() + (TOTAL_SECONDS if self.asked else UNASKED_SECONDS)

    def value(self, question: Exactly) -> Expression | None:
        """The shortest form of a number that is proved to be the truth; None where none is found in time."""
        self.wanted += 1
        if question.point is None or question.formula is None or time.thread_time() > self.end:
            self.inexact = self.inexact or question.point is None
            self.late = self.late or time.thread_time() > self.end
            return None
        forms = exact_forms(question.formula, question.point, VALUE_SECONDS[self.asked])[:MAX_TRIALS]
        for form in forms if self.asked else filter(question.is_telling, forms[:1]):
            claim = proved(form, question)
            if claim is not None:
                self.found += 1
                return claim
        return None

    def passes(self, verdicts: Verdicts | None, place: int) -> bool:
        """Whether there is no such number, or but from one side; unasked, whether its verdict tells the truth."""
        verdict = None if verdicts is None else verdicts[place]
        if verdict is None:
            return False
        kind = KINDS[verdict.kind]
        return kind.derivative in ("none", "one-sided") or not (self.asked or kind.is_right)

    @property
    def remark(self) -> str:
        """What is said where exact values were asked for, and not all are known."""
        if not self.asked or self.found == self.wanted:
            return ""
        within = f" within {TOTAL_SECONDS:g} seconds" if self.late else ""
        because = ": float64 numbers that are not whole are no exact points" if self.inexact else ""
        return f"an exact value was found of {self.found} of {self.wanted} numbers{within}{because}"


def proved(form: Tree, question: Exactly) -> Expression | None:
    """The form as an expression, where it is the truth of a question."""
    with suppress(ArithmeticError, DerivError, OutOfTimeError):
        claim = expression_of(form, question.expression.spelling)
        if limited(PROOF_SECONDS, lambda: is_number(claim, question.truth(question.at))):
            return claim
    return None


def exact_results(results: Sequence[Result], points: Points, asked: bool) -> list[Result]:
    """The results with exact values at points that were typed; unasked with short ones at points such as pi/4."""
    search = Search(asked)
    found = [_exact_result(result, points, search) for result in results]
    return [replace(result, exact_remark=search.remark) for result in found]


def _exact_result(result: Result, points: Points, search: Search) -> Result:
    names = _names(result)
    places = [_exact_point(names, points, place, search.asked) for place in range(len(result.value))]
    exact = any(point is not None for point in places) and not custom_functions(result)
    if not exact and not search.asked:
        return result
    formulas = {VALUE: result.expression.expanded, **_formulas(result, search.asked)} if exact else {}
    numbers = {VALUE: result.value, **result.derivatives}
    verdicts = {VALUE: result.value_verdicts, **result.verdicts}
    truths = {VALUE: _truth(result.expression, Derivative()), **{key: _true(key, result) for key in result.derivatives}}
    found: dict[str, list[Expression | None]] = {key: [] for key in numbers}
    for place, point in enumerate(places):
        at = {} if point is None else coordinates(result.at, points, names, place)
        for key, column in found.items():
            if (key == VALUE and result.dependent) or search.passes(verdicts.get(key), place):
                column.append(None)
                continue
            number = float(numbers[key][place])
            question = Exactly(result.expression, truths[key], formulas.get(key), point, at, number)
            column.append(search.value(question))
    columns = {key: tuple(column) for key, column in found.items()}
    if not (search.asked or any(map(any, columns.values()))):
        return result
    return replace(result, exact_value=columns.pop(VALUE), exact=columns)


def exact_series(results: Sequence[SeriesResult], asked: bool) -> list[SeriesResult]:
    """The polynomials with the exact values of their coefficients, as `exact_results`."""
    search = Search(asked)
    found = [_exact_series(result, search) for result in results]
    return [replace(result, exact_remark=search.remark) for result in found]


def _names(result: Result) -> list[str]:
    """The variables of what is differentiated."""
    expressions = [result.expression, *result.functions]
    return list(dict.fromkeys(name for each in expressions for name in each.variables))


def _exact_series(result: SeriesResult, search: Search) -> SeriesResult:
    count, terms = result.coefficients.shape
    expression, points = result.expression, result.points
    formulas: list[Tree | None] = [expression.expanded]
    columns: list[list[Expression | None]] = [[] for _ in range(terms)]
    for place in range(count):
        point = _exact_point(expression.variables, points, place, search.asked)
        at = {} if point is None else coordinates(result.at, points, expression.variables, place)
        for order, column in enumerate(columns):
            if search.passes(result.verdicts[order] if result.verdicts else None, place):
                column.append(None)
                continue
            while point is not None and len(formulas) <= order:
                formulas.append(_next(formulas[-1], result.variable, search))
            formula = None if point is None else formulas[order]
            number = float(result.coefficients[place, order])
            over = None if formula is None else multiply([formula, sympy.Rational(1, math.factorial(order))])
            truth = _truth(expression, Derivative((result.variable,) * order, coefficient=True))
            column.append(search.value(Exactly(expression, truth, over, point, at, number)))
    if not (search.asked or any(map(any, columns))):
        return result
    return replace(result, exact=tuple(tuple(column) for column in columns))


def _next(formula: Tree | None, variable: str, search: Search) -> Tree | None:
    """The derivative of a formula, if there is time for one."""
    if formula is None or time.thread_time() > search.end:
        return None
    return attempted(FORMULA_SECONDS, derivative_of, formula, (variable,))


def _truth(expression: Expression, derivative: Derivative) -> TrueNumber:
    return lambda at: derivative_at(expression, derivative, at)


def _true(key: str, result: Result) -> TrueNumber:
    """What finds the true number that a key of a result stands for."""
    if key not in result.sums:
        return _truth(result.expression, derivative_asked(key, result))
    terms = [(each.sign, result.functions[each.place], Derivative(each.partial[::-1])) for each in result.sums[key]]
    return lambda at: sum_at(terms, at)


def _formulas(result: Result, asked: bool) -> dict[str, Tree]:
    """The derivatives of a result as formulas, in their shortest form where that is worth its time; {} without any."""
    if result.sums:
        return _sum_formulas(result)
    partials = [partial_of(key) for key in result.derivatives]
    given = result.expression, partials, result.direction, result.dependent
    found = attempted(FORMULA_SECONDS, differentiate, *given)
    if found is not None and (asked or is_piecewise(found)):
        from derivcli.explain.piecewise.piecewise_derivative import derivatives  # late: it takes the simplifier

        found = attempted(FORMULA_SECONDS, derivatives, *given) or found
    return {} if found is None else {key: formula.expanded for key, formula in found.derivatives.items()}


def _sum_formulas(result: Result) -> dict[str, Tree]:
    """The sums of a result as formulas; {} where there are none."""
    from derivcli.explain.vector_formulas import derivatives_in, sum_of  # late: it takes the simplifier

    found = attempted(FORMULA_SECONDS, derivatives_in, result.functions, [result.sums])
    return {} if found is None else {key: sum_of(total, found) for key, total in result.sums.items()}


def _exact_point(names: Iterable[str], points: Points, place: int, asked: bool) -> dict[str, Tree] | None:
    """The coordinates of a point as they were typed; None where one is no exact number or, unasked, where all are."""
    found = {name: points.exact(name, place) for name in names}
    if asked:
        found = {name: _whole(points, name, place) if tree is None else tree for name, tree in found.items()}
    point = {name: tree for name, tree in found.items() if tree is not None}
    is_formula = any(not tree.is_Rational for tree in point.values())
    return point if len(point) == len(found) and (asked or is_formula) else None


def _whole(points: Points, name: str, place: int) -> Tree | None:
    """The number of a coordinate that is a float64, where that is a whole one."""
    value = float(points.at[name][place])
    return sympy.Integer(int(value)) if value.is_integer() else None
