"""Rows: Bessel functions of every kind and order, their spherical forms, Airy functions."""

from __future__ import annotations

from typing import Any

from derivcli.language.functions.row import WHOLE, Function, function, kth_derivative

ORDERS = ((-2.5, 4.0), (0.5, 8.0))
SMALL_ORDERS = ((0.3, 3.0), (0.5, 5.0))
EVERY_WHOLE = "x > 0, at x = 0 for n > 0, and everywhere for a whole number n"
EDGE = (("edge", "x == 0 and n != floor(n)"),)
POSITIVE: dict[str, Any] = {"defined": "x > 0", "domain": ((0.2, 6.0),)}


def _bessel(name: str, scipy: str, letter: str, doc: str, slope: str, **columns: Any) -> Function:
    """A Bessel function of any order, with its derivative in x; SciPy's name is too short to be read alone."""
    return function(
        f"{name}(n, x)",
        doc,
        aliases=(scipy,),
        only_called=(scipy,),
        primitive_because="basic",
        derivatives=(f"{name}_n(1, n, x)", slope),
        scipy=f"scipy.special.{scipy}(n, x)",
        latex=rf"\operatorname{{{letter}}}_{{#1}}\left(#2\right)",
        **columns,
    )


def _in_order(of: str, letter: str, slope: str, defined: str) -> Function:
    """The derivatives of a Bessel function in its order."""
    return kth_derivative(
        of,
        ("n", "x"),
        slope,
        scipy=f"mpmath.diff(lambda t: mpmath.{of}(t, x), n, k)",
        latex=rf"\partial_{{n}}^{{#1}} \operatorname{{{letter}}}_{{#2}}\left(#3\right)",
        defined=defined,
        domain=SMALL_ORDERS,
    )


def _of_order(name: str, alias: str, definition: str, latex: str, **columns: Any) -> Function:
    """A Bessel function of order 0 or 1."""
    return Function(name, f"{definition}.", aliases=(alias,), definition=definition, latex=latex, **columns)


def _spherical(name: str, letter: str, doc: str, slope: str, **columns: Any) -> Function:
    """A spherical Bessel function of whole order, with its derivative in x."""
    return function(
        f"{name}(n, x)",
        doc,
        whole=("n",),
        derivatives=("0", slope),
        latex=rf"\operatorname{{{letter}}}_{{#1}}\left(#2\right)",
        domain=(WHOLE, (0.2, 6.0)),
        **columns,
    )


def _airy(name: str, doc: str, place: int, latex: str, slope: str, low: float, **columns: Any) -> Function:
    """One of the four functions that SciPy computes together."""
    value = f"scipy.special.airy(x)[{place}]"
    return Function(name, doc, derivatives=(slope,), scipy=value, latex=latex, domain=((low, 4.0),), **columns)


BESSEL: tuple[Function, ...] = (
    _bessel(
        "besselj",
        "jv",
        "J",
        "Bessel function of the first kind and order n.",
        "(besselj(n-1, x)-besselj(n+1, x))/2",
        elsewhere=("scipy.jn",),
        special=EDGE,
        defined=EVERY_WHOLE,
        domain=ORDERS,
    ),
    _bessel(
        "bessely",
        "yv",
        "Y",
        "Bessel function of the second kind and order n.",
        "(bessely(n-1, x)-bessely(n+1, x))/2",
        elsewhere=("scipy.yn",),
        defined="x > 0",
        domain=ORDERS,
    ),
    _bessel(
        "besseli",
        "iv",
        "I",
        "Modified Bessel function of the first kind and order n.",
        "(besseli(n-1, x)+besseli(n+1, x))/2",
        special=EDGE,
        defined=EVERY_WHOLE,
        domain=SMALL_ORDERS,
    ),
    _bessel(
        "besselk",
        "kv",
        "K",
        "Modified Bessel function of the second kind and order n.",
        "-(besselk(n-1, x)+besselk(n+1, x))/2",
        elsewhere=("scipy.kn",),
        defined="x > 0",
        domain=SMALL_ORDERS,
    ),
    _in_order("besselj", "J", "(besselj_n(k, n-1, x)-besselj_n(k, n+1, x))/2", "x > 0, and at x = 0 for n > 0"),
    _in_order("bessely", "Y", "(bessely_n(k, n-1, x)-bessely_n(k, n+1, x))/2", "x > 0"),
    _in_order("besseli", "I", "(besseli_n(k, n-1, x)+besseli_n(k, n+1, x))/2", "x > 0, and at x = 0 for n > 0"),
    _in_order("besselk", "K", "-(besselk_n(k, n-1, x)+besselk_n(k, n+1, x))/2", "x > 0"),
    # Orders 0 and 1
    _of_order("bessel_j0", "j0", "besselj(0, x)", r"\operatorname{J}_{0}"),
    _of_order("bessel_j1", "j1", "besselj(1, x)", r"\operatorname{J}_{1}"),
    _of_order("bessel_y0", "y0", "bessely(0, x)", r"\operatorname{Y}_{0}", **POSITIVE),
    _of_order("bessel_y1", "y1", "bessely(1, x)", r"\operatorname{Y}_{1}", **POSITIVE),
    _of_order("modified_bessel_i0", "i0", "besseli(0, x)", r"\operatorname{I}_{0}", torch="torch.special.i0"),
    _of_order("modified_bessel_i1", "i1", "besseli(1, x)", r"\operatorname{I}_{1}", torch="torch.special.i1"),
    _of_order("modified_bessel_k0", "k0", "besselk(0, x)", r"\operatorname{K}_{0}", **POSITIVE),
    _of_order("modified_bessel_k1", "k1", "besselk(1, x)", r"\operatorname{K}_{1}", **POSITIVE),
    # Scaled, so that they neither overflow nor vanish
    function(
        "ive_x(k, n, x)",
        "The k-th derivative of exp(-|x|)*besseli(n, x) in x.",
        primitive_because="exp(-abs(x))*besseli(n, x) has no value beyond x = 713",
        whole=("k",),
        constant=("n",),
        derivatives_of="ive",
        derivatives_in=("x",),
        derivatives=("0", "0", "ive_x(k+1, n, x)"),
        special=(("corner", "x == 0 and abs(n) == k"), ("jump", "x == 0 and abs(n) < k")),
        scipy="mpmath.diff(lambda t: mpmath.exp(-abs(t))*mpmath.besseli(n, t), x, k)",
        defined="x > 0, and everywhere for a whole number n",
        domain=(WHOLE, *SMALL_ORDERS),
    ),
    function(
        "kve_x(k, n, x)",
        "The k-th derivative of exp(x)*besselk(n, x) in x.",
        primitive_because="exp(x)*besselk(n, x) is 0 beyond x = 705",
        whole=("k",),
        constant=("n",),
        derivatives_of="kve",
        derivatives_in=("x",),
        derivatives=("0", "0", "kve_x(k+1, n, x)"),
        scipy="mpmath.diff(lambda t: mpmath.exp(t)*mpmath.besselk(n, t), x, k)",
        defined="x > 0",
        domain=(WHOLE, *SMALL_ORDERS),
    ),
    function(
        "ive(n, x)",
        "exp(-|x|)*besseli(n, x), for a constant n.",
        constant=("n",),
        definition="ive_x(0, n, x)",
        special=(("corner", "x == 0 and n == 0"),),
        defined="x > 0, and everywhere for a whole number n",
        domain=SMALL_ORDERS,
    ),
    function(
        "kve(n, x)",
        "exp(x)*besselk(n, x), for a constant n.",
        constant=("n",),
        definition="kve_x(0, n, x)",
        defined="x > 0",
        domain=SMALL_ORDERS,
    ),
    Function(
        "i0e",
        "exp(-|x|)*besseli(0, x).",
        definition="ive_x(0, 0, x)",
        special=(("corner", "x == 0"),),
        torch="torch.special.i0e",
        domain=((0.2, 6.0),),
    ),
    Function(
        "i1e", "exp(-|x|)*besseli(1, x).", definition="ive_x(0, 1, x)", torch="torch.special.i1e", domain=((0.2, 6.0),)
    ),
    Function(
        "k0e", "exp(x)*besselk(0, x).", aliases=("scaled_modified_bessel_k0",), definition="kve_x(0, 0, x)", **POSITIVE
    ),
    Function(
        "k1e", "exp(x)*besselk(1, x).", aliases=("scaled_modified_bessel_k1",), definition="kve_x(0, 1, x)", **POSITIVE
    ),
    # Spherical Bessel functions
    _spherical(
        "jn",
        "j",
        "Spherical Bessel function of the first kind, for a whole number n; SciPy's jn is besselj.",
        "(n*jn(n-1, x)-(n+1)*jn(n+1, x))/(2*n+1)",
        primitive_because="sqrt(pi/(2*x))*besselj(n+1/2, x) has no value at 0 and for x < 0",
        aliases=("spherical_jn",),
        only_called=("jn",),
        clash="the spherical Bessel function, as in SymPy; SciPy's jn is besselj",
        scipy="scipy.special.spherical_jn(max(n, 0), x)",
    ),
    _spherical(
        "yn",
        "y",
        "Spherical Bessel function of the second kind, for a whole number n; SciPy's yn is bessely.",
        "(n*yn(n-1, x)-(n+1)*yn(n+1, x))/(2*n+1)",
        aliases=("spherical_yn",),
        only_called=("yn",),
        clash="the spherical Bessel function, as in SymPy; SciPy's yn is bessely",
        definition="sign(x)^(n+1)*sqrt(pi/(2*abs(x)))*bessely(n+1/2, abs(x))",
        defined="x != 0",
    ),
    _spherical(
        "spherical_in",
        "i",
        "Modified spherical Bessel function of the first kind, for a whole number n.",
        "(n*spherical_in(n-1, x)+(n+1)*spherical_in(n+1, x))/(2*n+1)",
        primitive_because="sqrt(pi/(2*x))*besseli(n+1/2, x) has no value at 0 and for x < 0",
        scipy="scipy.special.spherical_in(max(n, 0), x)",
    ),
    Function("spherical_bessel_j0", "jn(0, x).", definition="jn(0, x)", latex=r"\operatorname{j}_{0}"),
    Function(
        "sinc",
        "sin(x)/x, and 1 at 0; NumPy's and PyTorch's sinc is sincpi.",
        clash="sin(x)/x, as in SymPy; NumPy's and PyTorch's sinc is sincpi",
        definition="jn(0, x)",
    ),
    Function(
        "sincpi",
        "sin(pi*x)/(pi*x), and 1 at 0.",
        elsewhere=("numpy.sinc", "torch.sinc", "scipy.sinc"),
        definition="sinc(pi*x)",
        domain=((-0.9, 0.9),),
    ),
    # Airy functions
    _airy(
        "airyai",
        "Airy function Ai.",
        0,
        r"\operatorname{Ai}",
        "airyaiprime(x)",
        -2.0,
        primitive_because="basic",
        aliases=("airy_ai",),
    ),
    _airy("airybi", "Airy function Bi.", 2, r"\operatorname{Bi}", "airybiprime(x)", -1.0, primitive_because="basic"),
    _airy(
        "airyaiprime",
        "Derivative of airyai(x).",
        1,
        r"\operatorname{Ai}'",
        "x*airyai(x)",
        -0.9,
        primitive_because="basic: the derivative of airyai",
        latex_power=False,
    ),
    _airy(
        "airybiprime",
        "Derivative of airybi(x).",
        3,
        r"\operatorname{Bi}'",
        "x*airybi(x)",
        -1.0,
        primitive_because="basic: the derivative of airybi",
        latex_power=False,
    ),
)
