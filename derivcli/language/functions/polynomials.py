"""Rows: orthogonal polynomials, degree first as in SymPy and SciPy; under PyTorch's names the degree comes last."""

from __future__ import annotations

from derivcli.language.functions.row import Function

NX = ("n", "x")
XN = ("x", "n")
INSIDE = ((0.0, 0.0), (-0.9, 0.9))
INSIDE_LAST = ((-0.9, 0.9), (0.0, 0.0))
UNIT_LAST = ((0.05, 0.95), (0.0, 0.0))
ABOVE = ((0.0, 0.0), (0.1, 3.0))
WIDE_LAST = ((-3.0, 3.0), (0.0, 0.0))

POLYNOMIALS: tuple[Function, ...] = (
    Function(
        name="legendre",
        aliases=("eval_legendre",),
        parameters=NX,
        whole=("n",),
        domain=INSIDE,
        derivatives=("0", "gegenbauer(n-1, 3/2, x)"),
        doc="Legendre polynomial of degree n.",
    ),
    Function(
        name="chebyshevt",
        aliases=("chebyt", "eval_chebyt"),
        parameters=NX,
        whole=("n",),
        domain=INSIDE,
        derivatives=("0", "n*chebyshevu(n-1, x)"),
        doc="Chebyshev polynomial of the first kind and degree n.",
    ),
    Function(
        name="chebyshevu",
        aliases=("chebyu", "eval_chebyu"),
        parameters=NX,
        whole=("n",),
        domain=INSIDE,
        derivatives=("0", "2*gegenbauer(n-1, 2, x)"),
        doc="Chebyshev polynomial of the second kind and degree n.",
    ),
    Function(
        name="hermite",
        aliases=("eval_hermite",),
        parameters=NX,
        whole=("n",),
        domain=((0.0, 0.0), (-3.0, 3.0)),
        derivatives=("0", "2*n*hermite(n-1, x)"),
        doc="Hermite polynomial of degree n, for the weight exp(-x**2).",
    ),
    Function(
        name="hermite_prob",
        aliases=("eval_hermitenorm",),
        parameters=NX,
        whole=("n",),
        domain=((0.0, 0.0), (-3.0, 3.0)),
        derivatives=("0", "n*hermite_prob(n-1, x)"),
        doc="Hermite polynomial of degree n, for the weight exp(-x**2/2).",
    ),
    Function(
        name="laguerre",
        aliases=("eval_laguerre",),
        parameters=NX,
        whole=("n",),
        domain=ABOVE,
        derivatives=("0", "-assoc_laguerre(n-1, 1, x)"),
        doc="Laguerre polynomial of degree n.",
    ),
    Function(
        name="gegenbauer",
        aliases=("eval_gegenbauer",),
        parameters=("n", "a", "x"),
        whole=("n",),
        constant=("a",),
        derivatives=("0", "0", "2*a*gegenbauer(n-1, a+1, x)"),
        domain=((0.0, 0.0), (0.3, 3.0), (-0.9, 0.9)),
        doc="Gegenbauer polynomial of degree n, for a constant a.",
    ),
    Function(
        name="assoc_laguerre",
        aliases=("eval_genlaguerre",),
        parameters=("n", "a", "x"),
        whole=("n",),
        constant=("a",),
        derivatives=("0", "0", "-assoc_laguerre(n-1, a+1, x)"),
        domain=((0.0, 0.0), (0.3, 3.0), (0.1, 3.0)),
        doc="Generalised Laguerre polynomial of degree n, for a constant a.",
    ),
    # PyTorch's names
    Function(
        name="legendre_polynomial_p",
        parameters=XN,
        whole=("n",),
        definition="legendre(n, x)",
        domain=INSIDE_LAST,
        doc="legendre(n, x).",
    ),
    Function(
        name="chebyshev_polynomial_t",
        parameters=XN,
        whole=("n",),
        definition="chebyshevt(n, x)",
        domain=INSIDE_LAST,
        doc="chebyshevt(n, x).",
    ),
    Function(
        name="chebyshev_polynomial_u",
        parameters=XN,
        whole=("n",),
        definition="chebyshevu(n, x)",
        domain=INSIDE_LAST,
        doc="chebyshevu(n, x).",
    ),
    Function(
        name="chebyshev_polynomial_v",
        parameters=XN,
        whole=("n",),
        definition="chebyshevu(n, x)-chebyshevu(n-1, x)",
        domain=INSIDE_LAST,
        doc="Chebyshev polynomial of the third kind and degree n.",
    ),
    Function(
        name="chebyshev_polynomial_w",
        parameters=XN,
        whole=("n",),
        definition="chebyshevu(n, x)+chebyshevu(n-1, x)",
        domain=INSIDE_LAST,
        doc="Chebyshev polynomial of the fourth kind and degree n.",
    ),
    Function(
        name="shifted_chebyshev_polynomial_t",
        parameters=XN,
        whole=("n",),
        domain=UNIT_LAST,
        definition="chebyshev_polynomial_t(2*x-1, n)",
        doc="chebyshev_polynomial_t(2*x - 1, n).",
    ),
    Function(
        name="shifted_chebyshev_polynomial_u",
        parameters=XN,
        whole=("n",),
        domain=UNIT_LAST,
        definition="chebyshev_polynomial_u(2*x-1, n)",
        doc="chebyshev_polynomial_u(2*x - 1, n).",
    ),
    Function(
        name="shifted_chebyshev_polynomial_v",
        parameters=XN,
        whole=("n",),
        domain=UNIT_LAST,
        definition="chebyshev_polynomial_v(2*x-1, n)",
        doc="chebyshev_polynomial_v(2*x - 1, n).",
    ),
    Function(
        name="shifted_chebyshev_polynomial_w",
        parameters=XN,
        whole=("n",),
        domain=UNIT_LAST,
        definition="chebyshev_polynomial_w(2*x-1, n)",
        doc="chebyshev_polynomial_w(2*x - 1, n).",
    ),
    Function(
        name="hermite_polynomial_h",
        parameters=XN,
        whole=("n",),
        definition="hermite(n, x)",
        domain=WIDE_LAST,
        doc="hermite(n, x).",
    ),
    Function(
        name="hermite_polynomial_he",
        parameters=XN,
        whole=("n",),
        definition="hermite_prob(n, x)",
        domain=WIDE_LAST,
        doc="hermite_prob(n, x).",
    ),
    Function(
        name="laguerre_polynomial_l",
        parameters=XN,
        whole=("n",),
        definition="laguerre(n, x)",
        domain=((0.1, 3.0), (0.0, 0.0)),
        doc="laguerre(n, x).",
    ),
)
