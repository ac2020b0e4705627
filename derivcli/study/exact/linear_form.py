"""Numbers such as pi/4 - atan(1/12)/4: a rational number and rational multiples of formulas, written as one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy
from flint import fmpq, fmpz

from derivcli.engines.balls.evaluation import coordinate
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree
from derivcli.study.exact.surds import multiple, number, root_tree, sum_with

ZERO = fmpq(0)

E = sympy.E


@dataclass(frozen=True, slots=True, eq=False)
class LinearForm:
    """constant + the sum of factor*formula, where no formula is a number."""

    constant: fmpq = ZERO
    terms: Mapping[Tree, fmpq] = field(default_factory=dict)

    @property
    def tree(self) -> Tree:
        """The number as a formula, positive terms first."""
        if not self.terms:
            return number(self.constant)
        if len(self.terms) == 1 and self.constant != 0:
            ((each, factor),) = self.terms.items()
            if isinstance(each, sympy.Pow) and each.args[1] is sympy.S.Half:
                return sum_with(self.constant, factor, each)
        made = [(factor > 0, multiple(factor, each)) for each, factor in self.terms.items()]
        if self.constant != 0:
            made.append((self.constant > 0, number(self.constant)))
        made.sort(key=lambda each: not each[0])
        return made[0][1] if len(made) == 1 else build.add([each for _, each in made])

    def plus(self, other: LinearForm) -> LinearForm:
        """The sum with another one."""
        terms = dict(self.terms)
        for each, factor in other.terms.items():
            terms[each] = terms.get(each, ZERO) + factor
        kept = {each: factor for each, factor in terms.items() if factor != 0}
        return LinearForm(self.constant + other.constant, kept)

    def times(self, factor: fmpq) -> LinearForm:
        """A rational multiple, not by 0."""
        return LinearForm(self.constant * factor, {each: factor * other for each, other in self.terms.items()})

    def reciprocal(self) -> LinearForm:
        """1 over the number, which is not 0."""
        if not self.terms:
            return rational(1 / self.constant)
        if self.constant == 0 and len(self.terms) == 1:
            ((each, factor),) = self.terms.items()
            inner = build.divisor(each)
            if inner is not None:
                return LinearForm(ZERO, {inner: 1 / factor})
            sign = 1 if factor > 0 else -1
            below = multiple(fmpq(abs(int(factor.p))), each)
            return LinearForm(ZERO, {build.reciprocal(below): fmpq(sign * int(factor.q))})
        return atom(build.reciprocal(self.tree))

    def over(self, below: Tree) -> LinearForm:
        """The number over a constant that is not rational."""
        if len(self.terms) + (self.constant != 0) == 1:
            each, factor = next(iter(self.terms.items()), (None, self.constant))
            quotient = build.reciprocal(below) if each is None else build.multiply([each, build.reciprocal(below)])
            return LinearForm(ZERO, {quotient: factor})
        return atom(build.multiply([self.tree, build.reciprocal(below)]))

    def root(self, degree: int) -> LinearForm:
        """The root of a positive number, with what comes out of it taken out: 3*sqrt(pi/2)."""
        if not self.terms:
            outside, root = root_tree(self.constant, degree)
            return rational(outside) if root is None else LinearForm(ZERO, {root: outside})
        exponent = sympy.S.Half if degree == 2 else number(fmpq(1, degree))
        if self.constant != 0 or len(self.terms) > 1:
            return atom(build.power(self.tree, exponent))
        ((each, factor),) = self.terms.items()
        above, inside = _taken_out(int(factor.p), degree)
        below, under = _taken_out(int(factor.q), degree)
        return LinearForm(ZERO, {build.power(multiple(fmpq(inside, under), each), exponent): fmpq(above, below)})

    def raised(self, exponent: int) -> LinearForm:
        """A power with a small whole exponent above 1."""
        if not self.terms:
            return rational(self.constant**exponent)
        return atom(build.power(self.tree, sympy.Integer(exponent)))

    def log(self) -> LinearForm:
        """The logarithm of a positive number."""
        if self.terms:
            exponent = self._exponent()
            return called("log", self) if exponent is None else rational(exponent)
        p, q = int(self.constant.p), int(self.constant.q)
        if p == 1:
            base, times = _perfect_power(q)
            return rational(ZERO) if base == 1 else called("log", rational(fmpq(base))).times(fmpq(-times))
        base, times = _perfect_power(p) if q == 1 else (p, 1)
        return called("log", rational(fmpq(base, q))).times(fmpq(times))

    def _exponent(self) -> fmpq | None:
        """The rational number of which this is the exponential."""
        if self.constant != 0 or [*self.terms.values()] != [1]:
            return None
        (each,) = self.terms
        where = fmpq(1) if each is E else coordinate(each.args[0]) if isinstance(each, sympy.exp) else None
        return where if isinstance(where, fmpq) else None

    def exp(self) -> LinearForm:
        """The exponential."""
        if not self.terms and self.constant in (0, 1):
            return rational(fmpq(1)) if self.constant == 0 else atom(E)
        return called("exp", self)


def rational(value: fmpq) -> LinearForm:
    """A rational number."""
    return LinearForm(value)


def atom(formula: Tree) -> LinearForm:
    """A number that a formula is, of which nothing else is known."""
    return LinearForm(ZERO, {formula: fmpq(1)})


def pi_times(turns: fmpq) -> LinearForm:
    """A rational multiple of pi."""
    return LinearForm(ZERO, {sympy.pi: turns} if turns != 0 else {})


def called(name: str, inner: LinearForm) -> LinearForm:
    """A function of a number."""
    return atom(build.call(vocabulary()[name], [inner.tree]))


def _taken_out(whole: int, degree: int) -> tuple[int, int]:
    """The whole number that comes out of a root, and what stays in it."""
    outside = inside = 1
    for prime, times in fmpz(whole).factor():
        out, left = divmod(int(times), degree)
        outside, inside = outside * int(prime) ** out, inside * int(prime) ** left
    return outside, inside


def _perfect_power(whole: int) -> tuple[int, int]:
    """The number whose power a number above 0 is, and to which exponent: 2 and 3 for 8."""
    for exponent in range(whole.bit_length(), 1, -1):
        base = int(fmpz(whole).root(exponent))
        if base > 1 and base**exponent == whole:
            return base, exponent
    return whole, 1
