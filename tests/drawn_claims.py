"""Claims about curves that are drawn, and equations of them, and what is false in the answers.

`python -m tests.drawn_claims [FIRST [LAST]]` judges them all, and prints how many are decided.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from random import Random

import mpmath
import numpy as np

from derivcli import parse
from derivcli.language.tree import number
from derivcli.simplify.domains.roots import Root, root
from derivcli.study.claims.asked import Asked
from derivcli.study.claims.claims import decide, solve
from derivcli.study.questions import Claim, Solutions
from tests.drawn_curves import COUNT, Drawn, drawn_curve
from tests.judged_curves import LOOKS, spread
from tests.real_curves import DIGITS, along, at

POINTS = 1000
SLACK = mpmath.mpf(10) ** -40
HOLDS = {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0)}
"""The signs of the difference with which a relation holds."""


def drawn_claim(seed: int) -> tuple[Drawn, int, str, str]:
    """A curve, the order of a derivative, a relation and a number that it is compared with."""
    draw = Random(-seed)
    drawn, order = drawn_curve(seed), draw.randint(0, 2)
    values = along(drawn.text, grid(drawn))[order]
    values = values[np.isfinite(values) & (np.abs(values) < 1e6)]
    relation, bound = draw.choice(list(HOLDS)), "0"
    if len(values) and draw.random() < 0.8:
        best = np.min if draw.random() < 0.7 and ">" in relation else np.max if draw.random() < 0.8 else np.median
        bound = f"{float(best(values)) + draw.choice([-1, -1, 0, 1, 1]) * draw.choice([1e-3, 0.1, 1]):.4f}"
    return drawn, order, relation, bound


def grid(drawn: Drawn) -> np.ndarray:
    return np.linspace(float(drawn.low), float(drawn.high), POINTS)[1:-1]


def ends(*texts: str) -> tuple[Root, Root]:
    low, high = (root(number(Fraction(each))) for each in texts)
    assert low is not None
    assert high is not None
    return low, high


def asked_about(drawn: Drawn) -> Asked:
    return Asked(parse(drawn.text), "x", ends(drawn.low, drawn.high), {})


def wrong_claim(drawn: Drawn, order: int, relation: str, bound: str, claim: Claim) -> Iterator[str]:
    """What is false in what became of a claim."""
    limit = mpmath.mpf(bound)
    if claim.kind == "proved":
        x = grid(drawn)
        signs = np.sign(along(drawn.text, x)[order] - float(bound))
        for place in spread(x[~np.isin(signs, HOLDS[relation])].tolist(), LOOKS):
            value = at(drawn.text, place)[order]
            off = value - limit
            if mpmath.isnan(value) or (abs(off) > SLACK and int(mpmath.sign(off)) not in HOLDS[relation]):
                yield f"it is proved, and at {place!r} there is {mpmath.nstr(value, 8)}"
                return
    if claim.kind == "refuted":
        assert claim.at is not None
        values = [at(drawn.text, place)[order] for place in {claim.at.low, claim.at.value, claim.at.high}]
        room = SLACK + mpmath.mpf(10) ** -12 * (1 + abs(limit))
        known = [value - limit for value in values if not mpmath.isnan(value)]
        holds = [off for off in known if int(mpmath.sign(off)) in HOLDS[relation] and abs(off) > room]
        if len(holds) == len(values) and " no " not in claim.why:
            yield f"it is refuted at {claim.at.text}, where it holds: {claim.why}"


def wrong_solutions(drawn: Drawn, order: int, bound: str, solutions: Solutions) -> Iterator[str]:
    """Solutions that are none, and signs that change where none is told."""
    x, limit = grid(drawn), mpmath.mpf(bound)
    for point in spread(solutions.found, 40):
        step = max(mpmath.mpf(point.x.high) - mpmath.mpf(point.x.low), abs(mpmath.mpf(point.x.value)) * 2**-52)
        parts = at(drawn.text, point.x.value)
        slope = parts[order + 1] if order < 2 else mpmath.nan
        off = abs(parts[order] - limit)
        if not mpmath.isnan(slope) and off > 4 * abs(slope) * step + mpmath.mpf(10) ** -25 * (1 + abs(limit)):
            yield f"{point.x.text} is no solution: off by {mpmath.nstr(off, 5)}"
    told = np.array([point.x.value for point in solutions.found])
    stretches = [(each[0].value, each[1].value) for each in solutions.everywhere]
    stretches += [(each.low.low, each.high.high) for each in solutions.undecided]
    values = along(drawn.text, x)[order] - float(bound)
    changes = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    for k in spread(changes.tolist(), 40):
        low, high = float(x[k]), float(x[k + 1])
        if ((told >= low) & (told <= high)).any() or any(a <= high and b >= low for a, b in stretches):
            continue
        if is_crossed(drawn.text, order, limit, mpmath.mpf(low), mpmath.mpf(high)):
            yield f"there is a solution between {low!r} and {high!r}"


def is_crossed(text: str, order: int, limit: mpmath.mpf, low: mpmath.mpf, high: mpmath.mpf) -> bool:
    """Whether a continuous function passes a value between two points."""
    for _ in range(60):
        values = [at(text, each)[order] - limit for each in (low, (low + high) / 2, high)]
        if any(map(mpmath.isnan, values)) or values[0] * values[2] >= 0:
            return False
        low, high = (low, (low + high) / 2) if values[0] * values[1] <= 0 else ((low + high) / 2, high)
    left, right = at(text, low), at(text, high)
    return all(abs(left[k] - right[k]) < mpmath.mpf(10) ** -6 * (1 + abs(limit)) for k in range(order + 1))


def misses(seed: int, kinds: Counter[str]) -> Iterator[str]:
    """What is false in the answers to one claim and to one equation."""
    drawn, order, relation, bound = drawn_claim(seed)
    name, asked = "f" + "'" * order, asked_about(drawn)
    with mpmath.workdps(DIGITS):
        claim = decide(f"{name} {relation} {bound}", asked)
        kinds[claim.kind] += 1
        for each in wrong_claim(drawn, order, relation, bound, claim):
            yield f"{name} {relation} {bound}: {each}"
        solutions = solve(f"{name} = {bound}", asked)
        kinds["solved" if solutions.complete else "not wholly solved"] += 1
        for each in wrong_solutions(drawn, order, bound, solutions):
            yield f"{name} = {bound}: {each}"


def main(first: int = 0, last: int = COUNT) -> None:
    kinds: Counter[str] = Counter()
    false = 0
    for seed in range(first, last):
        drawn = drawn_curve(seed)
        try:
            told = list(misses(seed, kinds))
        except Exception as error:
            told = [f"{type(error).__name__}: {error}"]
        false += bool(told)
        for each in told[:3]:
            print(f"{seed}: {drawn.text} on {drawn.low}:{drawn.high}: {each}", flush=True)
    print(f"false in {false} of {last - first}; {dict(kinds)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
