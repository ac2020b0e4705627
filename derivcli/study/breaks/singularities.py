"""Where primitives have no value or no power series.

An equation is written in the language, over the parameters of the row. A test holds that each primitive is here, is
treated with the equations themselves, or is analytic everywhere.
"""

from __future__ import annotations

from functools import cache

from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree

EQUATIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("log", "log2", "log10", "csch", "coth", "acsch", "softsign"), ("x == 0",)),
    **dict.fromkeys(("abs", "sign", "relu", "root", "acot", "ive_x"), ("x == 0",)),
    **dict.fromkeys(("uppergamma", "lowergamma"), ("x == 0",)),
    **dict.fromkeys(("besselj", "besseli"), ("x == 0",)),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), ("x == 1", "x == -1")),
    "asech": ("x == 0", "x == 1"),
    "xlogy": ("x == 0", "y == 0"),
    "xlog1py": ("x == 0", "y == -1"),
    "atan2": ("y == 0", "x == 0"),
    "hypot": ("x == 0", "y == 0"),
    **dict.fromkeys(("Ei", "Ci", "Chi", "expint", "bessely", "besselk", "expint_n", "kve_x"), ("x == 0",)),
    **dict.fromkeys(("besselj_n", "bessely_n", "besseli_n", "besselk_n"), ("x == 0",)),
    **dict.fromkeys(("lowergamma_s", "uppergamma_s", "gammainc_a"), ("x == 0",)),
    **dict.fromkeys(("gammainc", "gammaincc"), ("a == 0", "x == 0")),
    "log1p": ("x == -1",),
    "logit": ("x == 0", "x == 1"),
    "acosh": ("x == 1",),
    "erfcinv": ("x == 0", "x == 2"),
    "ndtri": ("x == 0", "x == 1"),
    "lambertw": ("x == -1/e", "x == 0"),
    "zeta": ("s == 1", "a == 0"),
    "zeta_s": ("s == 1", "a == 0"),
    "elliptic_k": ("m == 1",),
    "elliptic_e": ("m == 1",),
    "elliptic_pi": ("n == 1", "m == 1"),
    **dict.fromkeys(("elliptic_f", "elliptic_e_inc"), ("m*sin(z)^2 == 1", "m == 1", "cos(z) == 0")),
    **dict.fromkeys(
        ("elliptic_pi_inc", "ellipint"),
        ("m*sin(z)^2 == 1", "n*sin(z)^2 == 1", "m == 1", "n == 1", "cos(z) == 0"),
    ),
}
"""Equations that hold where the primitive is singular; they may hold elsewhere too."""

POLES_BELOW: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("gamma", "loggamma", "polygamma"), ("x",)),
    "beta": ("a", "b"),
    "lowergamma": ("s",),
    "lowergamma_s": ("s",),
    "binomial": ("n+1",),
    "binomial_nk": ("n+1",),
    "rf": ("x", "x+k"),
    "rf_xk": ("x", "x+k"),
}
"""Formulas at whose values 0, -1, -2, ... the primitive is singular."""

WHOLE_ORDERS: dict[str, str] = dict.fromkeys(("besselj", "besseli", "ive_x"), "n")
"""Parameters of which whole numbers alone give values on the left of 0."""

TANGENTS = ("tan",)
"""Functions with poles at the odd multiples of pi/2."""


@cache
def singular_equations(row: Function) -> tuple[Tree, ...]:
    """The equations of a primitive, over its parameters."""
    return tuple(formulas.parse_tree(text, row.parameters, condition=True) for text in EQUATIONS.get(row.name, ()))


@cache
def poles_below(row: Function) -> tuple[Tree, ...]:
    """The formulas of a primitive at whose values 0, -1, -2, ... it is singular, over its parameters."""
    return tuple(formulas.parse_tree(text, row.parameters) for text in POLES_BELOW.get(row.name, ()))
