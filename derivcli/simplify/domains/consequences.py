"""What follows from the conditions of a formula: which other conditions hold wherever it is defined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sympy

from derivcli.simplify.domains.conditions import (
    CALL,
    NONNEGATIVE,
    NONZERO,
    POSITIVE,
    POWER,
    Condition,
    constant_sign,
    factored,
)

MAX_COMPARED = 40
"""So many sums that are known to be positive are compared with another one."""


@dataclass(slots=True, eq=False)
class Facts:
    """Conditions that hold, and the signs that follow: of factors that stand as `factored` has them.

    A sign is (sign, whether the factor may be 0).
    """

    known: dict[Condition, None]
    signs: dict[Any, tuple[int, bool]] = field(default_factory=dict)
    nonzero: set[Any] = field(default_factory=set)

    @classmethod
    def of(cls, known: Iterable[Condition]) -> Facts:
        """The facts, with what follows from two of them."""
        facts = cls(dict.fromkeys(known))
        for each in facts.known:
            if each.sign in (NONZERO, POSITIVE):
                facts.nonzero |= {base for base, _ in factored(each.tree)[1]}
        for _ in range(2):  # a factor's sign may follow from those of the others
            for each in facts.known:
                if each.sign in (POSITIVE, NONNEGATIVE):
                    facts._note(each)
        return facts

    def _note(self, each: Condition) -> None:
        """The sign of the one factor of a product whose sign is not known by another condition."""
        sign, factors = factored(each.tree)
        odd = [base for base, power in factors if power % 2]
        unknown = [base for base in odd if base not in self.signs]
        if len(unknown) == 1:
            rest = 1
            for base in odd:
                rest *= self.signs[base][0] if base in self.signs else 1
            self.signs[unknown[0]] = sign * rest, unknown[0] not in self.nonzero

    def imply(self, wanted: Condition) -> bool:
        """Whether a condition holds wherever these do, as far as signs tell."""
        if wanted in self.known:
            return True
        if wanted.sign == CALL:
            return False
        if wanted.sign == POWER:
            return self._power_is_defined(wanted.tree)
        sign, may_vanish = self.sign_of(wanted.tree)
        if wanted.sign == NONZERO:
            return not may_vanish
        return sign == 1 and (wanted.sign == NONNEGATIVE or not may_vanish)

    def sign_of(self, tree: Any) -> tuple[int, bool]:
        """The sign of a formula, 0 where it is not known, and whether it may be 0."""
        sign, factors = factored(tree)
        may_vanish = False
        for base, power in factors:
            known, may = self._sign_of_factor(base)
            sign *= known if power % 2 else abs(known) or 1
            may_vanish = may_vanish or may
        return sign, may_vanish

    def _sign_of_factor(self, base: Any) -> tuple[int, bool]:
        if base in self.signs:
            sign, may = self.signs[base]
            return sign, may and base not in self.nonzero
        if isinstance(base, sympy.Add):
            for sign, tree in ((1, base), (-1, -base)):
                if self._is_positive_sum(tree):
                    return sign, False
        return 0, base not in self.nonzero

    def _is_positive_sum(self, tree: Any) -> bool:
        """Whether a sum has no negative term and a positive one, by itself or less another sum that is positive."""
        if self._has_positive_term(tree.args):
            return True
        for other, (sign, may) in list(self.signs.items())[:MAX_COMPARED]:
            if isinstance(other, sympy.Add):
                rest = tree - sign * other
                terms = sympy.Add.make_args(rest)
                if all(self._term(term)[0] == 1 for term in terms) and (
                    not may or other in self.nonzero or self._has_positive_term(terms)
                ):
                    return True
                if rest == 0:
                    return not may or other in self.nonzero
        return False

    def _has_positive_term(self, terms: Iterable[Any]) -> bool:
        found = [self._term(term) for term in terms]
        return all(sign == 1 for sign, _ in found) and any(not may for _, may in found)

    def _term(self, term: Any) -> tuple[int, bool]:
        """The sign of a term of a sum; one that is nowhere negative counts as positive that may be 0."""
        if term == 0:
            return 1, True
        if isinstance(term, sympy.Add):
            constant = constant_sign(term)
            return (constant, False) if constant is not None else (0, True)
        sign, may = self.sign_of(term)
        if sign == 0 and term.is_nonnegative:
            return 1, True
        return sign, may

    def _power_is_defined(self, tree: Any) -> bool:
        """Whether a power with a varying exponent is defined: its base positive, or another such power of the base."""
        base, exponent = tree.as_base_exp()
        sign, may = self.sign_of(base)
        if sign == 1 and not may:
            return True
        for each in self.known:
            if each.sign == POWER:
                other, known = each.tree.as_base_exp()
                step = exponent - known
                if other == base and step.is_Integer and (step >= 0 or not may):
                    return True
        return False
