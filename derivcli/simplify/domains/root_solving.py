"""The real numbers at which a formula in one variable is 0, exactly where that is possible.

Polynomials are solved for all their roots, other formulas by SymPy, and what it cannot solve by halving an interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from typing import Any

import sympy
from flint import acb, ctx, fmpz_poly

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.symbolic import SYMPY_FAILURES, deep_recursion, merged
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.functions import formulas
from derivcli.language.tree import Tree, negative, postorder, row_of, substitute, symbol
from derivcli.simplify.domains.bisection import roots_by_halving
from derivcli.simplify.domains.roots import ALL, ENDLESS, EXTENTS, ROOT_BITS, UNKNOWN, Root, Roots, root, united

SOLVING_SECONDS = 2.0

MAX_DEGREE, MAX_NODES = 60, 150
"""Polynomials of a higher degree, and longer formulas, are not solved."""

MAX_PIECES = 16
"""With more pieces a formula is not solved piece by piece."""

REPRESENTATIVES = range(-6, 7)
"""The whole numbers at which a family of roots is looked at, if it is no arithmetic progression."""

FAR_PERIODS = 37
"""A root so many periods away stands for those that are far away."""

WHOLES = (0, 1, -1, 2, -2, 5, -7)
"""Whole numbers of which there are endlessly many."""


def roots(tree: Tree, name: str, between: Sequence[Fraction] = ()) -> Roots:
    """The roots of a formula in one variable; of endlessly many, some on every side of the points `between`."""
    return united(_roots_of(factor, name, between) for factor in _factors(tree))


def _in_pieces(tree: Tree, name: str, between: Sequence[Fraction]) -> Roots | None:
    """The roots of all that a formula with absolute values, maxima or branches may be; those that are its own."""
    pieces = list(islice(_pieces(tree), MAX_PIECES + 1))
    if len(pieces) == 1 or len(pieces) > MAX_PIECES:
        return None
    tape = record(tree, (name,))
    found = united(roots(piece, name, between) for piece in pieces)
    return Roots(tuple(each for each in found.found if _may_vanish(tape, name, each)), found.extent)


def _pieces(tree: Tree) -> Iterator[Tree]:
    """What a formula is where absolute values, signs, maxima and branches are one of what they may be."""
    for node in steps_of(tree):
        choices = _choices(node)
        if choices:
            for choice in choices:
                yield from _pieces(substitute(tree, {node: choice}))
            return
    yield tree


def _choices(node: Any) -> list[Tree]:
    row = row_of(node)
    if isinstance(node, sympy.Piecewise):
        return [pair.expr for pair in node.args]
    if row is None:
        return []
    if row.name in ("max", "min"):
        return list(node.args)
    if row.name == "abs":
        return [node.args[0], negative(node.args[0])]
    if row.name == "relu":
        return [node.args[0], sympy.S.Zero]
    if row.name == "sign":
        return [sympy.S.One, sympy.S.Zero, sympy.S.NegativeOne]
    return [formulas.rewritten(row, node.args)] if row.definition is not None and row.special else []


def whole(tree: Tree, name: str, between: Sequence[Fraction] = (), numbers: Sequence[Fraction] = ()) -> Roots:
    """Some of the numbers at which a formula is a whole number, one of `numbers` or next to it too."""
    wholes = dict.fromkeys([*WHOLES, *(math.floor(number) + k for number in numbers for k in (0, 1))])
    found = [_roots_of(merged(tree) - k, name, between) for k in wholes]
    near = [_roots_of(merged(tree) - k, name, between) for k in _values_at(tree, name, between)]
    joined = united([*found, *near])
    none = not joined.found and joined.extent == ALL and not merged(tree).free_symbols
    return Roots(joined.found, ALL if none else max(joined.extent, ENDLESS, key=EXTENTS.index))


def _values_at(tree: Tree, name: str, between: Sequence[Fraction]) -> list[int]:
    """The whole numbers next to the values that a formula has at some points."""
    found: dict[int, None] = {}
    tape = record(tree, (name,))
    for place in between[:8]:
        with suppress(TouchError, UnsureError, OverflowError, ValueError), restored_context():
            ball = evaluate(Run(tape, precision=192), {name: rational(place)})[0]
            floor = math.floor(float(ball.mid()))
            found |= dict.fromkeys((floor - 1, floor, floor + 1, floor + 2))
    return list(found)


def _factors(tree: Tree) -> Iterator[Tree]:
    """Formulas one of which is 0 where the formula is."""
    tree = merged(tree)
    if isinstance(tree, sympy.Add):
        with suppress(*SYMPY_FAILURES, OutOfTimeError):
            tree = limited(SOLVING_SECONDS, sympy.factor_terms, tree)
    waiting = [tree]
    while waiting:
        node: Any = waiting.pop()
        factors = _factors_of(node)
        if factors is not None:
            waiting += factors
        elif node.free_symbols or node == 0:
            yield node


def _factors_of(node: Any) -> Sequence[Tree] | None:
    """Formulas one of which is 0 where a formula is; None where it is no product and like none."""
    row = row_of(node)
    if isinstance(node, sympy.Mul):
        return list(node.args)
    if isinstance(node, sympy.Pow) and not node.exp.free_symbols:
        return [node.base] if node.exp.is_positive else []
    if isinstance(node, sympy.exp) or (isinstance(node, sympy.Pow) and node.base.is_positive):
        return []
    if row is not None and row.only_zero:
        return [node.args[0]]
    return [node.args[0] - 1] if isinstance(node, sympy.log) and len(node.args) == 1 else None


def _roots_of(tree: Any, name: str, between: Sequence[Fraction]) -> Roots:
    """The roots of a formula that is no product."""
    if not tree.free_symbols:  # 0 nowhere, or wherever it has a value, and so at no point rather than beside it
        return Roots()
    for solve in (_in_pieces, polynomial_roots, _solved):
        with suppress(*SYMPY_FAILURES, OutOfTimeError, AssertionError), restored_context(), deep_recursion():
            found = limited(SOLVING_SECONDS, solve, tree, name, between)
            if found is not None:
                return found
    with suppress(*SYMPY_FAILURES, OutOfTimeError, AssertionError), restored_context():
        return limited(SOLVING_SECONDS, roots_by_halving, tree, name)
    return Roots((), UNKNOWN)


def polynomial_roots(tree: Any, name: str, between: Sequence[Fraction] = ()) -> Roots | None:
    """The roots of a quotient of polynomials with rational coefficients."""
    x = symbol(name)
    if not tree.is_rational_function(x) or sum(1 for _ in postorder(tree)) > MAX_NODES:
        return None
    above, below = sympy.fraction(sympy.together(tree))
    if any(not part.is_Rational for part in above.atoms(sympy.Number, sympy.NumberSymbol)):
        return None
    polynomial = sympy.Poly(above, x)
    if not polynomial.domain.is_QQ and not polynomial.domain.is_ZZ:
        return None
    if polynomial.degree() > MAX_DEGREE:
        return None
    found = [each for factor, _ in polynomial.factor_list()[1] for each in _of_irreducible(factor)]
    poles = sympy.Poly(below, x)
    return Roots(tuple(each for each in found if each.tree is None or poles.as_expr().subs(x, each.tree) != 0))


def _of_irreducible(factor: Any) -> list[Root]:
    coefficients = factor.all_coeffs()
    degree = factor.degree()
    written: list[Any] = []
    if degree == 1:
        written = [-coefficients[1] / coefficients[0]]
    elif degree == 2:
        a, b, c = coefficients
        if b * b - 4 * a * c < 0:
            return []
        written = [(-b + sign * sympy.sqrt(b * b - 4 * a * c)) / (2 * a) for sign in (-1, 1)]
    elif all(coefficient == 0 for coefficient in coefficients[1:-1]):
        power = -coefficients[-1] / coefficients[0]
        size = abs(power) ** sympy.Rational(1, degree)
        written = ([] if power < 0 else [-size, size]) if degree % 2 == 0 else [size if power > 0 else -size]
    if written or (degree % 2 == 0 and all(coefficient == 0 for coefficient in coefficients[1:-1])):
        return [known for each in written if (known := root(each)) is not None]
    return _by_digits(factor)


def _by_digits(factor: Any) -> list[Root]:
    """The real roots of a polynomial without multiple roots, to many digits."""
    whole = factor.clear_denoms(convert=True)[1]
    ctx.prec = ROOT_BITS
    polynomial = fmpz_poly([int(each) for each in reversed(whole.all_coeffs())])
    found: list[tuple[acb, int]] = polynomial.complex_roots()
    return [Root(each.real, each.real) for each, _ in found if each.imag == 0]


def _solved(tree: Any, name: str, between: Sequence[Fraction]) -> Roots | None:
    if any(hasattr(type(node), "row") for node in postorder(tree)):  # a function that SymPy does not know
        return None
    if sum(1 for _ in postorder(tree)) > MAX_NODES:
        return None
    x = symbol(name)
    found = _from_set(sympy.solveset(tree, x, sympy.S.Reals), between)
    if found is None:
        return None
    tape = record(tree, (name,))
    kept = tuple(each for each in found.found if _may_vanish(tape, name, each))
    return _checked(Roots(kept, found.extent), tree, name)


def _checked(found: Roots, tree: Tree, name: str) -> Roots:
    """Roots that are said to be all, unless halving finds another one."""
    if found.extent != ALL:
        return found
    joined = united([found, roots_by_halving(tree, name)]).found
    return found if len(joined) == len(found.found) else Roots(joined, UNKNOWN)


def _may_vanish(tape: Tape, name: str, at: Root) -> bool:
    """Whether a formula is 0 at a number, as far as one precision tells."""
    with suppress(TouchError, UnsureError, ValueError, ZeroDivisionError):
        return bool(evaluate(Run(tape, precision=384, final=True), {name: at.where})[0].contains(0))
    return True


def _from_set(found: Any, between: Sequence[Fraction]) -> Roots | None:
    """The numbers of one of SymPy's sets; None where they are not known one by one."""
    if found is sympy.S.EmptySet or found is sympy.S.Reals:
        return Roots()
    if isinstance(found, sympy.FiniteSet):
        if any(each.free_symbols or (each.is_real is not False and root(each) is None) for each in found):
            return None
        made = [_real(each) for each in found]
        return Roots(tuple(each for each in made if each is not None))
    if isinstance(found, sympy.Union):
        parts = [_from_set(part, between) for part in found.args]
        return None if any(part is None for part in parts) else united(part for part in parts if part is not None)
    if isinstance(found, sympy.Complement):
        return _from_set(found.args[0], between)
    if isinstance(found, sympy.Intersection):
        parts = [_from_set(part, between) for part in found.args if part is not sympy.S.Reals]
        return parts[0] if len(parts) == 1 else None
    if isinstance(found, sympy.ImageSet):
        return _family(found, between)
    return None


def _real(tree: Any) -> Root | None:
    return None if tree.is_real is False else root(tree)


def _family(found: Any, between: Sequence[Fraction]) -> Roots | None:
    """Some numbers of a set of images of the whole numbers."""
    if found.base_sets != (sympy.S.Integers,) or len(found.lamda.variables) != 1:
        return None
    n, image = found.lamda.variables[0], found.lamda.expr
    slope = sympy.diff(image, n)
    if not image.free_symbols <= {n}:
        return None
    chosen: Iterable[int] = REPRESENTATIVES
    if not slope.free_symbols and slope != 0:
        start, step = float(image.subs(n, 0)), float(slope)
        chosen = _spread(start, step, between)
    made = [_real(image.subs(n, k)) for k in chosen if image.subs(n, k).is_finite]
    return Roots(tuple(each for each in made if each is not None), ENDLESS)


def _spread(start: float, step: float, between: Sequence[Fraction]) -> list[int]:
    """Which members of an arithmetic progression lie next to some points, on both sides, and a few far away."""
    found: dict[int, None] = dict.fromkeys((-2, -1, 0, 1, 2, FAR_PERIODS, -FAR_PERIODS))
    ordered = sorted(map(float, between))
    for low, high in zip(ordered, [*ordered[1:], None], strict=False):
        for place in (low, None if high is None else (low + high) / 2, high):
            if place is not None:
                k = math.floor((place - start) / step)
                found |= dict.fromkeys((k - 1, k, k + 1, k + 2))
    return list(found)
