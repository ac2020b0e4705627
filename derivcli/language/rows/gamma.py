"""Rows: the gamma function and its family, zeta, binomials, Lambert's W."""

from __future__ import annotations

import math

from derivcli.language.function import Function

GAMMA: tuple[Function, ...] = (
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
        name="digamma", aliases=("psi",), longer="polygamma", definition="polygamma(0, x)", domain=((0.1, 6.0),),
        defined="x is no whole number below 1", doc="Derivative of loggamma(x).",
    ),
    Function(
        name="trigamma", definition="polygamma(1, x)", domain=((0.1, 6.0),), defined="x is no whole number below 1",
        doc="Derivative of digamma(x).",
    ),
    Function(
        name="factorial", aliases=("fact", "fac"), sympy="factorial", definition="gamma(x+1)",
        floats=lambda x: math.gamma(x + 1), domain=((0.1, 5.0),), defined="x is no whole number below 0",
        doc="x!, which is gamma(x + 1).",
    ),
    Function(
        name="beta", aliases=("Beta",), parameters=("a", "b"),
        derivatives=("beta(a, b)*(digamma(a)-digamma(a+b))", "beta(a, b)*(digamma(b)-digamma(a+b))"),
        domain=((0.2, 5.0), (0.2, 5.0)), defined="a and b are no whole numbers below 1",
        doc="Beta function, gamma(a)*gamma(b)/gamma(a + b).",
    ),
    # Incomplete gamma functions
    Function(
        name="lowergamma", aliases=("gammainc_lower",), parameters=("s", "x"),
        derivatives=("lowergamma_s(1, s, x)", "x^(s-1)*exp(-x)"), special=(("edge", "x == 0"),),
        domain=((0.2, 5.0), (0.1, 6.0)),
        defined="x > 0 and s is no whole number below 1, and at x = 0 for s > 0",
        doc="Lower incomplete gamma function: t**(s-1)*exp(-t) integrated from 0 to x.",
    ),
    Function(
        name="uppergamma", aliases=("gammainc_upper",), parameters=("s", "x"),
        derivatives=("uppergamma_s(1, s, x)", "-x^(s-1)*exp(-x)"), special=(("edge", "x == 0"),),
        domain=((0.2, 5.0), (0.1, 6.0)),
        defined="x > 0, and at x = 0 for s > 0",
        doc="Upper incomplete gamma function: t**(s-1)*exp(-t) integrated from x to infinity.",
    ),
    Function(
        name="lowergamma_s", derivatives_of="lowergamma",
        parameters=("k", "s", "x"), whole=("k",),
        derivatives=("0", "lowergamma_s(k+1, s, x)", "x^(s-1)*exp(-x)*log(x)^k"),
        domain=((0.0, 0.0), (0.2, 5.0), (0.1, 6.0)),
        defined="x > 0 and s is no whole number below 1, and at x = 0 for s > 0",
        doc="The k-th derivative of lowergamma(s, x) in s.",
    ),
    Function(
        name="uppergamma_s", derivatives_of="uppergamma",
        parameters=("k", "s", "x"), whole=("k",),
        derivatives=("0", "uppergamma_s(k+1, s, x)", "-x^(s-1)*exp(-x)*log(x)^k"),
        domain=((0.0, 0.0), (0.2, 5.0), (0.1, 6.0)), defined="x > 0, and at x = 0 for s > 0",
        doc="The k-th derivative of uppergamma(s, x) in s.",
    ),
    Function(
        name="gammainc", parameters=("a", "x"),
        derivatives=(
            "gammainc_a(1, a, x)",
            "if(a < 100 and x < 700, x^(a-1)*exp(-x)/gamma(a), exp((a-1)*log(x)-x-loggamma(a)))",
        ),
        special=(("edge", "x == 0"),), domain=((0.2, 5.0), (0.1, 6.0)),
        defined="x > 0, and at x = 0 for a > 0",
        doc="Regularised lower incomplete gamma function, lowergamma(a, x)/gamma(a).",
    ),
    Function(
        name="gammaincc", parameters=("a", "x"),
        derivatives=(
            "-gammainc_a(1, a, x)",
            "if(a < 100 and x < 700, -x^(a-1)*exp(-x)/gamma(a), -exp((a-1)*log(x)-x-loggamma(a)))",
        ),
        special=(("edge", "x == 0"),), domain=((0.2, 5.0), (0.1, 6.0)),
        defined="x > 0, and at x = 0 for a > 0",
        doc="Regularised upper incomplete gamma function, uppergamma(a, x)/gamma(a).",
    ),
    Function(
        name="gammainc_a", derivatives_of="gammainc",
        parameters=("k", "a", "x"), whole=("k",), least=1,
        derivatives=("0", "gammainc_a(k+1, a, x)", "gammainc_a(k, a-1, x)-gammainc_a(k, a, x)"),
        domain=((0.0, 0.0), (0.2, 5.0), (0.1, 6.0)), defined="x > 0, and at x = 0 for a > 0",
        doc="The k-th derivative of gammainc(a, x) in a.",
    ),
    # Zeta, binomials, factorial powers
    Function(
        name="zeta", parameters=("s", "a"), defaults=("1",),
        derivatives=("zeta_s(1, s, a)", "if(s == 0, s*digamma(a)-1, -s*zeta(s+1, a))"),
        domain=((1.2, 6.0), (0.3, 4.0)),
        defined="s != 1 and a > 0",
        doc="Riemann's zeta function; with a, Hurwitz's: the sum of 1/(n + a)**s for n = 0, 1, 2, ...",
    ),
    Function(
        name="zeta_s", derivatives_of="zeta",
        parameters=("k", "s", "a"), defaults=("1",), whole=("k",),
        derivatives=("0", "zeta_s(k+1, s, a)", "-s*zeta_s(k, s+1, a)-k*zeta_s(k-1, s+1, a)"),
        domain=((0.0, 0.0), (1.2, 6.0), (0.3, 4.0)), defined="s != 1 and a > 0",
        doc="The k-th derivative of zeta(s, a) in s.",
    ),
    Function(
        name="binomial", aliases=("binom", "comb"), parameters=("n", "k"),
        derivatives=("binomial_nk(1, 0, n, k)", "binomial_nk(0, 1, n, k)"), domain=((0.5, 6.0), (0.2, 3.0)),
        defined="n is no whole number below 0, or k is a whole number",
        doc="Binomial coefficient n over k, of real numbers through the gamma function.",
    ),
    Function(
        name="binomial_nk", derivatives_of="binomial",
        parameters=("i", "j", "n", "k"), whole=("i", "j"),
        derivatives=("0", "0", "binomial_nk(i+1, j, n, k)", "binomial_nk(i, j+1, n, k)"),
        domain=((0.0, 0.0), (0.0, 0.0), (0.5, 6.0), (0.2, 3.0)),
        defined="n is no whole number below 0, or j = 0 and k is a whole number",
        doc="The i-th derivative in n of the j-th derivative in k of binomial(n, k).",
    ),
    Function(
        name="rf", aliases=("RisingFactorial", "rising_factorial", "poch"), parameters=("x", "k"),
        derivatives=("rf_xk(1, 0, x, k)", "rf_xk(0, 1, x, k)"), domain=((0.5, 4.0), (0.5, 3.0)),
        defined="x + k is no whole number below 1, or x is one",
        doc="Rising factorial gamma(x + k)/gamma(x), which is x*(x + 1)*...*(x + k - 1).",
    ),
    Function(
        name="ff", aliases=("FallingFactorial", "falling_factorial"), parameters=("x", "k"),
        definition="rf(x-k+1, k)", domain=((3.5, 6.0), (0.5, 3.0)),
        defined="x is no whole number below 0, or x - k is one",
        doc="Falling factorial gamma(x + 1)/gamma(x - k + 1), which is x*(x - 1)*...*(x - k + 1).",
    ),
    Function(
        name="rf_xk", derivatives_of="rf",
        parameters=("i", "j", "x", "k"), whole=("i", "j"),
        derivatives=("0", "0", "rf_xk(i+1, j, x, k)", "rf_xk(i, j+1, x, k)"),
        domain=((0.0, 0.0), (0.0, 0.0), (0.5, 4.0), (0.5, 3.0)),
        defined="x + k is no whole number below 1, or x is one",
        doc="The i-th derivative in x of the j-th derivative in k of rf(x, k).",
    ),
    Function(
        name="lambertw", aliases=("W", "LambertW"), parameters=("x", "k"), defaults=("0",), whole=("k",), least=-1,
        derivatives=("exp(-lambertw(x, k))/(1+lambertw(x, k))", "0"), special=(("edge", "x == -1/e"),),
        domain=((-0.3, 5.0), (0.0, 0.0)),
        defined="x >= -1/e, and x < 0 on the branch k = -1",
        doc="Lambert's W, the y with y*exp(y) = x; real are its branches k = 0 and k = -1.",
    ),
)
