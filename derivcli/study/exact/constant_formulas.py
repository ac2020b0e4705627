"""Exact constants as formulas, written as one does: (sqrt(6) - sqrt(2))/4, 1/e, pi/4 - atan(2)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import sympy
from flint import fmpq, fmpz

from derivcli.engines.balls.exact_angles import cosine_of_part
from derivcli.engines.balls.exact_constants import ExactConstant, Field, Monomial
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.tape import record
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree
from derivcli.study.exact.linear_form import ZERO, LinearForm, atom, called, pi_times
from derivcli.study.exact.surds import multiple, number, over

CONSTANT_BITS = 192

Polynomial = Mapping[Monomial, fmpq]


class NoFormulaError(Exception):
    """A constant has a generator that no formula is known of."""


def constant_tree(constant: ExactConstant, known: Field) -> Tree | None:
    """The formula of a constant; None where no formula of one of its generators is known."""
    try:
        return _Writer(known).form(constant.polynomial).tree
    except NoFormulaError:
        return None


def canonical(form: LinearForm) -> LinearForm:
    """A number written as its exact constant is, where that has a formula: pi/(2/3*pi) is 3/2."""
    tape = record(form.tree, ())
    constants = Constants(tape, {}, CONSTANT_BITS)
    found = constants.of(tape.order[-1])
    if found is None:
        return form
    try:
        return _Writer(constants.field).form(found.polynomial)
    except NoFormulaError:
        return form


@dataclass(slots=True)
class _Writer:
    """Writes constants of a field."""

    known: Field
    keys: dict[int, Hashable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = {place: key for key, place in self.known.numbers.items()}

    def form(self, polynomial: Polynomial) -> LinearForm:
        """A polynomial as a number and multiples of formulas."""
        turned = self._as_cosine(polynomial)
        if turned is not None:
            return turned
        constant, terms = ZERO, dict[Tree, fmpq]()
        for monomial, factor in polynomial.items():
            if not monomial:
                constant = factor
                continue
            scale, formula = self._product(monomial)
            terms[formula] = terms.get(formula, ZERO) + factor * scale
        if len(terms) > 1 or constant != 0:
            whole = _as_fraction(constant, terms)
            if whole is not None:
                return whole
        return LinearForm(constant, terms)

    def _product(self, monomial: Monomial) -> tuple[fmpq, Tree]:
        """A product of powers of generators: a rational factor, and a formula."""
        scale, inside, exponent, nested = fmpq(1), 1, LinearForm(), list[Polynomial]()
        above: list[Tree] = []
        below: list[Tree] = []
        for place, power in monomial:
            made, key = self.known.generators[place], self.keys[place]
            if made.log is not None:
                exponent = exponent.plus(self.form(made.log.polynomial).times(fmpq(power)))
            elif made.degree == 2 and (whole := _whole(made.radicand)):
                turns, odd = divmod(power, 2)
                scale *= fmpq(whole) ** turns
                inside *= whole if odd else 1
            elif made.degree == 2 and made.radicand is not None and power == 1 and made.ball > 0 and not nested:
                nested.append(made.radicand.polynomial)
            else:
                formula = self._formula(place, key)
                size = build.power(formula, sympy.Integer(abs(power))) if abs(power) > 1 else formula
                (above if power > 0 else below).append(size)
        if nested:
            scaled = {each: factor * inside for each, factor in nested[0].items()}
            above.insert(0, build.power(self.form(scaled).tree, sympy.S.Half))
        elif inside > 1:
            above.insert(0, build.power(sympy.Integer(inside), sympy.S.Half))
        if exponent.terms or exponent.constant != 0:
            _add_exponential(exponent, above, below)
        divisors = [build.reciprocal(below[0] if len(below) == 1 else build.multiply(below))] if below else []
        factors = above + divisors
        if not above and divisors:
            return scale, divisors[0]
        return scale, factors[0] if len(factors) == 1 else build.multiply(factors)

    def _formula(self, place: int, key: Hashable) -> Tree:
        """The formula of a generator."""
        made = self.known.generators[place]
        if key == "pi":
            return sympy.pi
        if made.exp is not None:
            return called("log", self.form(made.exp.polynomial)).tree
        if not isinstance(key, tuple):
            raise NoFormulaError
        if key[0] in ("root", "power") and made.radicand is not None:
            return _root(self.form(made.radicand.polynomial).tree, made.degree)
        if key[0] in ("sin", "cos", "atan"):
            return called(key[0], self.form(dict(key[1]))).tree
        if key[0] == "sine":
            return called("sin", pi_times(key[1])).tree
        if key[0] == "2cos":
            return multiple(fmpq(2), called("cos", pi_times(fmpq(2, key[1]))).tree)
        if len(key) == 4 and key[2] == 0 and key[3] == () and key[0] in vocabulary():
            return called(key[0], self.form(dict(key[1]))).tree
        raise NoFormulaError

    def _as_cosine(self, polynomial: Polynomial) -> LinearForm | None:
        """A multiple of one cosine of a multiple of pi, where a polynomial in 2*cos(2*pi/n) is one."""
        places = {place for monomial in polynomial for place, _ in monomial}
        key = self.keys[places.pop()] if len(places) == 1 else ""
        if not isinstance(key, tuple) or key[0] != "2cos":
            return None
        for k in range(1, key[1] // 4 + 1):
            cosine = cosine_of_part(self.known, key[1], k)
            if cosine is None or cosine.polynomial.keys() != polynomial.keys():
                continue
            ratios = {polynomial[each] / value for each, value in cosine.polynomial.items()}
            if len(ratios) == 1:
                return called("cos", pi_times(fmpq(2 * k, key[1]))).times(ratios.pop())
        return None


def _whole(constant: ExactConstant | None) -> int:
    """A constant as a whole number; 0 where it is none."""
    known = None if constant is None else constant.rational
    return int(known.p) if known is not None and known.q == 1 else 0


def _add_exponential(exponent: LinearForm, above: list[Tree], below: list[Tree]) -> None:
    """Add the exponential of a number to what is above a line or, as in 1/e, below."""
    negative = all(each < 0 for each in (*exponent.terms.values(), exponent.constant) if each != 0)
    whole = not exponent.terms and exponent.constant.q == 1
    if negative and whole:
        below.insert(0, exponent.times(fmpq(-1)).exp().tree)
    else:
        above.append(exponent.exp().tree)


def _root(inside: Tree, degree: int) -> Tree:
    if degree == 3:
        return build.call(vocabulary()["cbrt"], [inside])
    return build.power(inside, sympy.S.Half if degree == 2 else number(fmpq(1, degree)))


def _as_fraction(constant: fmpq, terms: Mapping[Tree, fmpq]) -> LinearForm | None:
    """A sum of numbers and roots over one whole number; None where something else is in it, or there is none."""
    values = [*terms.values(), constant]
    below = int(reduce(lambda one, other: one.lcm(other), (fmpz(int(each.q)) for each in values)))
    if below == 1 or not terms or not all(isinstance(each, sympy.Pow) for each in terms):
        return None
    above = LinearForm(constant * below, {each: factor * below for each, factor in terms.items()})
    return atom(over(above.tree, below))
