"""Rows: orthogonal polynomials, degree first as in SymPy and SciPy; under PyTorch's names the degree comes last."""

from __future__ import annotations

from typing import Any

from derivcli.language.functions.row import WHOLE, Function, SampleInterval, function

INSIDE = (-0.9, 0.9)
UNIT = (0.05, 0.95)
POSITIVE = (0.1, 3.0)
WIDE = (-3.0, 3.0)


def _polynomial(
    name: str, aliases: tuple[str, ...], letter: str, doc: str, slope: str, domain: SampleInterval, **columns: Any
) -> Function:
    """A polynomial of degree n in x; the last of its aliases is SciPy's name, and `slope` is its derivative."""
    return function(
        f"{name}(n, x)",
        doc,
        aliases=aliases,
        whole=("n",),
        derivatives=("0", slope),
        latex=rf"\operatorname{{{letter}}}_{{#1}}\left(#2\right)",
        domain=(WHOLE, domain),
        **{"scipy": f"scipy.special.{aliases[-1]}(n, x)"} | columns,
    )


def _with_parameter(
    name: str, alias: str, letter: str, doc: str, slope: str, domain: SampleInterval, scipy: str
) -> Function:
    """A polynomial of degree n with a constant parameter a."""
    return function(
        f"{name}(n, a, x)",
        doc,
        aliases=(alias,),
        whole=("n",),
        constant=("a",),
        derivatives=("0", "0", slope),
        primitive_because="basic",
        scipy=scipy,
        latex=rf"\operatorname{{{letter}}}_{{#1}}^{{\left(#2\right)}}\left(#3\right)",
        domain=(WHOLE, (0.3, 3.0), domain),
    )


def _degree_last(name: str, definition: str, doc: str = "", domain: SampleInterval = INSIDE) -> Function:
    """A polynomial by PyTorch's name."""
    return function(
        f"{name}(x, n)", doc or f"{definition}.", whole=("n",), definition=definition, domain=(domain, WHOLE)
    )


def _shifted(kind: str) -> Function:
    """A Chebyshev polynomial for x between 0 and 1."""
    name = f"chebyshev_polynomial_{kind}"
    return _degree_last(f"shifted_{name}", f"{name}(2*x-1, n)", f"{name}(2*x - 1, n).", UNIT)


POLYNOMIALS: tuple[Function, ...] = (
    _polynomial(
        "legendre",
        ("eval_legendre",),
        "P",
        "Legendre polynomial of degree n.",
        "gegenbauer(n-1, 3/2, x)",
        INSIDE,
        definition="gegenbauer(n, 1/2, x)",
    ),
    _polynomial(
        "chebyshevt",
        ("chebyt", "eval_chebyt"),
        "T",
        "Chebyshev polynomial of the first kind and degree n.",
        "n*chebyshevu(n-1, x)",
        INSIDE,
        primitive_because="cos(n*acos(x)) loses three digits, and has no value beyond x = 1",
    ),
    _polynomial(
        "chebyshevu",
        ("chebyu", "eval_chebyu"),
        "U",
        "Chebyshev polynomial of the second kind and degree n.",
        "2*gegenbauer(n-1, 2, x)",
        INSIDE,
        definition="gegenbauer(n, 1, x)",
    ),
    # SciPy's Hermite polynomials of degree -1, which derivatives lead to, are no numbers
    _polynomial(
        "hermite",
        ("eval_hermite",),
        "H",
        "Hermite polynomial of degree n, for the weight exp(-x**2).",
        "2*n*hermite(n-1, x)",
        WIDE,
        scipy="scipy.special.eval_hermite(max(n, 0), x)",
        primitive_because="2^(n/2)*hermite_prob(n, sqrt(2)*x) loses the last digit of whole values",
    ),
    _polynomial(
        "hermite_prob",
        ("eval_hermitenorm",),
        "He",
        "Hermite polynomial of degree n, for the weight exp(-x**2/2).",
        "n*hermite_prob(n-1, x)",
        WIDE,
        scipy="scipy.special.eval_hermitenorm(max(n, 0), x)",
        primitive_because="2^(-n/2)*hermite(n, x/sqrt(2)) loses the last digit of whole values",
    ),
    _polynomial(
        "laguerre",
        ("eval_laguerre",),
        "L",
        "Laguerre polynomial of degree n.",
        "-assoc_laguerre(n-1, 1, x)",
        POSITIVE,
        definition="assoc_laguerre(n, 0, x)",
    ),
    _with_parameter(
        "gegenbauer",
        "eval_gegenbauer",
        "C",
        "Gegenbauer polynomial of degree n, for a constant a.",
        "2*a*gegenbauer(n-1, a+1, x)",
        INSIDE,
        "scipy.special.eval_gegenbauer(n, a, x)",
    ),
    _with_parameter(
        "assoc_laguerre",
        "eval_genlaguerre",
        "L",
        "Generalised Laguerre polynomial of degree n, for a constant a.",
        "-assoc_laguerre(n-1, a+1, x)",
        POSITIVE,
        "mpmath.laguerre(n, a, x)",
    ),
    # PyTorch's names
    _degree_last("legendre_polynomial_p", "legendre(n, x)"),
    _degree_last("chebyshev_polynomial_t", "chebyshevt(n, x)"),
    _degree_last("chebyshev_polynomial_u", "chebyshevu(n, x)"),
    _degree_last(
        "chebyshev_polynomial_v",
        "chebyshevu(n, x)-chebyshevu(n-1, x)",
        "Chebyshev polynomial of the third kind and degree n.",
    ),
    _degree_last(
        "chebyshev_polynomial_w",
        "chebyshevu(n, x)+chebyshevu(n-1, x)",
        "Chebyshev polynomial of the fourth kind and degree n.",
    ),
    *map(_shifted, "tuvw"),
    _degree_last("hermite_polynomial_h", "hermite(n, x)", domain=WIDE),
    _degree_last("hermite_polynomial_he", "hermite_prob(n, x)", domain=WIDE),
    _degree_last("laguerre_polynomial_l", "laguerre(n, x)", domain=POSITIVE),
)
