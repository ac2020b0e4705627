"""What a text means after all that a session has set: formulas, and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from derivcli.cli.option_values import orders_in, wrt_in
from derivcli.cli.shell.state import ANSWER, State
from derivcli.errors import DerivError, Span
from derivcli.language import tree
from derivcli.language.definitions.equation import parse_equation
from derivcli.language.definitions.named_functions import parse_formula
from derivcli.language.expression import Definition, Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.points.cross_or_zip import cross_or_zip
from derivcli.points.points import Axis, Range, Values
from derivcli.request import Request
from derivcli.result import Result, SymbolicResult

_ANSWER = re.compile(rf"(?<![A-Za-z0-9_]){ANSWER}(?![A-Za-z0-9_])")


def formula_in(state: State, text: str, declared: Collection[str] = ()) -> Expression:
    """The formula that a text writes, with the names that the session knows."""
    last = answer_in(state, text)
    definitions = (*state.formulas.values(), *last)
    expression = parse_formula(text, {*state.variables, *declared}, definitions, state.functions, state.custom)
    return _with_answer(expression, last) if last else expression


def _with_answer(expression: Expression, last: Sequence[Definition]) -> Expression:
    """A formula in which the last answer, which is soon another one, stands itself."""
    return replace(
        expression,
        tree=tree.substitute(expression.tree, tree.expansions(last)),
        definitions=tuple(each for each in expression.definitions if each.name != ANSWER),
    )


def equation_in(state: State, text: str, declared: Collection[str] = ()) -> Expression:
    """The equation that a text writes."""
    definitions = (*state.formulas.values(), *answer_in(state, text))
    return parse_equation(text, {*state.variables, *declared}, definitions, state.functions, state.custom)


def names_answer(text: str) -> bool:
    """Whether a text names the last answer."""
    return _ANSWER.search(text) is not None


def answer_in(state: State, text: str) -> tuple[Definition, ...]:
    """What the last answer is, where a text names it: its value, or its formula."""
    found = _ANSWER.search(text) if ANSWER in text else None
    if found is None:
        return ()
    result = state.result
    if isinstance(result, SymbolicResult):
        return (Definition(ANSWER, result.expression.expanded, spelling=result.expression.spelling),)
    if isinstance(result, Result) and len(result.value) == 1 and not result.dependent:
        exact, value = result.expression.constant, float(result.value[0])
        if isinstance(exact, Fraction):
            return (Definition(ANSWER, tree.number(exact)),)
        if value - value == 0:
            return (Definition(ANSWER, tree.number(Fraction(repr(value)))),)
    message = "the last answer is no finite number" if isinstance(result, Result) else "the last answer is no number"
    message = message if state.last else "there is no answer yet"
    raise DerivError(message, text, Span(*found.span()), "name a number of your own, as in a = 2")


def request_in(state: State, expression: Expression) -> Request:
    """What is asked of a formula by the options that stay set: numbers where its variables have values."""
    options, variables = state.options, expression.variables
    order, orders = orders_in(options.order)
    wrt = wrt_in(options.wrt) if variables else None
    named = [*variables, *(name for name in wrt or () if name not in variables)]
    if any(name not in state.variables for name in variables):
        return Request([with_values(state, expression, wrt or ())], wrt=wrt, order=order, orders=orders)
    axes = [state.variables[name] for name in named if name in state.variables]
    return Request(
        [expression],
        cross_or_zip(axes, options.zip_),
        wrt=wrt,
        order=order,
        orders=orders,
        dtype=options.dtype.value,
        device=options.device.value,
        engine=options.engine.value if options.engine else "",
        check=options.check,
        exact=options.exact,
    )


def with_values(state: State, expression: Expression, kept: Collection[str] = ()) -> Expression:
    """A formula in which the variables that have one value are that value, since others have none.

    Those are `kept` that a derivative is asked for by.
    """
    found = []
    for name in expression.variables:
        value = value_of(state.variables[name]) if name in state.variables and name not in kept else None
        if value is not None:
            found.append(Definition(name, value))
    names = [definition.name for definition in found]
    left = tuple(name for name in expression.variables if name not in names)
    return replace(expression, variables=left, definitions=(*found, *expression.definitions))


def value_of(axis: Axis) -> Tree | None:
    """The value of a variable that has one, as it was typed."""
    return axis.exact(0) if axis.count == 1 else None


def axis_text(axis: Axis, uncertain: bool = True) -> str:
    """The values of a variable as `--at` takes them, with their uncertainties where these are to be told."""
    texts = [text for piece in axis.pieces for text in _piece_texts(piece)]
    if axis.sigma and uncertain:
        spreads = [text for pair in zip(axis.pieces, axis.sigma, strict=True) for text in _spread_texts(*pair)]
        texts = [f"{text}±{spread}" for text, spread in zip(texts, spreads, strict=True)]
    return ",".join(texts)


def _piece_texts(piece: Values | Range) -> list[str]:
    """The values of a piece, or its range."""
    if isinstance(piece, Range):
        return [f"{piece.start}:{piece.stop}:{piece.count}"]
    exact = piece.exact or (None,) * piece.count
    pairs = zip(exact, piece.numbers.tolist(), strict=True)
    return [repr(number) if tree is None else text_of(tree) for tree, number in pairs]


def _spread_texts(piece: Values | Range, spread: Values | Range) -> list[str]:
    """The uncertainties of the values of a piece, or of its range, where they may be a part of each value."""
    if isinstance(spread, Values):
        return [repr(abs(number)) for number in spread.numbers.tolist()]
    assert isinstance(piece, Range), "pieces and their uncertainties are alike"
    if spread.start == spread.stop:
        return [str(spread.start)]
    return [f"{100 * (spread.start / piece.start if piece.start else spread.stop / piece.stop)}%"]
