"""Formulas, results and reports copy, pickle and compare by what was typed, in this process and in others."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import torch

import derivcli
from derivcli import DerivError, Expression, derive, explain, parse, steps
from derivcli.check import judge
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.tree import Derivative, symbol
from derivcli.language.tree_serialization import code_of, trees_of
from tests.conftest import PATIENCE, patient
from tests.copied import MADE, NAMES, copies, drawn, formula, nodes, numbers, point, reread, told, visited
from tests.custom_functions import Square

FEW = 40
"""Formulas of which `make test` looks at copies."""

Pool = ProcessPoolExecutor


@pytest.fixture(scope="module")
def other() -> Iterator[Pool]:
    """Another process, which shares nothing with this one."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), patient) as pool:
        yield pool


# Formulas


def formulas(seed: int, count: int) -> list[Expression]:
    """Formulas that are not refused."""
    draw = Random(seed)
    found: list[Expression] = []
    while len(found) < count:
        try:
            found.append(parse(formula(draw), declared=NAMES))
        except DerivError:
            continue
    return found


def differing_copies(things: Sequence[Any]) -> list[str]:
    """The copies that are not equal to what they are copies of, or in which something else stands."""
    found: list[str] = []
    for thing in things:
        before = told(thing)
        for how, copied in copies(thing):
            is_equal = isinstance(thing, DerivError) or copied == thing
            found += [] if is_equal and told(copied) == before else [f"{how} of {thing!r}"]
    return found


def differing_elsewhere(pool: Pool, things: Sequence[Any], at: Sequence[dict[str, Any]] = ()) -> list[str]:
    """The things that are others in another process, or when they come back, or that have other numbers there."""
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    pickles = [pickle.dumps(thing, protocols[place % len(protocols)]) for place, thing in enumerate(things)]
    found: list[str] = []
    for place, (there, back, numbers_there) in enumerate(pool.submit(visited, pickles, at).result()):
        returned, thing = pickle.loads(back), things[place]
        same = there == told(thing) == told(returned) and (returned == thing or isinstance(thing, DerivError))
        if not same or (at and numbers_there != numbers(thing, at[place])):
            found.append(f"{thing!r} at {at[place] if at else None}")
    return found


def other_numbers(expressions: Sequence[Expression], at: Sequence[dict[str, Any]]) -> list[str]:
    """The formulas of which a pickled copy has other numbers or verdicts."""
    pairs = zip(expressions, at, strict=True)
    return [f"{each!r} at {at}" for each, at in pairs if numbers(reread(each), at) != numbers(each, at)]


def lasting(pool: Pool, expressions: Sequence[Expression], at: Sequence[dict[str, Any]]) -> list[str]:
    """The formulas that have other numbers elsewhere or in a copy, even when no clock stops one of the two verdicts."""
    for seconds in (judge.VERDICT_SECONDS, PATIENCE):
        with allowed(pool, seconds):
            found = {*differing_elsewhere(pool, expressions, at), *other_numbers(expressions, at)}
        pairs = [pair for pair in zip(expressions, at, strict=True) if f"{pair[0]!r} at {pair[1]}" in found]
        expressions, at = [each for each, _ in pairs], [each for _, each in pairs]
    return sorted(found)


@contextmanager
def allowed(pool: Pool, seconds: float) -> Iterator[None]:
    """A block in which a verdict may take so long, here and elsewhere."""
    usual = judge.VERDICT_SECONDS
    try:
        pool.submit(allow, seconds).result()
        allow(seconds)
        yield
    finally:
        pool.submit(allow, usual).result()
        allow(usual)


def allow(seconds: float) -> None:
    judge.VERDICT_SECONDS = seconds


def examined(pool: Pool, seed: int, count: int) -> list[str]:
    """What is wrong with copies of so many formulas."""
    expressions, draw = formulas(seed, count), Random(seed)
    at = [point(draw) for _ in expressions]
    return differing_copies(expressions) + lasting(pool, expressions, at)


def test_copies_of_formulas_are_the_same_formulas(other: Pool) -> None:
    assert examined(other, seed=1, count=FEW) == []


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(2, 22))
def test_copies_of_10000_formulas(other: Pool, seed: int) -> None:
    assert examined(other, seed, 500) == []


def test_every_function_of_the_table_comes_back() -> None:
    texts = [
        f"{row.name}({', '.join('12xyt'[i % 5] if i else 'x' for i in range(len(row.parameters)))})"
        for row in FUNCTIONS
    ]
    read = [expression for text in texts for expression in _parsed(text)]
    assert len(read) > len(FUNCTIONS) / 2
    assert differing_copies(read) == []
    for row in FUNCTIONS:
        assert copy.deepcopy(row) is copy.copy(row) is reread(row) is row


def _parsed(text: str) -> list[Expression]:
    try:
        return [parse(text, declared=NAMES)]
    except DerivError:
        return []


@pytest.mark.parametrize(
    ("text", "at"), [("x/x", 0), ("sqrt(x)^2", -1), ("log(exp(x))", 800), ("x*x^0", 0), ("|x|", 0)]
)
def test_what_evaluation_would_change_stays(text: str, at: float) -> None:
    expression = parse(text)
    wanted = numbers(expression, {"x": at})
    for how, copied in copies(expression):
        assert numbers(copied, {"x": at}) == wanted, how
    evaluated = expression.tree.func(*expression.tree.args)
    assert nodes(evaluated) != nodes(expression.tree) or text in ("|x|",)


def test_derivatives_still_to_be_taken_come_back() -> None:
    (derivation,) = steps("x^2*sin(x)*|x|")
    assert any(part.has(Derivative) for part in (step.tree for step in derivation.steps))
    assert differing_copies([derivation, *derivation.steps]) == []


def test_a_wide_formula_needs_no_recursion() -> None:
    assert differing_copies([parse("+".join(f"{n}x/x" for n in range(1, 301)))]) == []
    wide = parse("+".join(["x"] * 20_000))
    again = reread(wide)
    assert again == wide
    assert nodes(again.tree) == nodes(wide.tree)
    assert len(repr(again)) < 200


def test_a_formula_as_deep_as_is_read() -> None:
    deep = parse("sin(" * 98 + "x/x" + ")" * 98)
    assert differing_copies([deep]) == []
    assert hash(reread(deep)) == hash(deep)


def test_a_chain_of_definitions_costs_what_it_says() -> None:
    chain = {"a0": "x+1"} | {f"a{n}": f"a{n - 1}*a{n - 1}" for n in range(1, 60)}
    tree = parse("a59", let=chain).expanded
    assert len(code_of([tree])[0]) < 100
    (again,) = trees_of(reread(code_of([tree])))
    assert code_of([again]) == code_of([tree])


def test_symbols_of_another_process_are_the_ones_of_this(other: Pool) -> None:
    ((_, back, _),) = other.submit(visited, [pickle.dumps(parse("x+y"))]).result()
    assert pickle.loads(back).tree.args == (symbol("x"), symbol("y"))
    assert pickle.loads(back).tree.args[0] is parse("x").tree


def test_numbers_of_any_length_at_every_protocol() -> None:
    huge = replace(parse("x"), tree=parse("2*x").tree.func(parse("2").tree ** 20_000, parse("1/3").tree))
    texts = ("1.5e300x", "12345678901234567890/3", "1e-300 + x/0.1", "-7/12345678901234567891", "9" * 300)
    assert differing_copies([*map(parse, texts)]) == []
    assert [copied == huge for _, copied in copies(huge)] == [True] * 8
    read = [parse(text) for text in ("2", "1/3", "0.1", "pi", "sqrt(2)")]
    assert [type(reread(each).constant) for each in read] == [type(each.constant) for each in read]


def test_what_is_known_of_a_formula_is_not_carried_along() -> None:
    expression = parse("z^2", let={"z": "x+1"})
    before = pickle.dumps(expression)
    assert expression.expanded != expression.tree
    assert (expression.text, expression.custom_functions) == ("z^2", ())
    assert pickle.dumps(expression) == before


# A user's own functions


class Twice(torch.autograd.Function):
    """2x, at the head of a module."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return 2 * grad


def test_code_is_pickled_by_its_place(other: Pool) -> None:
    at = {"x": 3.0}
    for own in (parse("sin(T(x))/x + x/x", use={"T": Twice}), parse("S(x)", use={"S": Square})):
        assert differing_copies([own]) == []
        assert differing_elsewhere(other, [own] * 6, [at] * 6) == []
        assert other_numbers([own], [at]) == []
        assert differing_copies([derive(own, at=at), explain(own, at=at)]) == []


def test_code_that_python_does_not_find_is_copied_and_not_pickled() -> None:
    class Local(Twice):
        """2x, in a body."""

    own = parse("T(x)", use={"T": Local})
    result = derive(own, at="x=1")
    assert copy.copy(own) == copy.deepcopy(own) == own
    assert copy.deepcopy(result) == result
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(pickle.PicklingError, match=r"'T' is code, .*nothing at .*Local: define it at the head"):
            pickle.dumps(result, protocol)


# Results of every type


def several(kind: str, seed: int, count: int) -> list[Any]:
    draw = Random(f"{seed} {kind}")
    return [drawn(kind, draw) for _ in range(count)]


@pytest.mark.parametrize("kind", MADE)
def test_copies_of_results(other: Pool, kind: str) -> None:
    things = several(kind, 1, 2)
    assert differing_copies(things) + differing_elsewhere(other, things) == []


@pytest.mark.sweep
@pytest.mark.parametrize("kind", MADE)
def test_copies_of_500_results(other: Pool, kind: str) -> None:
    things = several(kind, 2, 500)
    assert differing_copies(things) + differing_elsewhere(other, things) == []


def test_a_copy_shares_no_array() -> None:
    result = derive("x^2", at={"x": [1, 2]})
    for how, copied in copies(result):
        if how != "copy":
            copied.value[0] = 7
            copied.at["x"][1] = 8
    assert (result.value.tolist(), result.at["x"].tolist()) == ([1, 4], [1, 2])


def test_a_refusal_keeps_all_that_it_says() -> None:
    with pytest.raises(DerivError) as caught:
        parse("x + $")
    for _, copied in copies(caught.value):
        assert isinstance(copied, DerivError)
        assert vars(copied) == vars(caught.value)
        assert str(copied) == str(caught.value)


def test_what_results_are_made_of_comes_back() -> None:
    verdict = derive("abs(x)", at="x=0").verdicts["x"][0]
    note = parse("1/2x").notes[0]
    assert isinstance(verdict, derivcli.Verdict)
    assert differing_copies([verdict, note, note.span, derivcli.ExitStatus.UNWRITABLE]) == []
    assert verdict != replace(verdict, left=-2.0)
