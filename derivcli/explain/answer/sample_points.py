"""Points at which two formulas are compared: rational, the same in every run, of several scales and both signs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise
from math import prod

import sympy

from derivcli.check.equality import Sample
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.tree import Tree

EASY_VALUES = tuple(map(Fraction, "1 2 -1 3 -2 0 1/2 -1/2 5 3/2 -3 -3/2 1/3 -1/3 -5".split()))
"""Values that one computes with by hand."""

ORDINARY_VALUES = tuple(
    map(
        Fraction,
        "7/5 -12/7 29/13 -41/15 3/10 -3/10 1/10 -1/10 17/3 -23/4 10 -10 1/100 -1/100 37/2 -53/3 100 -100 1/1000 "
        "1001/10 -1/1000 9/11 -9/11 6/5 -6/5 1000".split(),
    )
)
"""Values of every scale at which nothing special happens."""

VALUES = EASY_VALUES + ORDINARY_VALUES
assert len(VALUES) == 41, "a prime number, so that no two samples of several variables are the same"

PRIME_FRACTIONS = tuple(
    Fraction(number, prime)
    for prime, numbers in ((10007, (3701, -18413, 129041)), (2**61 - 1, (3**37, -(5**27), 7**24)))
    for number in numbers
)  # fmt: skip
"""Values with large primes as denominators, which no wave with zeros at all other values has for zeros."""

ONE = Fraction(1)

MAX_NUMBERS = 8
"""How many numbers of a formula are taken for points at which it may change."""

MAX_SIZE = 10**9
"""Larger numbers, and those with a larger denominator, are not among these points."""

OFFSETS = tuple(map(Fraction, "0 1/8 -1/8 1 -1".split()))
"""How far from such a point the formula is examined."""

POSITIVE_COUNT = 12
"""Samples of several variables that are all positive; as many lie between 0 and 1."""

MORE_COUNT = 400
"""Samples drawn where the others do not hit the domain."""


def samples(names: Sequence[str], trees: Iterable[Tree]) -> list[Sample]:
    """Points for the variables of some formulas, each once, the nicest first."""
    return list(dict.fromkeys(_all(len(names), numbers_of(trees))))


def more_samples(names: Sequence[str], seed: int = 1) -> Iterator[Sample]:
    """Further points, of which more lie between 0 and 10 than elsewhere."""
    draw = random.Random(seed)
    for _ in range(MORE_COUNT):
        scale = draw.choice((1, 1, 4, 10, 10, 100, 1000))
        signs = draw.choice(((1,), (1, -1)))
        yield tuple(draw.choice(signs) * scale * Fraction(draw.randrange(1, 997), 997) for _ in names)


def numbers_of(trees: Iterable[Tree]) -> list[Fraction]:
    """The numbers in some formulas, quotients such as 1/7 too, with both signs, and what lies between two of them."""
    found = dict.fromkeys(abs(number) for tree in trees for number in _constants(tree))
    sizes = list(islice((size for size in found if size not in (0, 1, 2)), MAX_NUMBERS))
    ordered = sorted(sizes)
    between = [(low + high) / 2 for low, high in pairwise(ordered)]
    return [sign * size for size in (*sizes, *between) for sign in (1, -1)]


def _constants(tree: Tree) -> Iterator[Fraction]:
    """The numbers in a formula, and what is made of them by arithmetic."""
    values: dict[Tree, Fraction] = {}
    for node in steps_of(tree):
        if isinstance(node, sympy.Rational):
            values[node] = Fraction(int(node.p), int(node.q))
        elif isinstance(node, sympy.Mul | sympy.Add) and all(part in values for part in node.args):
            parts = [values[part] for part in node.args]
            values[node] = prod(parts, start=ONE) if isinstance(node, sympy.Mul) else sum(parts, start=0 * ONE)
        elif isinstance(node, sympy.Pow) and node.args[1] == -1 and values.get(node.args[0]):
            values[node] = 1 / values[node.args[0]]
    return (value for value in values.values() if max(abs(value.numerator), value.denominator) < MAX_SIZE)


def niceness(sample: Sequence[Fraction]) -> tuple[int, int]:
    """How hard it is to compute at a point by hand, and how many of its values are negative."""
    zero = sum(value == 0 for value in sample)
    size = sum(abs(value.numerator) + 3 * value.denominator for value in sample)
    return size + 2 * zero, sum(value < 0 for value in sample)


def _all(count: int, numbers: Sequence[Fraction]) -> Iterator[Sample]:
    yield from _lattice(VALUES, count)
    if count > 1:
        small = tuple(map(Fraction, range(1, count + 1)))
        for turn in range(min(count, 4)):
            yield (*small[turn:], *small[:turn])
        positive = [abs(value) for value in VALUES if value]
        yield from islice(_lattice(positive, count), POSITIVE_COUNT)
        yield from islice(_lattice([value for value in positive if value < 1], count), POSITIVE_COUNT)
    yield from (
        tuple(PRIME_FRACTIONS[(row + place) % len(PRIME_FRACTIONS)] for place in range(count))
        for row in range(len(PRIME_FRACTIONS))
    )
    for number in numbers:
        for place in range(min(count, 3)):
            for offset in OFFSETS:
                other = [EASY_VALUES[(place + k) % 4] for k in range(count)]
                yield (*other[:place], number + offset, *other[place + 1 :])


def _lattice(values: Sequence[Fraction], count: int) -> Iterator[Sample]:
    """As many points as values; each variable runs through the values in a different order."""
    for row in range(len(values)):
        yield tuple(values[(row * (1 + 6 * place) + place) % len(values)] for place in range(count))
