"""The libraries whose prefixes are read away, `np.sin` being sin, and what a name means in one of them and not here.

What means the same everywhere is an alias in its row. A name that is a function of ours under one prefix alone
stands in the row's `elsewhere`.
"""

from __future__ import annotations

from functools import cache

from derivcli.language.functions.forms import FORMS, forms
from derivcli.language.functions.table import CONSTANT_FORMULAS, CONSTANTS, FUNCTIONS, vocabulary
from derivcli.language.lexer.unsupported_operations import OPERATIONS

PREFIXES = {
    "np": "numpy",
    "numpy": "numpy",
    "jnp": "numpy",
    "jax.numpy": "numpy",
    "math": "math",
    "torch": "torch",
    "torch.special": "torch",
    "torch.nn.functional": "torch",
    "nn.functional": "torch",
    "F": "torch",
    "sp": "sympy",
    "sym": "sympy",
    "sympy": "sympy",
    "sp.special": "scipy",
    "sc": "scipy",
    "special": "scipy",
    "scipy": "scipy",
    "scipy.special": "scipy",
    "mp": "mpmath",
    "mpmath": "mpmath",
    "nn": "modules",
    "torch.nn": "modules",
}
"""What programs call a library, and the library."""

MODULES = "modules"
"""PyTorch's layers, each of which makes a function."""

_ALONG = "takes what is along a dimension"
_MAKES = "makes a polynomial, not its value"
_SEVERAL = "gives several values"
_REFUSED: dict[str, tuple[str, str]] = {
    "math.remainder": ("is the remainder nearest to 0", "write x - y*round(x/y)"),
    "torch.frac": ("keeps the sign of its argument", "write x - trunc(x)"),
    "torch.binomial": ("draws random numbers", "for the coefficient write binomial(n, k)"),
    "mpmath.gammainc": ("is not regularised", "write lowergamma(s, x) or uppergamma(s, x)"),
    "numpy.piecewise": ("takes lists", "write Piecewise((a, x > 0), (b, True))"),
    "torch.softmax": (_ALONG, "write softmax(x, y) for the share of x among x and y"),
    "torch.log_softmax": (_ALONG, "write log_softmax(x, y)"),
    "torch.logsumexp": (_ALONG, "write logsumexp(x, y)"),
    "scipy.softmax": (_ALONG, "write softmax(x, y) for the share of x among x and y"),
    "scipy.log_softmax": (_ALONG, "write log_softmax(x, y)"),
    "scipy.logsumexp": (_ALONG, "write logsumexp(x, y)"),
    "scipy.legendre": (_MAKES, "write legendre(2, x)"),
    "scipy.hermite": (_MAKES, "write hermite(2, x)"),
    "scipy.laguerre": (_MAKES, "write laguerre(2, x)"),
    "scipy.gegenbauer": (_MAKES, "write gegenbauer(2, 1, x)"),
    "scipy.chebyt": (_MAKES, "write chebyshevt(2, x)"),
    "scipy.chebyu": (_MAKES, "write chebyshevu(2, x)"),
    "scipy.airy": (_SEVERAL, "write airyai(x), airybi(x) and their derivatives by name"),
    "scipy.fresnel": (_SEVERAL, "write fresnels(x) or fresnelc(x)"),
    "scipy.sici": (_SEVERAL, "write Si(x) or Ci(x)"),
    "scipy.shichi": (_SEVERAL, "write Shi(x) or Chi(x)"),
}
"""Names of a library that are other functions than ours, with what they do and the way out."""

_NOTED = {
    "numpy.max": "max",
    "numpy.min": "min",
    "numpy.amax": "max",
    "numpy.amin": "min",
    "torch.amax": "max",
    "torch.amin": "min",
    "torch.max": "max",
    "torch.min": "min",
    "sympy.root": "root",
    "sympy.cbrt": "cbrt",
    "mpmath.root": "root",
    "mpmath.nthroot": "root",
    "mpmath.cbrt": "cbrt",
}
_NOTES = {
    "max": "the greatest of its arguments; there a second one may be a dimension",
    "min": "the least of its arguments; there a second one may be a dimension",
    "root": "the real root, of negative numbers too, for which it is complex there",
    "cbrt": "the real root, of negative numbers too, for which it is complex there",
}

PASSED = frozenset("nan inf oo zoo infty Infinity NaN".split()) | OPERATIONS.keys()
"""Names that the parser refuses by what they are."""


@cache
def _elsewhere() -> dict[str, str]:
    """Our names by a library's, where no other library means the same by it."""
    rows = {name: row.name for row in FUNCTIONS for name in row.elsewhere}
    return rows | {name: form.name for form in FORMS for name in form.elsewhere}


_CONSTANTS_ELSEWHERE = {
    "numpy.euler_gamma": "EulerGamma",
    "mpmath.euler": "EulerGamma",
    "mpmath.catalan": "Catalan",
    "mpmath.phi": "GoldenRatio",
}


def refusal(prefix: str, name: str) -> tuple[str, str] | None:
    """What a library's function is where ours of that name is another one, and the way out."""
    library = PREFIXES[prefix]
    if library == MODULES:
        row = vocabulary().get(name)
        return "makes a function, and is none", f"write {row.signature}" if row else "write the function itself"
    return _REFUSED.get(f"{library}.{name}")


def our_name(prefix: str, name: str) -> str:
    """What we call a library's function or constant; nothing where we have none such."""
    full = f"{PREFIXES[prefix]}.{name}"
    found = _elsewhere().get(full) or _CONSTANTS_ELSEWHERE.get(full)
    if found is None and (name in vocabulary() or name in forms() or name in CONSTANTS or name in CONSTANT_FORMULAS):
        return name
    return found or (name if name in PASSED else "")


def note(prefix: str, name: str) -> str:
    """What our function is where the library's is the same for some arguments only."""
    return _NOTES.get(_NOTED.get(f"{PREFIXES[prefix]}.{name}", ""), "")
