"""Derivations with mistakes in them, compared with a claim: one mistake, the same one everywhere, or two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import TypeAlias

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, deep_recursion, merged
from derivcli.errors import DerivError
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import Case, formula_of
from derivcli.explain.answer.mistake import COMMON, ODD, RARE, USUAL, Mistake
from derivcli.explain.answer.rule_mistakes import mistakes
from derivcli.explain.steps.differentiation_rules import Differentiator, Rule, taken
from derivcli.explain.steps.teacher_notation import product, put
from derivcli.language import tree as build
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import Derivative, Tree, postorder, symbol
from derivcli.result import Partial

MAX_NODES = 300
"""Formulas of more nodes are not searched for mistakes."""

MAX_PAIRS = 400

MAX_CHARACTERS = 40
"""A longer formula is cut in a sentence."""

KIND_ORDER = (
    "misread inner confused product quotient power sign term constant function factor variable integral".split()
)

PlacedMistakes: TypeAlias = list[tuple[Tree, Mistake]]

Choose: TypeAlias = Callable[[PlacedMistakes], Iterator[PlacedMistakes]]
"""Chooses, of all possible mistakes, those that may have been made together."""


@dataclass(slots=True, eq=False)
class MistakenDerivation:
    """The derivation of a formula's derivative, with mistakes in some of its steps."""

    root: Tree
    d: Differentiator
    known: dict[Tree, tuple[Rule, Tree]] = field(default_factory=dict)
    finish: Callable[[Tree], Tree] = lambda tree: tree
    """What becomes of the whole derivative before it is a claim."""
    more: Callable[[Tree], Iterable[Mistake]] = lambda place: ()
    """Further mistakes in a part of the formula."""
    written: Mapping[Tree, Tree] = field(default_factory=dict)
    """How parts of formulas are written in sentences."""
    spelling: Spelling = CANONICAL

    def at(self, tree: Tree) -> tuple[Rule, Tree]:
        """The rule for a part of the formula, and the derivative by it; NotImplementedError where no rule fits."""
        if tree not in self.known:
            self.known[tree] = taken(tree, self.d)
        return self.known[tree]

    def places(self) -> Iterator[Tree]:
        """Every formula whose derivative is taken, the outermost first."""
        waiting = [self.root]
        seen = {self.root}
        for tree in waiting:  # which grows meanwhile
            yield tree
            inner = [marker.args[0] for marker in markers(self.at(tree)[1])]
            waiting += [part for part in dict.fromkeys(inner) if part not in seen]
            seen.update(inner)

    def whole(self, tree: Tree, wrong: Mapping[Tree, Tree]) -> Tree:
        """The whole derivative of a formula, with wrong derivatives of some parts."""
        done: dict[Tree, Tree] = {}

        def expanded(place: Tree) -> Tree:
            if place not in done:
                made = wrong[place] if place in wrong else self.at(place)[1]
                done[place] = put(made, {marker: expanded(marker.args[0]) for marker in markers(made)})
            return done[place]

        return expanded(tree)

    def mistakes(self) -> PlacedMistakes:
        """Every possible mistake with the part in which it is made, the least far-fetched first."""
        found: PlacedMistakes = []
        for place in self.places():
            rule, right = self.at(place)
            found += [(place, each) for each in (*mistakes(rule.name, place, right, self.d), *self.more(place))]
        return sorted(found, key=lambda pair: (pair[1].oddness, KIND_ORDER.index(pair[1].kind)))


def markers(tree: Tree) -> list[Tree]:
    """The derivatives still to be taken in a tree."""
    return [node for node in postorder(tree, stop_at=Derivative) if isinstance(node, Derivative)]


def rule_mistake(case: Case) -> Diagnosis | None:
    """The usual mistake that leads to the claim, made once or everywhere."""
    return _mistaken(case, lambda found: one_slip(found, COMMON, USUAL))


def odd_rule_mistake(case: Case) -> Diagnosis | None:
    """The less usual mistake that leads to the claim, made once or everywhere."""
    return _mistaken(case, lambda found: one_slip(found, ODD))


def inner_divided(case: Case) -> Diagnosis | None:
    """An inner derivative that is a divisor, not a factor: rare, and better said than that a number is missing."""
    return _mistaken(case, lambda found: ([pair] for pair in found if pair[1].name == "divided"))


def rare_rule_mistake(case: Case) -> Diagnosis | None:
    """The rare mistake, or the two mistakes, that lead to the claim."""
    return _mistaken(case, odd_slips)


def _mistaken(case: Case, choose: Choose) -> Diagnosis | None:
    """A mistake in the first of several differentiations, or in the last."""
    with deep_recursion():
        first, last, several = case.partial[-1], case.partial[0], len(case.partial) > 1
        found = _mistaken_in(case, choose, case.expression.expanded, first, case.partial[:-1])
        if found is not None or not several:
            return found and _placed(found, "first", several)
        before = formula_of(case.expression, case.partial[1:])
        found = None if before is None else _mistaken_in(case, choose, before.expanded, last, ())
        return found and _placed(found, "last", several)


def _placed(found: Diagnosis, which: str, several: bool) -> Diagnosis:
    """The diagnosis with a word on which differentiation it is of, where there are several."""
    return Diagnosis(found.kind, f"{found.message}, in the {which} differentiation") if several else found


def _mistaken_in(case: Case, choose: Choose, tree: Tree, name: str, then: Partial) -> Diagnosis | None:
    """A mistake in one differentiation, before the further ones."""
    if sum(1 for _ in postorder(tree)) > MAX_NODES or not case.probes:
        return None
    d = Differentiator(symbol(name), len(case.names) > 1)
    return looked_through(case, MistakenDerivation(tree, d, spelling=case.expression.spelling), choose, then)


def looked_through(case: Case, derivation: MistakenDerivation, choose: Choose, then: Partial = ()) -> Diagnosis | None:
    """The mistakes in a derivation that lead to the claim."""
    with suppress(DerivError, *SYMPY_FAILURES):  # of a part without a rule, or without a formula
        chosen = list(choose(derivation.mistakes()))
        for is_claim in (_is_written, _is_equal):
            for found in chosen:
                if _leads_to_claim(case, derivation, found, then, is_claim):
                    return _diagnosis(derivation, found)
    return None


def _leads_to_claim(
    case: Case,
    derivation: MistakenDerivation,
    found: PlacedMistakes,
    then: Partial,
    is_claim: Callable[[Case, Tree, Partial], bool],
) -> bool:
    wrong = {place: each.wrong for place, each in found}
    with suppress(DerivError, *SYMPY_FAILURES):
        return is_claim(case, derivation.finish(derivation.whole(derivation.root, wrong)), then)
    return False


def _is_written(case: Case, tree: Tree, then: Partial) -> bool:
    """Whether the claim is written like a tree, so that of two slips the one is told that looks like it."""
    return not then and merged(tree) == case.merged_claim and case.is_claim(tree)


def _is_equal(case: Case, tree: Tree, then: Partial) -> bool:
    return case.is_claim(tree, then)


def one_slip(found: PlacedMistakes, *oddness: int) -> Iterator[PlacedMistakes]:
    """One mistake of some oddness, or the same one wherever it is possible."""
    slips = [pair for pair in found if pair[1].oddness in oddness]
    yield from ([pair] for pair in slips)
    alike: dict[tuple[str, str], dict[Tree, Mistake]] = {}
    for place, each in slips:
        alike.setdefault((each.kind, each.name), {}).setdefault(place, each)
    yield from (list(places.items()) for places in alike.values() if len(places) > 1)


def odd_slips(found: PlacedMistakes) -> Iterator[PlacedMistakes]:
    """One rare mistake, or any two."""
    yield from ([pair] for pair in found if pair[1].oddness == RARE)
    pairs = (pair for pair in combinations(found, 2) if pair[0][0] != pair[1][0])
    yield from (list(pair) for pair in islice(pairs, MAX_PAIRS))


def _diagnosis(derivation: MistakenDerivation, found: PlacedMistakes) -> Diagnosis:
    texts = (each.sentence.format(*[_shown(tree, derivation) for tree in each.about]) for _, each in found[:2])
    sentences = dict.fromkeys(texts)
    more = "" if len(found) < 3 else ", and so on"
    return Diagnosis(found[0][1].kind, "; ".join(sentences) + more)


def _shown(tree: Tree, derivation: MistakenDerivation) -> str:
    """A formula as text, a derivative that is still to be taken as what it is."""
    if isinstance(tree, Derivative):
        tree = arrange(merged(derivation.whole(tree.args[0], {})))
    tree = build.substitute(tree, derivation.written)
    text = text_of(product([tree]) if isinstance(tree, sympy.Mul) else tree, derivation.spelling)
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"
