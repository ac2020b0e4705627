"""Rows: the error function and the gamma family."""

from __future__ import annotations

import math

from derivcli.language.function import Function

SPECIAL: tuple[Function, ...] = (
    # Error function and the gamma family
    Function(name="erf", sympy="erf", floats=math.erf, doc="Error function."),
    Function(name="erfc", sympy="erfc", floats=math.erfc, doc="Complementary error function, 1 - erf(x)."),
    Function(
        name="gamma", aliases=("Gamma",), sympy="gamma", derivatives=("gamma(x)*polygamma(0, x)",),
        floats=math.gamma, domain=((0.1, 6.0),), defined="x is no whole number below 1", doc="Gamma function.",
    ),
    Function(
        name="loggamma", aliases=("lgamma", "gammaln"), sympy="loggamma",
        derivatives=("polygamma(0, x)",), floats=math.lgamma, domain=((0.1, 6.0),),
        defined="x is no whole number below 1", doc="Logarithm of the absolute value of gamma(x).",
    ),
    Function(
        name="polygamma", parameters=("n", "x"), whole=("n",), sympy="polygamma",
        derivatives=("0", "polygamma(n+1, x)"), domain=((0.0, 0.0), (0.1, 6.0)),
        defined="x is no whole number below 1", doc="The n-th derivative of digamma(x), for a whole number n.",
    ),
    Function(
        name="digamma", aliases=("psi",), definition="polygamma(0, x)", domain=((0.1, 6.0),),
        defined="x is no whole number below 1", doc="Derivative of loggamma(x).",
    ),
    Function(
        name="trigamma", definition="polygamma(1, x)", domain=((0.1, 6.0),),
        defined="x is no whole number below 1", doc="Derivative of digamma(x).",
    ),
    Function(
        name="factorial", aliases=("fact",), sympy="factorial", definition="gamma(x+1)",
        floats=lambda x: math.gamma(x + 1), domain=((0.1, 5.0),),
        defined="x is no whole number below 0", doc="x!, which is gamma(x + 1).",
    ),
)
