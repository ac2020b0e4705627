"""How the functions of the table are spelled in a script: in PyTorch, or by SciPy or mpmath in a class of its own.

A row that is in neither table is spelled by its definition. Both are texts of Python; nothing here is run.
"""

from __future__ import annotations

from derivcli.language.functions.row import Function

_BY_NAME = (
    *("exp", "expm1", "log", "log2", "log10", "log1p", "logit", "sqrt", "abs", "sign", "floor", "ceil", "round"),
    *("trunc", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("erf", "erfc", "relu", "sigmoid"),
)
_OF_NETWORKS = ("softsign", "tanhshrink", "silu", "mish", "selu")

TORCH: dict[str, str] = {
    **{name: f"torch.{name}({{0}})" for name in _BY_NAME},
    **{name: f"torch.nn.functional.{name}({{0}})" for name in _OF_NETWORKS},
    "elu": "torch.nn.functional.elu({0}, {1})",
    "celu": "torch.nn.functional.celu({0}, {1})",
    "leaky_relu": "torch.nn.functional.leaky_relu({0}, {1})",
    "acot": "torch.atan(1/{0})",
    "atan2": "torch.atan2({0}, {1})",
    "sech": "1/torch.cosh({0})",
    "csch": "1/torch.sinh({0})",
    "coth": "1/torch.tanh({0})",
    "asech": "torch.acosh(1/{0})",
    "acsch": "torch.asinh(1/{0})",
    "hypot": "torch.hypot({0}, {1})",
    "mod": "{0} % {1}",
    "fmod": "torch.fmod({0}, {1})",
    "max": "torch.maximum({0}, {1})",
    "min": "torch.minimum({0}, {1})",
    "logsumexp": "torch.logaddexp({0}, {1})",
    "xlogy": "torch.special.xlogy({0}, {1})",
    "xlog1py": "torch.special.xlog1py({0}, {1})",
    "loggamma": "torch.lgamma({0})",
    "erfinv": "torch.erfinv({0})",
    "erfcx": "torch.special.erfcx({0})",
    "ndtri": "torch.special.ndtri({0})",
    "log_ndtr": "torch.special.log_ndtr({0})",
    "modified_bessel_i0": "torch.special.i0({0})",
    "modified_bessel_i1": "torch.special.i1({0})",
    "i0e": "torch.special.i0e({0})",
    "i1e": "torch.special.i1e({0})",
}
"""The arguments are tensors, but for those in NUMBERS."""

NUMBERS = {"elu": 1, "celu": 1, "leaky_relu": 1}
"""Functions whose argument at this place has to be a number; where it is none, the definition stands."""

ONCE = ("loggamma",)
"""Functions of which PyTorch knows the first derivative well, and the others to nine digits."""

CUSTOM: dict[str, str] = {
    "cbrt": "scipy.special.cbrt(x)",
    "root": "np.where(x < 0, np.where(n % 2 == 1, -1.0, np.nan), 1.0)*abs(x)**(1/n)",
    # The gamma family
    "gamma": "scipy.special.gamma(x)",
    "loggamma": "scipy.special.gammaln(x)",
    "polygamma": "scipy.special.polygamma(n, x)",
    "beta": "scipy.special.beta(a, b)",
    "lowergamma": "mpmath.gammainc(s, 0, x)",
    "lowergamma_s": "mpmath.diff(lambda t: mpmath.gammainc(t, 0, x), s, k)",
    "uppergamma": "mpmath.gammainc(s, x)",
    "uppergamma_s": "mpmath.diff(lambda t: mpmath.gammainc(t, x), s, k)",
    "gammainc": "scipy.special.gammainc(a, x)",
    "gammaincc": "scipy.special.gammaincc(a, x)",
    "gammainc_a": "mpmath.diff(lambda t: -mpmath.gammainc(t, x)*mpmath.rgamma(t), a, k)",
    "zeta": "mpmath.zeta(s, a)",
    "zeta_s": "mpmath.diff(lambda t: mpmath.zeta(t, a), s, max(k, 0))",
    "binomial": "mpmath.binomial(n, k)",
    "binomial_nk": "mpmath.diff(mpmath.binomial, (n, k), (i, j))",
    "rf": "mpmath.rf(x, k)",
    "rf_xk": "mpmath.diff(mpmath.rf, (x, k), (i, j))",
    "lambertw": "scipy.special.lambertw(x, k).real",
    # Bessel and Airy functions
    "besselj": "scipy.special.jv(n, x)",
    "bessely": "scipy.special.yv(n, x)",
    "besseli": "scipy.special.iv(n, x)",
    "besselk": "scipy.special.kv(n, x)",
    "besselj_n": "mpmath.diff(lambda t: mpmath.besselj(t, x), n, k)",
    "bessely_n": "mpmath.diff(lambda t: mpmath.bessely(t, x), n, k)",
    "besseli_n": "mpmath.diff(lambda t: mpmath.besseli(t, x), n, k)",
    "besselk_n": "mpmath.diff(lambda t: mpmath.besselk(t, x), n, k)",
    "ive_x": "mpmath.diff(lambda t: mpmath.exp(-abs(t))*mpmath.besseli(n, t), x, k)",
    "kve_x": "mpmath.diff(lambda t: mpmath.exp(t)*mpmath.besselk(n, t), x, k)",
    "jn": "scipy.special.spherical_jn(max(n, 0), x)",
    "spherical_in": "scipy.special.spherical_in(max(n, 0), x)",
    "airyai": "scipy.special.airy(x)[0]",
    "airyaiprime": "scipy.special.airy(x)[1]",
    "airybi": "scipy.special.airy(x)[2]",
    "airybiprime": "scipy.special.airy(x)[3]",
    # Integrals and error functions
    "Ei": "scipy.special.expi(x)",
    "Si": "scipy.special.sici(x)[0]",
    "Ci": "scipy.special.sici(x)[1]",
    "Shi": "scipy.special.shichi(x)[0]",
    "Chi": "scipy.special.shichi(x)[1]",
    "expint": "mpmath.expint(n, x)",
    "expint_n": "mpmath.diff(lambda t: mpmath.expint(t, x), n, k)",
    "fresnels": "scipy.special.fresnel(x)[0]",
    "fresnelc": "scipy.special.fresnel(x)[1]",
    "erfi": "scipy.special.erfi(x)",
    "erfcinv": "scipy.special.erfcinv(x)",
    "erfcx_n": "mpmath.diff(lambda t: mpmath.exp(t*t)*mpmath.erfc(t), x, k)",
    "dawsn": "scipy.special.dawsn(x)",
    "dawsn_n": "mpmath.diff(lambda t: mpmath.exp(-t*t)*mpmath.erfi(t)*mpmath.sqrt(mpmath.pi)/2, x, k)",
    # Elliptic integrals
    "elliptic_k": "scipy.special.ellipk(m)",
    "elliptic_f": "mpmath.ellipf(z, m)",
    "elliptic_e": "scipy.special.ellipe(m)",
    "elliptic_e_inc": "mpmath.ellipe(z, m)",
    "elliptic_pi": "mpmath.ellippi(n, m)",
    "elliptic_pi_inc": "mpmath.ellippi(n, z, m)",
    "ellipint": "mpmath.quad(lambda t: mpmath.sin(t)**(2*p)*(1 - n*mpmath.sin(t)**2)**-i"
    "*(1 - m*mpmath.sin(t)**2)**(0.5 - j), [0, z])",
    # Orthogonal polynomials; those of degree -1, which derivatives lead to, are 0 or multiplied by 0
    "legendre": "scipy.special.eval_legendre(n, x)",
    "chebyshevt": "scipy.special.eval_chebyt(n, x)",
    "chebyshevu": "scipy.special.eval_chebyu(n, x)",
    "hermite": "scipy.special.eval_hermite(max(n, 0), x)",
    "hermite_prob": "scipy.special.eval_hermitenorm(max(n, 0), x)",
    "laguerre": "scipy.special.eval_laguerre(n, x)",
    "gegenbauer": "scipy.special.eval_gegenbauer(n, a, x)",
    "assoc_laguerre": "mpmath.laguerre(n, a, x)",
}
"""The values of functions that PyTorch has no differentiable kernel for, over the row's parameters.

Those are numbers and NumPy arrays; mpmath takes one point at a time.
"""


def math_name(row: Function) -> str | None:
    """What the row is called in Python's own library, for constants; None where it is not there."""
    module = getattr(row.floats, "__module__", None)
    name = getattr(row.floats, "__name__", "")
    return f"math.{name}" if module == "math" else name if module == "builtins" else None
