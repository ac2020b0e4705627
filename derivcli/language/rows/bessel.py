"""Rows: Bessel functions of every kind and order, their spherical forms, Airy functions."""

from __future__ import annotations

from derivcli.language.function import Function

NX = ("n", "x")
KNX = ("k", "n", "x")
ORDERS = ((-2.5, 4.0), (0.5, 8.0))
SMALL_ORDERS = ((0.3, 3.0), (0.5, 5.0))
COUNTED = ((0.0, 0.0), (0.3, 3.0), (0.5, 5.0))

BESSEL: tuple[Function, ...] = (
    Function(
        name="besselj", aliases=("jv",), parameters=NX, special=(("edge", "x == 0 and n != floor(n)"),),
        derivatives=("besselj_n(1, n, x)", "(besselj(n-1, x)-besselj(n+1, x))/2"), domain=ORDERS,
        defined="x > 0, at x = 0 for n > 0, and everywhere for a whole number n",
        doc="Bessel function of the first kind and order n.",
    ),
    Function(
        name="bessely", aliases=("yv",), parameters=NX,
        derivatives=("bessely_n(1, n, x)", "(bessely(n-1, x)-bessely(n+1, x))/2"), domain=ORDERS,
        defined="x > 0", doc="Bessel function of the second kind and order n.",
    ),
    Function(
        name="besseli", aliases=("iv",), parameters=NX, special=(("edge", "x == 0 and n != floor(n)"),),
        derivatives=("besseli_n(1, n, x)", "(besseli(n-1, x)+besseli(n+1, x))/2"), domain=SMALL_ORDERS,
        defined="x > 0, at x = 0 for n > 0, and everywhere for a whole number n",
        doc="Modified Bessel function of the first kind and order n.",
    ),
    Function(
        name="besselk", aliases=("kv",), parameters=NX,
        derivatives=("besselk_n(1, n, x)", "-(besselk(n-1, x)+besselk(n+1, x))/2"), domain=SMALL_ORDERS,
        defined="x > 0", doc="Modified Bessel function of the second kind and order n.",
    ),
    Function(
        name="besselj_n", derivatives_of="besselj",
        parameters=KNX, whole=("k",), domain=COUNTED,
        derivatives=("0", "besselj_n(k+1, n, x)", "(besselj_n(k, n-1, x)-besselj_n(k, n+1, x))/2"),
        defined="x > 0, and at x = 0 for n > 0", doc="The k-th derivative of besselj(n, x) in n.",
    ),
    Function(
        name="bessely_n", derivatives_of="bessely",
        parameters=KNX, whole=("k",), domain=COUNTED,
        derivatives=("0", "bessely_n(k+1, n, x)", "(bessely_n(k, n-1, x)-bessely_n(k, n+1, x))/2"),
        defined="x > 0", doc="The k-th derivative of bessely(n, x) in n.",
    ),
    Function(
        name="besseli_n", derivatives_of="besseli",
        parameters=KNX, whole=("k",), domain=COUNTED,
        derivatives=("0", "besseli_n(k+1, n, x)", "(besseli_n(k, n-1, x)+besseli_n(k, n+1, x))/2"),
        defined="x > 0, and at x = 0 for n > 0", doc="The k-th derivative of besseli(n, x) in n.",
    ),
    Function(
        name="besselk_n", derivatives_of="besselk",
        parameters=KNX, whole=("k",), domain=COUNTED,
        derivatives=("0", "besselk_n(k+1, n, x)", "-(besselk_n(k, n-1, x)+besselk_n(k, n+1, x))/2"),
        defined="x > 0", doc="The k-th derivative of besselk(n, x) in n.",
    ),
    # Orders 0 and 1
    Function(name="bessel_j0", aliases=("j0",), definition="besselj(0, x)", doc="besselj(0, x)."),
    Function(name="bessel_j1", aliases=("j1",), definition="besselj(1, x)", doc="besselj(1, x)."),
    Function(
        name="bessel_y0", aliases=("y0",), definition="bessely(0, x)", domain=((0.2, 6.0),), defined="x > 0",
        doc="bessely(0, x).",
    ),
    Function(
        name="bessel_y1", aliases=("y1",), definition="bessely(1, x)", domain=((0.2, 6.0),), defined="x > 0",
        doc="bessely(1, x).",
    ),
    Function(name="modified_bessel_i0", aliases=("i0",), definition="besseli(0, x)", doc="besseli(0, x)."),
    Function(name="modified_bessel_i1", aliases=("i1",), definition="besseli(1, x)", doc="besseli(1, x)."),
    Function(
        name="modified_bessel_k0", aliases=("k0",), definition="besselk(0, x)", domain=((0.2, 6.0),),
        defined="x > 0", doc="besselk(0, x).",
    ),
    Function(
        name="modified_bessel_k1", aliases=("k1",), definition="besselk(1, x)", domain=((0.2, 6.0),),
        defined="x > 0", doc="besselk(1, x).",
    ),
    # Scaled, so that they neither overflow nor vanish
    Function(
        name="ive_x", derivatives_of="ive",
        parameters=KNX, whole=("k",), constant=("n",), domain=COUNTED,
        special=(
            ("corner", "x == 0 and abs(n) == k"), ("jump", "x == 0 and abs(n) < k"),
        ),
        derivatives=("0", "0", "ive_x(k+1, n, x)"),
        defined="x > 0, and everywhere for a whole number n",
        doc="The k-th derivative of exp(-|x|)*besseli(n, x) in x.",
    ),
    Function(
        name="kve_x", derivatives_of="kve",
        parameters=KNX, whole=("k",), constant=("n",), domain=COUNTED,
        derivatives=("0", "0", "kve_x(k+1, n, x)"), defined="x > 0",
        doc="The k-th derivative of exp(x)*besselk(n, x) in x.",
    ),
    Function(
        name="ive", parameters=NX, constant=("n",), definition="ive_x(0, n, x)", domain=SMALL_ORDERS,
        special=(("corner", "x == 0 and n == 0"),),
        defined="x > 0, and everywhere for a whole number n",
        doc="exp(-|x|)*besseli(n, x), for a constant n.",
    ),
    Function(
        name="kve", parameters=NX, constant=("n",), definition="kve_x(0, n, x)", domain=SMALL_ORDERS,
        defined="x > 0", doc="exp(x)*besselk(n, x), for a constant n.",
    ),
    Function(
        name="i0e", definition="ive_x(0, 0, x)", special=(("corner", "x == 0"),), domain=((0.2, 6.0),),
        doc="exp(-|x|)*besseli(0, x).",
    ),
    Function(name="i1e", definition="ive_x(0, 1, x)", domain=((0.2, 6.0),), doc="exp(-|x|)*besseli(1, x)."),
    Function(
        name="k0e", aliases=("scaled_modified_bessel_k0",), definition="kve_x(0, 0, x)", domain=((0.2, 6.0),),
        defined="x > 0", doc="exp(x)*besselk(0, x).",
    ),
    Function(
        name="k1e", aliases=("scaled_modified_bessel_k1",), definition="kve_x(0, 1, x)", domain=((0.2, 6.0),),
        defined="x > 0", doc="exp(x)*besselk(1, x).",
    ),
    # Spherical Bessel functions
    Function(
        name="jn", aliases=("spherical_jn",), parameters=NX, whole=("n",), domain=((0.0, 0.0), (0.2, 6.0)),
        derivatives=("0", "(n*jn(n-1, x)-(n+1)*jn(n+1, x))/(2*n+1)"),
        clash="the spherical Bessel function, as in SymPy; SciPy's jn is besselj",
        doc="Spherical Bessel function of the first kind, for a whole number n; SciPy's jn is besselj.",
    ),
    Function(
        name="yn", aliases=("spherical_yn",), parameters=NX, whole=("n",), domain=((0.0, 0.0), (0.2, 6.0)),
        definition="sign(x)^(n+1)*sqrt(pi/(2*abs(x)))*bessely(n+1/2, abs(x))",
        derivatives=("0", "(n*yn(n-1, x)-(n+1)*yn(n+1, x))/(2*n+1)"),
        clash="the spherical Bessel function, as in SymPy; SciPy's yn is bessely", defined="x != 0",
        doc="Spherical Bessel function of the second kind, for a whole number n; SciPy's yn is bessely.",
    ),
    Function(
        name="spherical_in", parameters=NX, whole=("n",), domain=((0.0, 0.0), (0.2, 6.0)),
        derivatives=("0", "(n*spherical_in(n-1, x)+(n+1)*spherical_in(n+1, x))/(2*n+1)"),
        doc="Modified spherical Bessel function of the first kind, for a whole number n.",
    ),
    Function(name="spherical_bessel_j0", definition="jn(0, x)", doc="jn(0, x)."),
    Function(
        name="sinc", definition="jn(0, x)", clash="sin(x)/x, as in SymPy; NumPy's and PyTorch's sinc is sincpi",
        doc="sin(x)/x, and 1 at 0; NumPy's and PyTorch's sinc is sincpi.",
    ),
    Function(
        name="sincpi", definition="sinc(pi*x)", domain=((-0.9, 0.9),), doc="sin(pi*x)/(pi*x), and 1 at 0.",
    ),
    # Airy functions
    Function(
        name="airyai", aliases=("airy_ai",), derivatives=("airyaiprime(x)",), domain=((-2.0, 4.0),),
        doc="Airy function Ai.",
    ),
    Function(name="airybi", derivatives=("airybiprime(x)",), domain=((-1.0, 4.0),), doc="Airy function Bi."),
    Function(
        name="airyaiprime", derivatives=("x*airyai(x)",), domain=((-0.9, 4.0),), doc="Derivative of airyai(x).",
    ),
    Function(
        name="airybiprime", derivatives=("x*airybi(x)",), domain=((-1.0, 4.0),), doc="Derivative of airybi(x).",
    ),
)
