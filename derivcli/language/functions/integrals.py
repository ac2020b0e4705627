"""Rows: error functions, the normal distribution, exponential, trigonometric and Fresnel integrals."""

from __future__ import annotations

import math

from derivcli.language.functions.row import Function

INTEGRALS: tuple[Function, ...] = (
    # Error functions and the normal distribution
    Function(name="erf", sympy="erf", floats=math.erf, doc="Error function."),
    Function(name="erfc", sympy="erfc", floats=math.erfc, doc="Complementary error function, 1 - erf(x)."),
    Function(name="erfi", derivatives=("2/sqrt(pi)*exp(x^2)",), doc="Imaginary error function, erf(i*x)/i."),
    Function(
        name="erfinv",
        derivatives=("sqrt(pi)/2*exp(erfinv(x)^2)",),
        domain=((-0.95, 0.95),),
        defined="-1 < x < 1",
        doc="Inverse of erf(x).",
    ),
    Function(
        name="erfcinv",
        derivatives=("-sqrt(pi)/2*exp(erfcinv(x)^2)",),
        domain=((0.05, 1.95),),
        defined="0 < x < 2",
        doc="Inverse of erfc(x).",
    ),
    Function(name="erfcx", derivatives=("erfcx_n(1, x)",), doc="Scaled error function, exp(x**2)*erfc(x)."),
    Function(
        name="erfcx_n",
        derivatives_of="erfcx",
        parameters=("k", "x"),
        whole=("k",),
        derivatives=("0", "erfcx_n(k+1, x)"),
        domain=((0.0, 0.0), (-3.0, 3.0)),
        doc="The k-th derivative of erfcx(x).",
    ),
    Function(
        name="dawsn",
        derivatives=("dawsn_n(1, x)",),
        domain=((-3.0, 3.0),),
        doc="Dawson's integral, exp(-x**2)*erfi(x)*sqrt(pi)/2.",
    ),
    Function(
        name="dawsn_n",
        derivatives_of="dawsn",
        parameters=("k", "x"),
        whole=("k",),
        derivatives=("0", "dawsn_n(k+1, x)"),
        domain=((0.0, 0.0), (-3.0, 3.0)),
        doc="The k-th derivative of dawsn(x).",
    ),
    Function(
        name="ndtr",
        aliases=("ncdf",),
        definition="erfc(-x/sqrt(2))/2",
        doc="Distribution function of the normal distribution.",
    ),
    Function(
        name="log_ndtr",
        derivatives=("if(x < 2, sqrt(2/pi)/erfcx(-x/sqrt(2)), exp(-x^2/2-log_ndtr(x))/sqrt(2*pi))",),
        doc="Logarithm of ndtr(x), accurate far to the left.",
    ),
    Function(
        name="ndtri",
        derivatives=("sqrt(2*pi)*exp(ndtri(x)^2/2)",),
        domain=((0.05, 0.95),),
        defined="0 < x < 1",
        doc="Inverse of ndtr(x), a quantile of the normal distribution.",
    ),
    # Exponential integrals
    Function(
        name="Ei",
        aliases=("expi", "ei"),
        derivatives=("exp(x)/x",),
        domain=((0.5, 6.0),),
        defined="x != 0",
        doc="Exponential integral: exp(t)/t integrated from minus infinity to x.",
    ),
    Function(
        name="li",
        definition="if(x == 0, 0, Ei(log(x)))",
        derivatives=("1/log(x)",),
        domain=((1.6, 9.0),),
        special=(("edge", "x == 0"),),
        defined="x >= 0 and x != 1",
        doc="Logarithmic integral: 1/log(t) integrated from 0 to x.",
    ),
    Function(
        name="Li",
        definition="li(x)-li(2)",
        derivatives=("1/log(x)",),
        domain=((2.1, 9.0),),
        special=(("edge", "x == 0"),),
        defined="x >= 0 and x != 1",
        doc="Logarithmic integral from 2, li(x) - li(2).",
    ),
    Function(
        name="expint",
        aliases=("expn",),
        parameters=("n", "x"),
        domain=((-2.0, 4.0), (0.1, 5.0)),
        derivatives=("expint_n(1, n, x)", "-expint(n-1, x)"),
        defined="x > 0, at x = 0 for n > 1, and everywhere but at 0 for a whole n below 1",
        doc="Exponential integral of order n: exp(-x*t)/t**n integrated from 1 to infinity.",
    ),
    Function(
        name="expint_n",
        derivatives_of="expint",
        parameters=("k", "n", "x"),
        whole=("k",),
        domain=((0.0, 0.0), (-2.0, 4.0), (0.1, 5.0)),
        derivatives=("0", "expint_n(k+1, n, x)", "-expint_n(k, n-1, x)"),
        defined="x > 0, and at x = 0 for n > 1",
        doc="The k-th derivative of expint(n, x) in n.",
    ),
    Function(
        name="E1",
        aliases=("exp1", "e1"),
        definition="expint(1, x)",
        domain=((0.1, 5.0),),
        defined="x > 0",
        doc="expint(1, x).",
    ),
    # Trigonometric, hyperbolic and Fresnel integrals
    Function(
        name="Si",
        aliases=("si",),
        derivatives=("jn(0, x)",),
        domain=((0.1, 3.0),),
        doc="Sine integral: sin(t)/t integrated from 0 to x.",
    ),
    Function(
        name="Ci",
        aliases=("ci",),
        derivatives=("cos(x)/x",),
        domain=((0.1, 1.4),),
        defined="x > 0",
        doc="Cosine integral: minus cos(t)/t integrated from x to infinity.",
    ),
    Function(
        name="Shi",
        aliases=("shi",),
        derivatives=("spherical_in(0, x)",),
        domain=((0.1, 5.0),),
        doc="Hyperbolic sine integral: sinh(t)/t integrated from 0 to x.",
    ),
    Function(
        name="Chi",
        aliases=("chi",),
        derivatives=("cosh(x)/x",),
        domain=((0.6, 5.0),),
        defined="x > 0",
        doc="Hyperbolic cosine integral, Ei(x) - Shi(x).",
    ),
    Function(
        name="fresnels",
        derivatives=("sin(pi*x^2/2)",),
        domain=((0.1, 1.3),),
        doc="Fresnel's sine integral: sin(pi*t**2/2) integrated from 0 to x.",
    ),
    Function(
        name="fresnelc",
        derivatives=("cos(pi*x^2/2)",),
        domain=((0.1, 0.9),),
        doc="Fresnel's cosine integral: cos(pi*t**2/2) integrated from 0 to x.",
    ),
)
