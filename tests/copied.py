"""Random formulas over the whole table of functions, what public functions make of them, and what stands in that.

Nothing here uses the equality, the copies or the pickles of what it looks at.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

import numpy as np
import sympy

from derivcli import (
    DerivError,
    answer,
    check_function,
    derive,
    explain,
    hessian,
    implicit,
    jacobian,
    parse,
    series,
    steps,
)
from derivcli.explain.practice_exercises import LEVELS, exercise
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from tests import claims, custom_functions

NAMES = ("x", "y", "t")
NUMBERS = "0 1 2 3 7 10 0.5 .25 1/3 0.1 1e-3 12345 pi e tau 2.50".split()
TWICE = (
    *("({a})/({a})", "sqrt({a})^2", "log(exp({a}))", "exp(log({a}))", "0*({a})", "({a})^0", "({a})-({a})", "1*({a})"),
    *("({a})+0", "sqrt(({a})^2)", "({a})*({a})", "-(-({a}))", "(({a})^2)^(1/2)", "max({a}, {a})", "cbrt({a})^3"),
)
"""What evaluation changes."""

JOINED = (
    *("({a})+({b})", "({a})-({b})", "({a})*({b})", "({a})/({b})", "({a})^({b})", "({a})({b})", "({a})//({b})"),
    *("|{a}|", "√({a})", "-({a})", "({a})²", "({a})^3", "({a})^-1", "({a})^(1/2)", "2({a})"),
    *("if({a} < {b}, {a}, {b})", "Piecewise(({a}, {a} >= 0), ({b}, {b} == 1), (0, True))"),
    *("if(not ({a} > 0 or {b} != 2) and {a} <= 5, {b}, 1)", "where({b} > 0, log({b}), {a})"),
)


def formula(draw: Random, depth: int = 3, names: Sequence[str] = NAMES) -> str:
    """A formula with every function of the table, parts that evaluation would change, and branches."""
    if depth == 0:
        return draw.choice(names) if draw.random() < 0.7 else draw.choice(NUMBERS)
    if draw.random() < 0.5:
        return call(draw, draw.choice(FUNCTIONS), depth, names)
    parts = {"a": formula(draw, depth - 1, names), "b": formula(draw, draw.randrange(depth), names)}
    return draw.choice(TWICE if draw.random() < 0.4 else JOINED).format(**parts)


def call(draw: Random, row: Function, depth: int, names: Sequence[str]) -> str:
    """A call of a function under one of its names."""
    given = []
    for name in row.parameters[: draw.randint(*(count or 2 for count in row.arity))] if not row.variadic else "ab":
        whole, constant = name in row.whole, name in row.constant
        order = str(row.least + draw.randrange(3)) if whole else draw.choice(("1/2", "1", "0.3")) if constant else ""
        given.append(order or formula(draw, draw.randrange(depth), names))
    return f"{draw.choice((row.name, *row.aliases))}({', '.join(given)})"


def point(draw: Random) -> dict[str, Any]:
    """Values of the variables, at hard places too."""
    return {name: draw.choice((0, 1, -1, 0.5, 1.25, -0.75, 2, "1/3", "pi/2", "sqrt(2)", 0.3, 800)) for name in NAMES}


def told(thing: Any, met: set[type] | None = None) -> Any:
    """All that stands in a thing, as plain data: classes by name, trees node by node, arrays bit by bit."""
    if isinstance(thing, sympy.Basic):
        return nodes(thing)
    if isinstance(thing, np.ndarray):
        return str(thing.dtype), thing.shape, thing.tobytes()
    if isinstance(thing, dict):
        return [(told(key, met), told(value, met)) for key, value in thing.items()]
    if isinstance(thing, tuple | list):
        return [type(thing).__name__, *(told(part, met) for part in thing)]
    if isinstance(thing, frozenset):  # which each process writes in an order of its own
        return sorted(map(repr, thing))
    if isinstance(thing, BaseException):
        return type(thing).__name__, list(map(str, thing.args)), told(vars(thing), met)
    if is_dataclass(thing):
        if met is not None:
            met.add(type(thing))
        values = [(field.name, told(getattr(thing, field.name), met)) for field in fields(thing)]
        return type(thing).__qualname__, values, getattr(thing, "text", "")
    return type(thing).__name__, repr(thing)


def nodes(tree: Any) -> list[Any]:
    """The nodes of a tree from the root on, with all that tells one from another."""
    found, stack = [], [tree]
    while stack:
        node = stack.pop()
        name = f"{type(node).__module__}.{type(node).__qualname__}"
        known = [*sorted(node.assumptions0.items()), node.name] if node.is_Symbol else []
        known += [int(node.p), int(node.q)] if node.is_Rational else []
        known += [node.is_commutative] if isinstance(node, sympy.Expr) else []
        found.append((name, len(node.args), known))
        stack.extend(node.args)
    return found


def numbers(expression: Any, at: dict[str, Any]) -> Any:
    """The numbers and verdicts at a point, or the refusal."""
    try:
        return told(derive(expression, at=at))
    except DerivError as error:
        return str(error)


def copies(thing: Any) -> Iterator[tuple[str, Any]]:
    """Every copy that Python makes in one process."""
    yield "copy", copy.copy(thing)
    yield "deepcopy", copy.deepcopy(thing)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle {protocol}", pickle.loads(pickle.dumps(thing, protocol))


def reread(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


Drawn = Callable[[Random], Any]


def at_points(draw: Random) -> dict[str, Any]:
    return {"x": [draw.choice((0, 1, -1, 0.5, 2, "1/3", "pi")) for _ in range(3)], "y": "0.5", "t": draw.choice((0, 2))}


def claimed(draw: Random) -> Any:
    made = draw.choice((claims.special_value, claims.kinked, claims.filled, claims.glued, claims.two_points))(draw)
    return answer(made.f.text, made.claim.text, "x")


def practised(draw: Random) -> Any:
    return exercise(draw.choice([*LEVELS]), draw.randrange(1000), draw.randrange(100))


def curved(draw: Random, at: Any = None) -> Any:
    return implicit(f"{formula(draw, 1, 'xy')} + y^3 = {formula(draw, 1, 'xy')}", "y", at)


def refused(draw: Random) -> Any:
    try:
        return derive(formula(draw, 2) + draw.choice(("+", ")", " $", "+ foo(x)", "= 2", "'")), at=point(draw))
    except DerivError as error:
        return error


def checked(draw: Random) -> Any:
    slopes = (lambda g, i: 2 * g * i, lambda g, i: g * i, lambda g, i: 2.001 * g * i)
    at = {"i": draw.choice((1.0, 0.5))}
    return check_function(custom_functions.square(draw.choice(slopes)), draw.choice((None, "i^2", "i^3")), at)


MADE: dict[str, Drawn] = {
    "Expression": lambda draw: parse(
        f"z + {formula(draw, 2)}", let={"w": formula(draw, 1), "z": f"w^2 + {draw.choice('xy')}"}
    ),
    "Result": lambda draw: derive(formula(draw, 2), at=at_points(draw), order=draw.choice((1, 1, 2))),
    "along": lambda draw: derive(formula(draw, 1), at=at_points(draw), along={"x": "1/3", "y": 2, "t": "pi"}),
    "SymbolicResult": lambda draw: derive(formula(draw, 1), along=draw.choice((None, {"x": "sqrt(2)"}))),
    "Jacobian": lambda draw: jacobian([formula(draw, 1), formula(draw, 1)], at=at_points(draw)),
    "Hessian": lambda draw: hessian(formula(draw, 1), at=at_points(draw)),
    "implicit": lambda draw: curved(draw, {"x": [1, "1/2"], "y": "sqrt(2)"}),
    "implicit formula": curved,
    "SeriesResult": lambda draw: series(
        formula(draw, 1, ("x",)),
        draw.randrange(5),
        {"x": ["1/3", 2]},
        on=draw.choice((None,) * 9 + ((0, 3),)),
    ),
    "Ledger": lambda draw: explain(formula(draw, 2), at=at_points(draw)),
    "Derivation": lambda draw: steps(formula(draw, 1), draw.choice(NAMES)),
    "Answer": claimed,
    "FunctionReport": checked,
    "Exercise": practised,
    "DerivError": refused,
}
"""Something of every type that public functions give back, or raise."""


def drawn(kind: str, draw: Random) -> Any:
    """The next thing of a kind that is not refused."""
    while True:
        try:
            return MADE[kind](draw)
        except DerivError:
            continue


def visited(pickles: Sequence[bytes], at: Sequence[dict[str, Any]] = ()) -> list[tuple[Any, bytes, Any]]:
    """What another process sees in pickles, their copies, and the numbers there at points; it runs there."""
    seen = []
    for place, pickled in enumerate(pickles):
        thing = pickle.loads(pickled)
        seen.append((told(thing), pickle.dumps(thing), numbers(thing, at[place]) if at else None))
    return seen
