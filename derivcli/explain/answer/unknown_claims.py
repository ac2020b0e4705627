"""Is a claim about unknown functions the derivative, whatever the functions are?

It is proved where it is the same for all numbers that the functions and their derivatives may be, and wrong where
there are functions for which it is: simple ones first, which a reader can follow, then some in which nothing is
alike by chance. That it is right for these proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.explain.answer.answer import Answer
from derivcli.explain.answer.comparison import Case, compared, confirmed
from derivcli.explain.answer.judge_claim import counterexample, reason
from derivcli.explain.answer.symbolic_proof import is_proved
from derivcli.language.definitions.named_functions import NamedFunction, NamedFunctions
from derivcli.language.definitions.unknown_rows import unknown_in, unknown_row
from derivcli.language.expression import Expression
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.functions.row import Function
from derivcli.result import Partial, derivative_key

SIMPLE = ("{0}^2", "{0}^3", "{0}^2+1", "{0}^4", "{0}^3+{0}", "e^{0}")
SIMPLE_OF_SEVERAL = ("x^2*y^3", "x^3*y", "x*y^2+x", "x^2+y^3")
"""Formulas of functions with which one computes by hand; of several variables over the first two of these."""

GENERIC = "e^(({0})/{1}) + sin({2}*({0})/3)/3 + ({0})^2/{3}"
"""A formula whose derivatives have nothing in common, over a letter and numbers by which functions differ."""


def judge_unknown(expression: Expression, claim: Expression, partial: Partial) -> Answer:
    """Whether a claim is a partial derivative of an expression, whatever the unknown functions are."""
    rows = _functions(expression, claim)
    for meanings in (_simple(rows), _generic(rows)):
        case = confirmed(compared(expression, claim, partial, meanings))
        wrong = case.of_kind("different", "undefined")
        if wrong or case.wrong_spots:
            example, diagnosis = counterexample(case), reason(case)
            functions = {each.head: each.text for each in meanings.values()}
            example = replace(example, functions=functions)
            key, right = derivative_key(partial), len(case.of_kind("same"))
            return Answer(expression, key, claim, case.truth, "differs", right, 0, example, diagnosis)
    return _same(case)


def _same(case: Case) -> Answer:
    """The answer for a claim that is not wrong for the functions that were tried."""
    key, right = derivative_key(case.partial), len(case.of_kind("same"))
    answer = Answer(case.expression, key, case.claim, case.truth, "proved", right)
    if case.formula is not None and is_proved(case.formula.expanded, case.claim.expanded):  # true where pieces meet
        return answer
    tried = f"it is right for the functions tried, at {right} points" if right else "no point was found to compare at"
    return replace(answer, how="undecided", open=f"{tried}, and SymPy finds no proof for all")


def _functions(*expressions: Expression) -> list[Function]:
    """The unknown functions of some formulas, each once, not differentiated."""
    found = (row for expression in expressions for row in unknown_in(expression.expanded))
    counts = {row.name: len(row.parameters) for row in found}
    return [unknown_row(name, counts[name]) for name in sorted(counts)]


def _simple(rows: Sequence[Function]) -> NamedFunctions:
    """Functions with which one computes by hand."""

    def body(place: int, row: Function) -> str:
        if len(row.parameters) == 1:
            return SIMPLE[place % len(SIMPLE)].format(row.parameters[0])
        first, second, *others = row.parameters
        text = SIMPLE_OF_SEVERAL[place % len(SIMPLE_OF_SEVERAL)].replace("y", second).replace("x^", f"{first}^")
        text = text.replace("x*", f"{first}*") if first != "x" else text
        return "*".join([f"({text})", *(f"{name}^{power}" for power, name in enumerate(others, 2))])

    return dict(_named(rows, [body(place, row) for place, row in enumerate(rows)]))


def _generic(rows: Sequence[Function]) -> NamedFunctions:
    """Functions in which nothing is alike by chance."""

    def body(place: int, row: Function) -> str:
        mixed = "+".join(f"{name}/{number}" for number, name in enumerate(row.parameters, 1))
        text = GENERIC.format(mixed, place + 3, place + 2, place + 4)
        return " + ".join([text, *(f"{row.parameters[0]}^2*{name}/{place + 5}" for name in row.parameters[1:])])

    return dict(_named(rows, [body(place, row) for place, row in enumerate(rows)]))


def _named(rows: Sequence[Function], bodies: Sequence[str]) -> Iterator[tuple[str, NamedFunction]]:
    for row, body in zip(rows, bodies, strict=True):
        yield row.name, NamedFunction(row, parse_tree(body, declared=row.parameters), ())
