"""The shortest of many forms of a formula: a search over rewritings, in bounded time.

tree -> rewritings, of it and of the best results -> those that are the same -> the one of least cost
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from derivcli.engines import book_order
from derivcli.engines.symbolic import SYMPY_FAILURES, UNREAL, arrange, deep_recursion, merged
from derivcli.engines.time_limit import OutOfTimeError, ProcessorSeconds, limited
from derivcli.language.tree import Tree, postorder
from derivcli.simplify.cost import Cost, cost
from derivcli.simplify.rewriting import Rewriting
from derivcli.simplify.rewritings import FAMILIES
from derivcli.simplify.same import is_same

SEARCH_SECONDS = 0.3
"""The time of the processor that a search takes: a rewriting is not begun after it."""

STUCK_SECONDS = ProcessorSeconds(0.6)
"""After this time of the processor a rewriting that has not ended is left."""

JUDGING_SECONDS = 0.6
"""After this time of the processor no further form is compared."""

PATIENCE = 8
"""How often forms are rewritten in vain before the search ends."""

LONG_SHOT = 2
"""Forms so many times as long as the shortest one are not rewritten."""

COLLECTED = Rewriting("like terms collected", lambda tree: ())
"""What SymPy does to sums and products by itself."""

MAX_STAGES = 2
"""More stages than the last ones are not told."""

MAX_NODES = 400
"""Longer formulas stay as they are."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A form of the formula: as SymPy evaluates it, in the shape that is printed, and how one comes to it.

    `way` has the rewritings that lead to it, each with the form before it and the tree that it made.
    """

    tree: Tree
    shape: Tree
    cost: Cost
    way: tuple[tuple[Rewriting, Tree, Tree], ...] = ()


@dataclass(frozen=True, slots=True)
class Shortest:
    """The form of least cost in the shape that is printed, the way there, and what is to be said of it."""

    shape: Tree
    way: tuple[tuple[str, Tree], ...] = ()
    remarks: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def shortest(tree: Tree) -> Shortest:
    """The shortest form of a formula, which is the same where the formula is defined; itself where none is shorter.

    The formula is in the shape that is printed.
    """
    if book_order.is_sum(tree) or sum(1 for _ in postorder(tree)) > MAX_NODES:
        return Shortest(tree)
    start = Rewritten(merged(tree), tree, cost(tree))
    if start.tree.has(*UNREAL):
        return Shortest(tree)
    evaluated = arrange(start.tree)
    found = [start, Rewritten(start.tree, evaluated, cost(evaluated), ((COLLECTED, start.tree, start.tree),))]
    with suppress(OutOfTimeError), deep_recursion():
        limited(STUCK_SECONDS, _search, min(found, key=lambda form: form.cost), found)
    end = time.thread_time() + JUDGING_SECONDS
    for each in sorted(found, key=lambda form: form.cost):  # a stable sort: the shape as derived wins ties
        if each is start or time.thread_time() > end:
            break
        if is_same(tree, each.shape):
            return Shortest(each.shape, _told(each, start.cost))
    return Shortest(tree)


def _told(form: Rewritten, longest: Cost) -> tuple[tuple[str, Tree], ...]:
    """The last stages of the way to a form by their names, but for those that are longer than where it began."""
    stages = [(rewriting.named(before, after), arrange(after)) for rewriting, before, after in form.way]
    return tuple([stage for stage in stages if cost(stage[1]) <= longest][-MAX_STAGES:])


def _search(start: Rewritten, found: list[Rewritten]) -> None:
    """Collect forms: a family of rewritings of the shortest one each time, until that is in vain or too long."""
    end = time.thread_time() + SEARCH_SECONDS
    seen = {start.tree}
    waiting = [(start, family) for family in range(len(FAMILIES))]
    least, failures = start.cost, 0
    while waiting and failures < PATIENCE and time.thread_time() < end:
        form, family = min(waiting, key=lambda each: (each[0].cost, each[1]))
        waiting.remove((form, family))
        if form.cost[0] > LONG_SHOT * least[0]:
            return
        known = len(found)
        for each in _rewritten(form, FAMILIES[family], seen, end):
            found.append(each)
        made = found[known:]
        waiting += [(each, family) for each in made for family in range(len(FAMILIES))]
        failures += 1
        if made and (best := min(form.cost for form in made)) < least:
            least, failures = best, 0


def _rewritten(form: Rewritten, family: Sequence[Rewriting], seen: set[Tree], end: float) -> Iterator[Rewritten]:
    """The forms that one rewriting of a form comes to, but for those that are known."""
    for rewriting in family:
        if time.thread_time() > end:
            return
        with suppress(*SYMPY_FAILURES):
            for tree in rewriting.apply(form.tree):
                if tree not in seen and not tree.has(*UNREAL):
                    seen.add(tree)
                    shape = arrange(tree)
                    yield Rewritten(tree, shape, cost(shape), (*form.way, (rewriting, form.tree, tree)))
