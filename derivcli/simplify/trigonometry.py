"""Identities of trigonometric and hyperbolic functions, each by the name that a teacher gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from itertools import combinations

import sympy

from derivcli.language import tree as build
from derivcli.language.tree import Tree, postorder
from derivcli.simplify.angles import angles
from derivcli.simplify.circle import CIRCLE, HYPERBOLA, Angle
from derivcli.simplify.length import length, without_sign
from derivcli.simplify.on_one_angle import forms_on, is_arithmetic
from derivcli.simplify.rewriting import Rewriting

MAX_LENGTH = 250
"""Longer sums are left as they are."""

MAX_ANGLES = 3
"""How many angles of a formula are looked at."""

MAX_TERMS = 6
"""Sums of more terms are not looked through for two that belong together."""

_FUNCTIONS = (*CIRCLE.functions, *HYPERBOLA.functions)

COLLECTED = "like terms collected"
DOUBLE = "double angle"
HALF = "half angle"
MULTIPLE = "multiple angles"
EXPONENTIALS = "sinh(u) = (e^u - e^(-u))/2"

RATIOS = {
    sympy.tan: "tan(u) = sin(u)/cos(u)",
    sympy.cot: "cot(u) = cos(u)/sin(u)",
    sympy.sec: "sec(u) = 1/cos(u)",
    sympy.csc: "csc(u) = 1/sin(u)",
    sympy.tanh: "tanh(u) = sinh(u)/cosh(u)",
    sympy.coth: "coth(u) = cosh(u)/sinh(u)",
    sympy.sech: "sech(u) = 1/cosh(u)",
    sympy.csch: "csch(u) = 1/sinh(u)",
}
PYTHAGORAS = {
    (sympy.sin, sympy.cos): "sin(u)^2 + cos(u)^2 = 1",
    (sympy.tan, sympy.sec): "1 + tan(u)^2 = sec(u)^2",
    (sympy.cot, sympy.csc): "1 + cot(u)^2 = csc(u)^2",
    (sympy.sinh, sympy.cosh): "cosh(u)^2 - sinh(u)^2 = 1",
    (sympy.tanh, sympy.sech): "1 - tanh(u)^2 = sech(u)^2",
    (sympy.coth, sympy.csch): "coth(u)^2 - 1 = csch(u)^2",
}


def identities(tree: Tree) -> Iterator[Tree]:
    """The formula by the identities of one angle."""
    if tree.has(*_FUNCTIONS, sympy.exp):
        for form in _forms(tree):
            yield from dict.fromkeys((without_sign(form), form))


def _forms(tree: Tree) -> Iterator[Tree]:
    """Forms of the whole formula, and the formula with shorter parts."""
    yield from forms_of(tree)
    known = {tree}
    for choose in (0, 1):
        parts = build.fold(tree, partial(_with_shorter_parts, choose))
        if parts not in known:
            known.add(parts)
            yield parts
            yield from forms_of(parts)


def _with_shorter_parts(choose: int, node: Tree, parts: list[Tree]) -> Tree:
    if not parts:
        return node
    arithmetic = isinstance(node, sympy.Add | sympy.Mul | sympy.Pow | sympy.exp)
    made = node if tuple(parts) == node.args else node.func(*parts) if arithmetic else build.rebuild(node, parts)
    if not isinstance(made, sympy.Add | sympy.Mul):
        return made
    return min((made, *forms_of(made)[choose::2]), key=length)


@lru_cache(maxsize=1024)
def forms_of(tree: Tree) -> tuple[Tree, ...]:
    """The forms of a formula by the identities of its angles: without and with multiple angles, in turn."""
    if length(tree) > MAX_LENGTH or not tree.has(*_FUNCTIONS, sympy.exp):
        return ()
    found: list[Tree] = []
    best = [tree, tree]
    for angle in angles(tree)[:MAX_ANGLES]:
        for start in dict.fromkeys(best):
            with suppress(ValueError):
                for forms in forms_on(start, angle):
                    found += (forms.plain, forms.multiples)
        best = [min((old, *found[place::2]), key=length) for place, old in enumerate(best)]
    return tuple(found)


def _calls(tree: Tree) -> dict[type[Tree], set[Tree]]:
    """The arguments of the functions of the curves, by function."""
    found: dict[type[Tree], set[Tree]] = {}
    for node in postorder(tree):
        if isinstance(node, _FUNCTIONS):
            found.setdefault(type(node), set()).add(node.args[0])
    return found


def identity_name(before: Tree, after: Tree) -> str:
    """What a teacher calls the identity that leads from one formula to the other."""
    old, new = _calls(before), _calls(after)
    arguments, made = ({each for one in calls.values() for each in one} for calls in (old, new))
    if made - arguments and arguments:
        return _multiple(made, arguments)
    if any(_is_free(before, after, angle) for angle in angles(before)):
        changed = [kind for kind in RATIOS if (kind in new) != (kind in old)]
        return RATIOS[changed[0]] if changed else COLLECTED
    if not arguments or (before.has(sympy.exp) and before.atoms(sympy.exp) != after.atoms(sympy.exp)):
        return EXPONENTIALS
    if arguments - made and len(arguments) > 1 and made:
        return _multiple(arguments - made, made)
    for kinds in reversed(PYTHAGORAS):
        if any(kind in old for kind in kinds):
            return PYTHAGORAS[kinds]
    return COLLECTED


def _multiple(made: set[Tree], known: set[Tree]) -> str:
    ratios = {one / other for one in made for other in known}
    return DOUBLE if 2 in ratios else HALF if sympy.S.Half in ratios else MULTIPLE


def _is_free(before: Tree, after: Tree, angle: Angle) -> bool:
    """Whether two formulas are the same whatever sine and cosine are."""
    with suppress(ValueError):
        return is_arithmetic(before - after, angle)
    return False


def symmetric(tree: Tree) -> Iterable[Tree]:
    """Signs and half turns taken out of functions, and values put in."""
    yield evaluated(tree, lambda node: isinstance(node, _FUNCTIONS) and not node.args[0].has(sympy.Function))


def inverse(tree: Tree) -> Iterable[Tree]:
    """Functions of inverse functions as powers and roots."""
    yield evaluated(tree, lambda node: isinstance(node, _FUNCTIONS) and node.args[0].has(sympy.Function))


def evaluated(tree: Tree, chosen: Callable[[Tree], bool]) -> Tree:
    """The tree with the nodes that are chosen evaluated by SymPy, and the arithmetic over them."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if not parts:
            return node
        arithmetic = isinstance(node, sympy.Add | sympy.Mul | sympy.Pow)
        return node.func(*parts) if arithmetic or chosen(node) else build.rebuild(node, parts)

    return build.fold(tree, make)


def sums_of_angles(tree: Tree) -> Iterable[Tree]:
    """Products of two functions of different angles as sums."""
    for node in postorder(tree):
        if isinstance(node, sympy.Add) and len(node.args) <= MAX_TERMS:
            made = sympy.Add(*[_product_to_sum(term) for term in node.args])
            if length(made) < length(node):
                yield tree.xreplace({node: made})


def _product_to_sum(term: Tree) -> Tree:
    """sin(a)*cos(b) = (sin(a + b) + sin(a - b))/2, and its like."""
    factors = sympy.Mul.make_args(term)
    for curve in (CIRCLE, HYPERBOLA):
        calls = [each for each in factors if isinstance(each, (curve.sine, curve.cosine))]
        if len(calls) != 2:
            continue
        first, second = sorted(calls, key=lambda each: isinstance(each, curve.cosine))
        a, b = first.args[0], second.args[0]
        rest = sympy.Mul(*[each for each in factors if each not in calls]) / 2
        if isinstance(first, curve.cosine):
            return rest * (curve.cosine(a + b) + curve.cosine(a - b))
        if isinstance(second, curve.cosine):
            return rest * (curve.sine(a + b) + curve.sine(a - b))
        return rest * curve.sign * (curve.cosine(a - b) - curve.cosine(a + b))
    return term


def products_of_sines(tree: Tree) -> Iterable[Tree]:
    """Sums of two sines, or of two cosines, as products."""
    for node in postorder(tree):
        if isinstance(node, sympy.Add) and len(node.args) <= MAX_TERMS:
            for one, other in combinations(node.args, 2):
                made = _sum_to_product(one, other)
                if made is not None:
                    rest = [term for term in node.args if term is not one and term is not other]
                    yield tree.xreplace({node: sympy.Add(made, *rest)})


def _sum_to_product(one: Tree, other: Tree) -> Tree | None:
    """sin(a) + sin(b) = 2*sin((a + b)/2)*cos((a - b)/2), and its like."""
    for curve in (CIRCLE, HYPERBOLA):
        for kind in (curve.sine, curve.cosine):
            calls = [[each for each in sympy.Mul.make_args(term) if isinstance(each, kind)] for term in (one, other)]
            if len(calls[0]) != 1 or len(calls[1]) != 1:
                continue
            factor, ratio = one / calls[0][0], one * calls[1][0] / (other * calls[0][0])
            a, b = calls[0][0].args[0], calls[1][0].args[0]
            if abs(ratio) != 1 or not (a - b).free_symbols:
                continue
            if kind is curve.sine:
                return 2 * factor * curve.sine((a + ratio * b) / 2) * curve.cosine((a - ratio * b) / 2)
            if ratio == 1:
                return 2 * factor * curve.cosine((a + b) / 2) * curve.cosine((a - b) / 2)
            return -2 * curve.sign * factor * curve.sine((a + b) / 2) * curve.sine((a - b) / 2)
    return None


TRIGONOMETRY: tuple[Rewriting, ...] = (
    Rewriting("sin(-u) = -sin(u)", symmetric),
    Rewriting("sin(arcsin(u)) = u", inverse),
    Rewriting("identities of one angle", identities, naming=identity_name),
    Rewriting("sum of angles", sums_of_angles),
    Rewriting("sin(u) + sin(v) as a product", products_of_sines),
)
