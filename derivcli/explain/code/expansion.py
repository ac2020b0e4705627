"""A formula in the functions that a language has: those that it lacks are written by others, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange, simplified
from derivcli.errors import DerivError
from derivcli.explain.code.dialect import Dialect
from derivcli.language.bound_variables import Binder, Integral
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, call, fold, negative, postorder, rebuild, row_of, substitute, symbol

JN_SERIES = "x/3*(1-x^2/10*(1-x^2/28*(1-x^2/54*(1-x^2/88*(1-x^2/130*(1-x^2/180*(1-x^2/238)))))))"
"""The beginning of the power series of jn(1, x), which has all digits where x is small."""

DEFINITIONS = {
    "acot": "atan(1/x)",
    "acsch": "asinh(1/x)",
    "asech": "acosh(1/x)",
    "coth": "1/tanh(x)",
    "csch": "1/sinh(x)",
    "dawsn_n(1)": "1-2*x*dawsn(x)",
    "erfcinv": "-ndtri(x/2)/sqrt(2)",
    "erfcx": "exp(x^2)*erfc(x)",
    "erfcx_n(1)": "2*x*erfcx(x)-2/sqrt(pi)",
    "expm1": "2*sinh(x/2)*exp(x/2)",
    "fmod": "x-y*trunc(x/y)",
    "hypot": "sqrt(x^2+y^2)",
    "ive_x(1)": "(ive_x(0, n-1, x)+ive_x(0, n+1, x))/2-sign(x)*ive_x(0, n, x)",
    "jn(0)": "if(x == 0, 1, sin(x)/x)",
    "jn(1)": f"if(abs(x) < 1, {JN_SERIES}, (sin(x)/x-cos(x))/x)",
    "kve_x(1)": "kve_x(0, n, x)-(kve_x(0, n-1, x)+kve_x(0, n+1, x))/2",
    "log10": "log(x)/log(10)",
    "log1p": "2*atanh(x/(2+x))",
    "log2": "log(x)/log(2)",
    "log_ndtr": "if(x < 0, log(erfc(-x/sqrt(2))/2), log1p(-erfc(x/sqrt(2))/2))",
    "logit": "log(x/(1-x))",
    "logsumexp": "max(x, y)+log1p(exp(-abs(x-y)))",
    "max": "Piecewise((y, x < y), (x, x >= y))",
    "min": "Piecewise((y, x > y), (x, x <= y))",
    "mod": "x-y*floor(x/y)",
    "ndtri": "sqrt(2)*erfinv(2*x-1)",
    "relu": "max(x, 0)",
    "round": "if(mod(x, 2) == 1/2, floor(x), floor(x+1/2))",
    "sech": "1/cosh(x)",
    "sigmoid": "1/(1+exp(-x))",
    "sign": "Piecewise((-1, x < 0), (0, x == 0), (1, x > 0))",
    "softsign": "x/(1+abs(x))",
    "tanhshrink": "x-tanh(x)",
    "trunc": "sign(x)*floor(abs(x))",
    "xlog1py": "if(x == 0, 0, x*log1p(y))",
    "xlogy": "if(x == 0, 0, x*log(y))",
}
"""What primitives are in functions that most languages have, to the last digits at ordinary points.

The `max` and `min` of C, Fortran, Rust and MATLAB lose a NaN that is one of two numbers; a choice keeps it.
"""

POLYNOMIALS = ("assoc_laguerre", "chebyshevt", "gegenbauer", "hermite", "hermite_prob")
"""Orthogonal polynomials, which SymPy has by the same names."""

MAX_DEGREE = 12
"""The terms of a polynomial of a higher degree cancel more digits than a program should lose."""

REFLECTED = ("besselj", "bessely")
"""Functions of whole orders of which those below 0 are the same up to the sign."""


def reflected(tree: Tree) -> Tree:
    """The tree without orders below 0, of which functions have the values of those above, and what that cancels."""
    found = fold(tree, _reflected)
    return tree if found == tree else simplified(found)


def _reflected(node: Any, parts: list[Tree]) -> Tree:
    row = row_of(node)
    node = rebuild(node, parts) if parts and parts != list(node.args) else node
    if row is None or row.name not in REFLECTED or not parts[0].is_Integer or parts[0] >= 0:
        return node
    positive = call(row, [-parts[0], parts[1]])
    return positive if parts[0].is_even else negative(positive)


def expanded(tree: Tree, dialect: Dialect) -> Tree:
    """The tree in the functions that a language has."""

    def make(node: Any, parts: list[Tree]) -> Tree:
        if isinstance(node, Binder):
            return _bound(node, dialect)
        if not parts:
            return node
        return _in(dialect, _computed(node, rebuild(node, parts) if parts != list(node.args) else node))

    return fold(tree, make, stop_at=Binder)


def _bound(node: Any, dialect: Dialect) -> Tree:
    """A sum or product over an index as a loop with one term, or else term by term."""
    if isinstance(node, Integral):
        hint = "`shell:leave out --code``python:call derive for the numbers`"
        raise DerivError(f"integrals are not written in {dialect.title}", hint=hint)
    term = _looped(node, dialect)
    return expanded(unrolled(node), dialect) if term is None else rebuild(node, [term, *node.args[1:]])


def _looped(node: Any, dialect: Dialect) -> Tree | None:
    """The term of a loop; None where there are sums or choices in it, or what is written for single indices only."""
    body, _, *bounds = node.args
    if any(isinstance(part, Binder) for part in postorder(body)) or not all(bound.is_Integer for bound in bounds):
        return None
    try:
        term = expanded(body, dialect)
    except DerivError:
        return None
    return None if any(isinstance(part, sympy.Piecewise) for part in postorder(term)) else term


def _in(dialect: Dialect, node: Tree) -> Tree:
    """A node whose parts are written, as the language has it."""
    row = row_of(node)
    if row is None:
        return node
    positive = _reflected(node, [*node.args])
    if positive is not node:
        return expanded(positive, dialect)
    arguments = formulas.complete(row, node.args) if not row.variadic else node.args
    if row.variadic and len(arguments) == 1:
        return expanded(substitute(formulas.alone(row), {symbol(row.parameters[0]): arguments[0]}), dialect)
    if row.variadic and row.others is None and len(arguments) > 2:
        pair = [arguments[0], _in(dialect, call(row, arguments[1:]))]
        return _in(dialect, call(row, pair))
    node = node if len(arguments) == len(node.args) else call(row, arguments)
    if dialect.spelling(node):
        return node
    return expanded(_written(row, arguments, dialect), dialect)


def _written(row: Function, arguments: Sequence[Tree], dialect: Dialect) -> Tree:
    """A call by functions that are more usual."""
    if row.name == "root":
        return _root(*arguments)
    special = DEFINITIONS.get(f"{row.name}({arguments[0]})")
    if special is not None:
        return formulas.bind(row, _parsed_for(special, row), arguments)
    if row.definition is not None:
        return formulas.rewritten(row, arguments)
    if row.name in POLYNOMIALS and arguments[0].is_Integer and arguments[0] <= MAX_DEGREE:
        return _polynomial(row, arguments)
    if row.name in DEFINITIONS:
        return formulas.bind(row, _parsed_for(DEFINITIONS[row.name], row), arguments)
    raise _refused(row, arguments, dialect)


def _refused(row: Function, arguments: Sequence[Tree], dialect: Dialect) -> DerivError:
    from derivcli.explain.code.languages import having

    others = having(row)
    hint = f"choose {' or '.join(others)}" if others else "`shell:leave out --code``python:give the formula to derive`"
    return DerivError(f"{dialect.title} has no function for {text_of(call(row, arguments))}", hint=hint)


def _polynomial(row: Function, arguments: Sequence[Tree]) -> Tree:
    """An orthogonal polynomial of a known degree, by Horner's rule."""
    *orders, x = arguments
    hole = symbol("#x")  # a name that no formula has
    made = sympy.horner(getattr(sympy, row.name)(*orders, hole), hole)
    return substitute(arrange(made), {hole: x})


def _root(x: Tree, n: Tree) -> Tree:
    """The real root: of an odd whole number one of a negative number too."""
    if n == 3:
        return call(vocabulary()["cbrt"], [x])
    text = "sign(x)*abs(x)^(1/n)" if n.is_Integer and n.is_odd else "x^(1/n)" if n.is_Rational else _ANY_ROOT
    return substitute(_parsed(text), {symbol("x"): x, symbol("n"): n})


_ANY_ROOT = "if(x < 0 and mod(n, 2) == 1, -abs(x)^(1/n), x^(1/n))"


@cache
def _parsed_for(text: str, row: Function) -> Tree:
    return formulas.parse_tree(text, declared=row.parameters)


@cache
def _parsed(text: str) -> Tree:
    return formulas.parse_tree(text, declared=("x", "n"))


def _computed(node: Any, made: Any) -> Tree:
    """A sum or product of whole numbers and quotients as the number that it is, such as the 0+1/2 of a definition."""
    if isinstance(node, sympy.Add | sympy.Mul) and all(part.is_Rational for part in made.args):
        return made.func(*made.args)
    if isinstance(made, sympy.Pow) and made.exp == -1 and made.base.is_Rational and made.base.is_Integer is False:
        return 1 / made.base
    return made
