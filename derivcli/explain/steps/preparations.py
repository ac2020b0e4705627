"""What a teacher rewrites before differentiating: logarithms are split, and roots and quotients are written as powers.

What a formula is rewritten as has the same values wherever the formula is defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, merged
from derivcli.explain.steps.differentiation_rules import Differentiator, size_in_logarithm
from derivcli.explain.steps.teacher_notation import (
    ONE,
    negative,
    number_of,
    power,
    product,
    quotient,
    split,
    total,
)
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree, divisor, row_of

POWERS = "written with powers"
DIVIDED = "divided term by term"


def prepared(tree: Tree, d: Differentiator) -> tuple[str, Tree] | None:
    """A formula as it is easier to differentiate, with the name of what was done; None where it is easy as it is."""
    for name, rewrite in PREPARATIONS:
        found = rewrite(tree, d)
        if found is not None and found != tree:
            return name or _name(tree), found
    return None


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor inside a logarithm, without its exponent.

    The base of an "even" power may be negative where its power is positive, that of a "root" is positive. Any other is
    "odd": it has the sign of its power.
    """

    base: Tree
    exponent: Tree
    kind: str = "odd"


def _logarithm(tree: Tree, d: Differentiator) -> Tree | None:
    """log(u*v) = log(u) + log(v), with absolute values of factors that may be negative together."""
    row = row_of(tree)
    if row is None or row.name != "log" or not d.moves(tree):
        return None
    size = size_in_logarithm(tree)
    inner = tree.args[0] if size is None else size
    sign, factors = _factors(inner, d)
    if not factors or (len(factors) == 1 and sign > 0 and factors[0].exponent is ONE):
        return None
    unsure = [each for each in factors if each.kind == "odd" and not _is_positive(each.base)]
    if sign < 0 and size is None and not unsure:
        return None
    if sign < 0 and size is None and len(unsure) == 1:
        turned = Factor(negative(unsure[0].base), unsure[0].exponent)
        factors[factors.index(unsure[0])] = turned
        unsure[0] = turned
    barred = {each.base for each in unsure} if size is not None or len(unsure) > 1 else set()
    barred |= {each.base for each in factors if each.kind == "even" and not _is_positive(each.base)}
    return total([_term(each, each.base in barred) for each in factors])


def _is_positive(tree: Tree) -> bool:
    """Whether a formula is never negative, as SymPy sees it at a glance: x**2 + 1, exp(x), sqrt(x)."""
    with suppress(*SYMPY_FAILURES):
        return bool(merged(tree).is_nonnegative)
    return False


def _name(tree: Tree) -> str:
    """What the logarithm is of that is split."""
    inner = size_in_logarithm(tree) or tree.args[0]
    if isinstance(inner, sympy.Mul):
        return f"logarithm of a {'quotient' if split(inner)[2] else 'product'}"
    if divisor(inner) is not None:
        return "logarithm of a quotient"
    is_root = isinstance(inner, sympy.Pow) and inner.exp is sympy.S.Half
    return f"logarithm of a {'root' if is_root else 'power'}"


def _factors(tree: Tree, d: Differentiator) -> tuple[int, list[Factor]]:
    """The sign of a product and its factors, those of its roots and powers too."""
    sign, above, below = split(tree)
    found = [part for each in above for part in _parts(each, ONE, d)]
    found += [part for each in below for part in _parts(each, build.MINUS_ONE, d)]
    return sign, found


def _parts(base: Any, exponent: Tree, d: Differentiator) -> Iterator[Factor]:
    row = row_of(base)
    if row is not None and row.name == "exp":
        yield Factor(sympy.E, product([exponent, base.args[0]]))
    elif isinstance(base, sympy.Pow) and base.exp is not build.MINUS_ONE:
        inner = product([exponent, quotient(ONE, sympy.Integer(2)) if base.exp is sympy.S.Half else base.exp])
        sign, above, below = split(base.base)
        kind = _kind(base.exp, d)
        if sign > 0 and kind != "even" and len(above) + len(below) > 1:  # the root of a quotient, a product cubed
            yield from (part for each in above for part in _parts(each, inner, d))
            yield from (part for each in below for part in _parts(each, negative(inner), d))
        else:
            yield Factor(base.base, inner, kind)
    else:
        yield Factor(base, exponent)


def _kind(exponent: Tree, d: Differentiator) -> str:
    """What an exponent makes of its base, as a factor says it. One that nobody knows may be even."""
    number = number_of(exponent)
    if number is None:
        return "root" if d.moves(exponent) else "even"
    return "root" if number.q != 1 else "odd" if number % 2 else "even"


def _term(factor: Factor, barred: bool) -> Tree:
    """The logarithm of a factor, times its exponent."""
    if factor.base is sympy.E:
        return factor.exponent
    base = build.call(vocabulary()["abs"], [factor.base]) if barred else factor.base
    return product([factor.exponent, build.call(vocabulary()["log"], [base])])


def _divided(tree: Tree, d: Differentiator) -> Tree | None:
    """A sum of powers of the variable over one power of it, as a sum: (x**2 + 1)/x = x + 1/x."""
    sign, above, below = split(tree)
    sums = [each for each in above if isinstance(each, sympy.Add)]
    if not any(map(d.moves, below)) or not any(map(d.moves, sums)):
        return None
    others = [each for each in above if not isinstance(each, sympy.Add)]
    divided = product([sympy.Integer(sign), *others, *map(build.reciprocal, below)])
    lower = _monomial(divided, d)
    if len(sums) != 1 or lower is None:
        return None
    terms = []
    for term in sums[0].args:
        upper = _monomial(term, d)
        if upper is None:
            return None
        terms.append(product([*upper[0], *lower[0], _raised(d.variable, upper[1] + lower[1])]))
    return total(terms)


def _monomial(tree: Tree, d: Differentiator) -> tuple[list[Tree], Fraction] | None:
    """The constant factors of a power of the variable and its exponent; None of any other formula."""
    sign, above, below = split(tree)
    constants: list[Tree] = [sympy.Integer(sign)] if sign < 0 else []
    exponent = Fraction(0)
    for factor, direction in [*((each, 1) for each in above), *((each, -1) for each in below)]:
        if not d.moves(factor):
            constants.append(factor if direction > 0 else build.reciprocal(factor))
            continue
        raised = _exponent(factor, d)
        if raised is None:
            return None
        exponent += direction * raised
    return constants, exponent


def _exponent(tree: Any, d: Differentiator) -> Fraction | None:
    """The exponent of a power of the variable: 3/2 of x*sqrt(x); None of any other formula."""
    if tree == d.variable:
        return Fraction(1)
    if isinstance(tree, sympy.Mul):
        parts = [_exponent(part, d) for part in tree.args]
        known = [part for part in parts if part is not None]
        return sum(known, Fraction(0)) if len(known) == len(parts) else None
    number = number_of(tree.exp) if isinstance(tree, sympy.Pow) else None
    inner = None if number is None else _exponent(tree.base, d)
    if number is None or inner is None:
        return None
    if number.q != 1 and inner.denominator == 1 and inner.numerator % 2 == 0:  # sqrt(x**2) is |x|
        return None
    return inner * Fraction(int(number.p), int(number.q))


def _power_of_variable(tree: Tree, d: Differentiator) -> Tree | None:
    """Roots and quotients of the variable as one power of it, where that is not one already."""
    if isinstance(tree, sympy.Add):
        terms = [_power_of_variable(term, d) for term in tree.args]
        if not any(terms):
            return None
        return total([new or old for new, old in zip(terms, tree.args, strict=True)])
    found = _monomial(tree, d) if isinstance(tree, sympy.Mul | sympy.Pow) and d.moves(tree) else None
    if found is None:
        return None
    constants, exponent = found
    _, above, below = split(tree)
    below = [factor for factor in below if d.moves(factor)]
    moving = [*(factor for factor in above if d.moves(factor)), *below]
    base = moving[0]
    is_easy = exponent in (-1, Fraction(1, 2)) or not below
    is_simple = base == d.variable or (base.is_Pow and base.base == d.variable)
    if exponent == 0 or (len(moving) == 1 and is_simple and is_easy):
        return None
    return product([*constants, _raised(d.variable, exponent)])


def _power_below(tree: Tree, d: Differentiator) -> Tree | None:
    """A constant over a power as a power with a negative exponent: 3/sqrt(u) = 3*u**(-1/2)."""
    sign, above, below = split(tree)
    if len(below) != 1 or any(map(d.moves, above)) or not isinstance(below[0], sympy.Pow) or not d.moves(below[0]):
        return None
    number = number_of(below[0].exp)
    if number is None or number == 1:
        return None
    return product([sympy.Integer(sign), *above, build.power(below[0].base, arrange(-number))])


def _raised(base: Tree, exponent: Fraction) -> Tree:
    """A power as it is written: a root where the exponent is 1/2, over 1 where it is -1."""
    if exponent == -1:
        return quotient(ONE, base)
    if exponent == Fraction(1, 2):
        return build.power(base, sympy.S.Half)
    return power(base, arrange(sympy.Rational(exponent.numerator, exponent.denominator)))


PREPARATIONS: tuple[tuple[str, Callable[[Tree, Differentiator], Tree | None]], ...] = (
    ("", _logarithm),
    (DIVIDED, _divided),
    (POWERS, _power_of_variable),
    (POWERS, _power_below),
)
"""How formulas are rewritten, each with its name; that of a logarithm is by what it is of."""
