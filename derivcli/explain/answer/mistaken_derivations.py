"""Derivations with a slip in them, to be compared with a claim: at one place, at all places alike, or at two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import TypeAlias

import sympy

from derivcli.check.equality import quantity
from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, deep_recursion, merged
from derivcli.errors import DerivError
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import Case, formula_of
from derivcli.explain.answer.rule_mistakes import Slip, slips
from derivcli.explain.steps.differentiation_rules import RULES, By
from derivcli.explain.steps.teacher_notation import product, put
from derivcli.language.printer import text_of
from derivcli.language.tree import Derivative, Tree, postorder, symbol
from derivcli.result import Partial

LARGEST = 300
"""Formulas of more nodes are not searched for slips."""

PAIRS = 400
"""So many pairs of slips are tried."""

LONG = 40
"""A longer formula is called what it is to the rule, and not written out."""

FIRST = "inner confused product quotient power sign term constant function factor variable integral".split()
"""Kinds of slips in the order in which they are tried."""

Placed: TypeAlias = list[tuple[Tree, Slip]]
"""Slips with the formulas whose derivatives they are."""

Choose: TypeAlias = Callable[[Placed], Iterator[Placed]]
"""What may have been done wrong, of all slips that there are."""


@dataclass(frozen=True, slots=True)
class Made:
    """The derivative of a formula by one rule, with those of its parts still to be taken."""

    rule: str
    tree: Tree


@dataclass(slots=True, eq=False)
class Derivation:
    """How the derivative of a formula is made, place by place."""

    root: Tree
    d: By
    made: dict[Tree, Made] = field(default_factory=dict)

    def at(self, tree: Tree) -> Made:
        """The derivative of one place; raises NotImplementedError where it has none by the rules."""
        if tree not in self.made:
            found = ((rule.name, rule.apply(tree, self.d)) for rule in RULES)
            made = next((Made(name, right) for name, right in found if right is not None), None)
            if made is None:
                raise NotImplementedError("a slip led to what no rule differentiates")
            self.made[tree] = made
        return self.made[tree]

    def places(self) -> Iterator[Tree]:
        """Every formula whose derivative is taken, the outermost first."""
        waiting = [self.root]
        seen = {self.root}
        for tree in waiting:  # which grows meanwhile
            yield tree
            inner = [marker.args[0] for marker in markers(self.at(tree).tree)]
            waiting += [part for part in dict.fromkeys(inner) if part not in seen]
            seen.update(inner)

    def whole(self, tree: Tree, wrong: Mapping[Tree, Tree]) -> Tree:
        """The derivative of a formula with nothing left to be taken, wrong at some places."""
        done: dict[Tree, Tree] = {}

        def expanded(place: Tree) -> Tree:
            if place not in done:
                made = wrong[place] if place in wrong else self.at(place).tree
                done[place] = put(made, {marker: expanded(marker.args[0]) for marker in markers(made)})
            return done[place]

        return expanded(tree)

    def slips(self) -> Placed:
        """Every slip with its place, those of the most telling kinds first."""
        found = [
            (place, each)
            for place in self.places()
            for each in slips(self.at(place).rule, place, self.at(place).tree, self.d)
        ]
        return sorted(found, key=lambda pair: (pair[1].name != "alone", FIRST.index(pair[1].kind)))


def markers(tree: Tree) -> list[Tree]:
    """The derivatives still to be taken in a tree."""
    return [node for node in postorder(tree, stop_at=Derivative) if isinstance(node, Derivative)]


def slipped(case: Case) -> Diagnosis | None:
    """The usual slip with which a derivation comes to the claim, at one place or at all alike."""
    return _slipped(case, _usual)


def divided(case: Case) -> Diagnosis | None:
    """An inner derivative that is a divisor, not a factor: rare, and better said than that a number is missing."""
    return _slipped(case, lambda found: ([pair] for pair in found if pair[1].name == "divided"))


def slipped_oddly(case: Case) -> Diagnosis | None:
    """The rare slip, or the two slips, with which a derivation comes to the claim."""
    return _slipped(case, _odd)


def _slipped(case: Case, choose: Choose) -> Diagnosis | None:
    """A slip in the first differentiation of several, or in the last."""
    with deep_recursion():
        first, last, several = case.partial[-1], case.partial[0], len(case.partial) > 1
        found = _slipped_in(case, choose, case.expression.expanded, first, case.partial[:-1])
        if found is not None or not several:
            return found and _placed(found, "first", several)
        before = formula_of(case.expression, case.partial[1:])
        found = None if before is None else _slipped_in(case, choose, before.expanded, last, ())
        return found and _placed(found, "last", several)


def _placed(found: Diagnosis, which: str, several: bool) -> Diagnosis:
    """The diagnosis with a word on which differentiation it is of, where there are several."""
    return Diagnosis(found.kind, f"{found.message}, in the {which} differentiation") if several else found


def _slipped_in(case: Case, choose: Choose, tree: Tree, name: str, then: Partial) -> Diagnosis | None:
    """A slip in the differentiation of a tree by a variable, after which it is differentiated further."""
    if sum(1 for _ in postorder(tree)) > LARGEST or not case.probes:
        return None
    derivation = Derivation(tree, By(symbol(name), len(case.names) > 1))
    with suppress(DerivError, *SYMPY_FAILURES):  # of a part without a rule, or without a formula
        for found in choose(derivation.slips()):
            if _leads_to_claim(case, derivation, found, then):
                return _told(derivation, found)
    return None


def _leads_to_claim(case: Case, derivation: Derivation, found: Placed, then: Partial) -> bool:
    """Whether a derivation with some slips in it comes to the claim."""
    wrong = {place: each.wrong for place, each in found}
    with suppress(DerivError, *SYMPY_FAILURES):
        return case.is_quantity(quantity(derivation.whole(derivation.root, wrong), case.names, then))
    return False


def _usual(found: Placed) -> Iterator[Placed]:
    """One usual slip, or the same wherever it is possible."""
    usual = [pair for pair in found if not pair[1].rare]
    yield from ([pair] for pair in usual)
    alike: dict[tuple[str, str], dict[Tree, Slip]] = {}
    for place, each in usual:
        alike.setdefault((each.kind, each.name), {}).setdefault(place, each)
    yield from (list(places.items()) for places in alike.values() if len(places) > 1)


def _odd(found: Placed) -> Iterator[Placed]:
    """One rare slip, or two of any."""
    yield from ([pair] for pair in found if pair[1].rare)
    pairs = (pair for pair in combinations(found, 2) if pair[0][0] != pair[1][0])
    yield from (list(pair) for pair in islice(pairs, PAIRS))


def _told(derivation: Derivation, found: Placed) -> Diagnosis:
    """The diagnosis that some slips make."""
    told = dict.fromkeys(_sentence(each, derivation) for _, each in found[:2])
    more = "" if len(found) < 3 else ", and so on"
    return Diagnosis(found[0][1].kind, "; ".join(told) + more)


def _sentence(slip: Slip, derivation: Derivation) -> str:
    """The sentence of a slip, with its formulas as text."""
    return slip.sentence.format(*[_shown(tree, derivation) for tree in slip.about])


def _shown(tree: Tree, derivation: Derivation) -> str:
    """A formula as text, a derivative that is still to be taken as what it is."""
    if isinstance(tree, Derivative):
        tree = arrange(merged(derivation.whole(tree.args[0], {})))
    text = text_of(product([tree]) if isinstance(tree, sympy.Mul) else tree)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
