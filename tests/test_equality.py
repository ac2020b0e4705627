"""Which formulas and results are equal, how Python shows them, and that no record with trees or arrays is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import derivcli
from derivcli import Expression, Result, answer, derive, explain, parse, series, steps
from derivcli.language import pickling
from derivcli.language.tree_serialization import code_of
from derivcli.points.points import Points, Values
from tests.copied import nodes, reread, told
from tests.support import each


def made(text: str = "x^2 + 1/x", at: str = "x=0,2", **options: Any) -> Result:
    return derive(text, at=at, **options)


EQUAL: list[Callable[[], Any]] = [
    lambda: parse("x/x + z", let={"z": "y*2"}),
    lambda: made(),
    lambda: made("abs(x)"),
    lambda: derive("x*y^2"),
    lambda: series("sin(x)", 4, "x=0", on=(-1, 1)),
    lambda: explain("x^2*y", "x=1,y=2"),
    lambda: steps("x*sin(x)"),
    lambda: answer("x^2", "if(x == sqrt(2), 0, 2x)"),
    lambda: derivcli.jacobian(["x*y", "x"], "x=1,y=2"),
]


@each("make", EQUAL)
def test_the_same_done_twice_is_equal(make: Callable[[], Any]) -> None:
    assert make() == make()


@each(
    ("one", "other"),
    [
        *(("x+y", "y+x"), ("x/x", "1"), ("x*x", "x^2"), ("x*y/t", "x/t*y"), ("2.0x", "2x"), ("x+1", "x + 1")),
        *(("x", "y"), ("x-1", "x+(-1)"), ("a*(b*c)", "(a*b)*c"), ("abs(x)", "relu(x)"), ("if(x<1,1,2)", "if(1>x,1,2)")),
    ],
)
def test_what_was_typed_in_another_way_is_not_equal(one: str, other: str) -> None:
    assert parse(one) != parse(other)
    trees = [parse(text).tree for text in (one, other)]
    has_same_nodes = nodes(trees[0]) == nodes(trees[1])
    assert (code_of([trees[0]]) == code_of([trees[1]])) is has_same_nodes
    assert (replace(parse(one), tree=trees[1]) == parse(one)) is has_same_nodes


def test_results_that_differ_anywhere_are_not_equal() -> None:
    result = made("sqrt(x)+x*y", "x=0,4,y=1")
    nan = replace(result, value=np.array([np.nan, 1.0]))
    assert nan == replace(result, value=np.array([np.nan, 1.0]))
    others = [
        made("sqrt(x)+x*y", "x=0,2.5,y=1"),
        made("sqrt(x)+x*y", "x=0,4,y=1", check=False),
        made("sqrt(x)+x*y", "x=0,4,y=1", wrt="y,x"),
        replace(result, value=np.array([np.nan, 2.0])),
        replace(result, value=result.value.astype(np.float32)),
        replace(result, value=result.value[:1]),
        replace(result, value=result.value[None]),
        replace(result, derivatives=dict(reversed(result.derivatives.items()))),
        replace(result, expression=parse("sqrt(x)+x*y ", declared="xy")),
        replace(result, layout="hessian"),
        replace(result, value_verdicts=None),
    ]
    assert [other == result for other in others] == [False] * len(others)
    assert result != "sqrt(x)+x*y"


def test_points_are_equal_by_what_was_typed() -> None:
    centres = [series("exp(x)", 1, {"x": at}).points for at in ("1/2", "1/2", "0.5")]
    assert isinstance(centres[0], Points)
    assert [each == centres[0] for each in centres] == [True, True, False]
    assert series("exp(x)", 1, {"x": ["sqrt(4)/4"]}).points != centres[0]


def test_expressions_are_hashed_by_what_was_typed() -> None:
    texts = ["x/x", "abs(x)", "z^2", "if(x > 0, x, 1)"]
    found = {parse(text): text for text in texts}
    assert [found[reread(parse(text))] for text in texts] == texts


def test_results_have_no_hash() -> None:
    for thing in (made(), derive("x"), made().verdicts["x"]):
        with pytest.raises(TypeError, match="unhashable"):
            hash(thing)


# How they are shown


def test_what_python_shows_is_short() -> None:
    long = "+".join(f"x^{n}" for n in range(2, 200))
    assert repr(parse("x/x")) == "<Expression x/x>"
    assert repr(parse("z", let={"z": "2x"}).definitions) == "(<Definition z = 2*x>,)"
    assert repr(steps("x^2")[0].steps[-1]).startswith("<Step ")
    things = [parse(long), derive(long, at="x=1"), derive(long), series("x", 1, {"x": ["1/3"] * 60}).points]
    assert [len(repr(thing)) < 1200 for thing in things] == [True] * len(things)


# Which records hold trees and arrays


@cache
def imported(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Where the names come from that a module imports, for types too."""
    parts = [
        node
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text()))
        if isinstance(node, ast.ImportFrom)
    ]
    return {alias.name: (node.module or "", alias.name) for node in parts for alias in node.names}


def named_in(annotation: str, module: ModuleType) -> Iterator[type | str]:
    """The records that an annotation names, and "Tree" and "array", through other names for types."""
    for name in dict.fromkeys(re.findall(r"\w+", annotation)):
        if name in ("FloatArray", "Floats", "KindArray", "NDArray", "Tree"):
            yield "Tree" if name == "Tree" else "array"
            continue
        home, wanted = imported(module).get(name, (module.__name__, name))
        found = getattr(import_module(home), wanted, None) if home.startswith("derivcli") else None
        if isfunction(found) or isinstance(found, ModuleType):  # a word of a `Literal`, or NumPy, whose names these are
            continue
        if isinstance(found, str) or (found is not None and not isinstance(found, type)):
            yield from named_in(str(found), import_module(home))
        elif isinstance(found, type) and is_dataclass(found):
            yield found


def holders(roots: Sequence[Any]) -> dict[type, set[type | str]]:
    """The records that public functions give back, with all in them, and what each holds."""
    queue = [root for root in roots if isinstance(root, type)]
    for root in roots:
        if not isinstance(root, type):
            queue += [
                each
                for each in named_in(root.__annotations__["return"], import_module(root.__module__))
                if isinstance(each, type)
            ]
    found: dict[type, set[type | str]] = {}
    while queue:
        kind = queue.pop()
        if kind not in found:
            module = import_module(kind.__module__)
            found[kind] = {each for text in kind.__annotations__.values() for each in named_in(text, module)}
            queue += [each for each in found[kind] if isinstance(each, type)]
    return found


def uncovered(found: dict[type, set[type | str]]) -> list[str]:
    """The records whose trees SymPy would copy, or whose arrays or trees `==` would compare."""
    by_record = [kind for kind, held in found.items() if "Tree" in held]
    by_arrays = [kind for kind, held in found.items() if "array" in held]
    wrong = [f"{kind.__name__} pickles" for kind in by_record if method(kind, "__reduce__") is not pickling.reduced]
    wrong += [f"{kind.__name__} compares" for kind in by_record if method(kind, "__eq__") is not pickling.equal]
    equals = (pickling.equal, derivcli.record_equality.equal)
    return wrong + [f"{kind.__name__} compares" for kind in by_arrays if method(kind, "__eq__") not in equals]


def method(kind: type, name: str) -> Any:
    return getattr(kind, name)


def public() -> list[Any]:
    """The public functions and records."""
    found: list[Any] = [getattr(derivcli, name) for name in derivcli.__all__]
    return [each for each in found if isfunction(each) or is_dataclass(each)]


def test_every_record_with_trees_or_arrays_is_covered() -> None:
    found = holders(public())
    assert uncovered(found) == []
    assert {Expression, Result, Points, Values, derivcli.Step, derivcli.Counterexample} <= found.keys()


def test_records_that_are_met_are_records_that_were_looked_at() -> None:
    met: set[type] = set()
    told([make() for make in EQUAL], met)
    assert len(met) > 15
    assert met <= holders([*public(), Points]).keys()


@dataclass(frozen=True)
class Bare:
    """A record that is not covered."""

    expression: Expression
    tree: derivcli.language.tree.Tree | None
    values: Values


def test_a_record_that_is_not_covered_would_be_seen() -> None:
    assert uncovered(holders([Bare])) == ["Bare pickles", "Bare compares"]
