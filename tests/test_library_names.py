"""Functions under the names of NumPy, SciPy, PyTorch and Python's math: each has the value that its library gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
import torch

from derivcli import DerivError, derive, parse
from derivcli.language.functions import libraries
from derivcli.language.functions.forms import FORMS
from derivcli.language.functions.table import FUNCTIONS
from tests.support import each, hint_of, no_hang

F = torch.nn.functional
POINTS = (-1.9, -0.5, 0.0, 0.3, 0.5, 1.0, 2.5, 7.0)
"""Some of which are halves, whole numbers, below 0 and 0 itself."""

Values = Callable[[Any], Any]

ONE_NUMBER: dict[str, tuple[Any, str]] = {
    "np": (
        np,
        "sin cos tan arcsin arccos arctan arcsinh arccosh arctanh sinh cosh tanh exp exp2 expm1 log log2 log10 log1p "
        "sqrt cbrt abs absolute fabs sign floor ceil trunc fix rint around round deg2rad rad2deg degrees radians "
        "square reciprocal negative positive sinc i0 asin acos atan asinh acosh atanh zeros_like ones_like",
    ),
    "math": (
        math,
        "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt "
        "fabs floor ceil trunc degrees radians gamma lgamma erf erfc",
    ),
    "scipy.special": (
        scipy.special,
        "expit logit log_expit erf erfc erfi erfinv erfcinv erfcx dawsn ndtr log_ndtr ndtri gamma gammaln psi digamma "
        "expi exp1 j0 j1 y0 y1 i0 i1 k0 k1 i0e i1e k0e k1e ellipk ellipe entr exp10 exp2 cbrt expm1 log1p round sinc",
    ),
    "torch": (
        torch,
        "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh arctan exp exp2 expm1 log log2 log10 log1p sqrt "
        "rsqrt abs absolute sign sgn floor ceil trunc fix round deg2rad rad2deg square reciprocal neg negative "
        "positive relu selu sigmoid erf erfc erfinv lgamma digamma logit sinc i0 zeros_like ones_like",
    ),
    "torch.special": (
        torch.special,
        "expit logit erf erfc erfcx erfinv gammaln psi digamma ndtr ndtri log_ndtr entr exp2 expm1 log1p sinc round "
        "i0 i0e i1 i1e bessel_j0 bessel_j1 modified_bessel_i0 modified_bessel_i1",
    ),
    "F": (
        F,
        "relu relu6 gelu elu celu selu silu mish softplus softsign logsigmoid hardswish hardsigmoid hardtanh "
        "hardshrink softshrink tanhshrink leaky_relu sigmoid tanh",
    ),
}
"""Functions of one number by the library that they are in."""

SEVERAL: dict[str, Values] = {
    "np.power(x, 2)": lambda x: np.power(x, 2.0),
    "np.float_power(x, 2)": lambda x: np.float_power(x, 2),
    "np.maximum(x, 1)": lambda x: np.maximum(x, 1),
    "np.fmin(x, 1)": lambda x: np.fmin(x, 1),
    "np.hypot(x, 2)": lambda x: np.hypot(x, 2),
    "np.arctan2(x, -2)": lambda x: np.arctan2(x, -2),
    "np.mod(x, 2)": lambda x: np.mod(x, 2),
    "np.remainder(x, -2)": lambda x: np.remainder(x, -2),
    "np.fmod(x, 2)": lambda x: np.fmod(x, 2),
    "np.clip(x, 0, 1)": lambda x: np.clip(x, 0, 1),
    "np.heaviside(x, 0.5)": lambda x: np.heaviside(x, 0.5),
    "np.heaviside(x, 1)": lambda x: np.heaviside(x, 1),
    "np.logaddexp(x, 1)": lambda x: np.logaddexp(x, 1),
    "np.floor_divide(x, 2)": lambda x: np.floor_divide(x, 2),
    "np.add(x, 2)": lambda x: np.add(x, 2),
    "np.subtract(x, 2)": lambda x: np.subtract(x, 2),
    "np.multiply(x, 2)": lambda x: np.multiply(x, 2),
    "np.divide(x, 2)": lambda x: np.divide(x, 2),
    "np.where(x > 0, x, 0)": lambda x: np.where(x > 0, x, 0),
    "np.where(np.logical_and(x > 0, np.less(x, 1)), x, 0)": lambda x: np.where((x > 0) & (x < 1), x, 0),
    "np.pi*x + np.e": lambda x: np.pi * x + np.e,
    "np.euler_gamma*x": lambda x: np.euler_gamma * x,
    "math.log(x, 2)": lambda x: math.log(x, 2),
    "math.pow(x, 3)": lambda x: math.pow(x, 3),
    "math.hypot(x, 1)": lambda x: math.hypot(x, 1),
    "math.fmod(x, 2)": lambda x: math.fmod(x, 2),
    "math.tau*x": lambda x: math.tau * x,
    "math.perm(7, 3)*x": lambda x: math.perm(7, 3) * x,
    "math.comb(7, 3)*x": lambda x: math.comb(7, 3) * x,
    "scipy.special.jn(2, x)": lambda x: scipy.special.jn(2, x),
    "scipy.special.jv(1.5, x)": lambda x: scipy.special.jv(1.5, x),
    "scipy.special.yn(1, x)": lambda x: scipy.special.yn(1, x),
    "scipy.special.kn(1, x)": lambda x: scipy.special.kn(1, x),
    "scipy.special.spherical_jn(2, x)": lambda x: scipy.special.spherical_jn(2, x),
    "scipy.special.expn(2, x)": lambda x: scipy.special.expn(2, x),
    "scipy.special.gammainc(2, x)": lambda x: scipy.special.gammainc(2, x),
    "scipy.special.gammaincc(2, x)": lambda x: scipy.special.gammaincc(2, x),
    "scipy.special.beta(x, 2)": lambda x: scipy.special.beta(x, 2),
    "scipy.special.binom(x, 2)": lambda x: scipy.special.binom(x, 2),
    "scipy.special.poch(x, 2)": lambda x: scipy.special.poch(x, 2),
    "scipy.special.xlogy(2, x)": lambda x: scipy.special.xlogy(2, x),
    "scipy.special.polygamma(1, x)": lambda x: scipy.special.polygamma(1, x),
    "scipy.special.zeta(x, 2)": lambda x: scipy.special.zeta(x, 2),
    "scipy.special.lambertw(x)": lambda x: scipy.special.lambertw(x).real if x >= 0 else math.nan,
    "scipy.special.ellipkinc(x, 0.5)": lambda x: scipy.special.ellipkinc(x, 0.5),
    "scipy.special.ellipeinc(x, 0.5)": lambda x: scipy.special.ellipeinc(x, 0.5),
    "scipy.special.eval_legendre(3, x)": lambda x: scipy.special.eval_legendre(3, x),
    "scipy.special.eval_gegenbauer(3, 0.5, x)": lambda x: scipy.special.eval_gegenbauer(3, 0.5, x),
    "torch.clamp(x, 0, 1)": lambda x: torch.clamp(x, 0, 1),
    "torch.pow(x, 3)": lambda x: torch.pow(x, 3),
    "torch.remainder(x, 2)": lambda x: torch.remainder(x, 2),
    "torch.fmod(x, 2)": lambda x: torch.fmod(x, 2),
    "torch.where(torch.gt(x, 0), x, torch.zeros_like(x))": lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
    "torch.special.polygamma(1, x)": lambda x: torch.special.polygamma(1, x),
    "torch.special.zeta(x, 2)": lambda x: torch.special.zeta(x, torch.tensor(2.0)),
    "torch.special.gammainc(torch.tensor(2.0), x)": lambda x: torch.special.gammainc(torch.tensor(2.0).double(), x),
    "torch.igammac(torch.tensor(2.0), x)": lambda x: torch.igammac(torch.tensor(2.0).double(), x),
    "torch.special.chebyshev_polynomial_t(x, 3)": lambda x: torch.special.chebyshev_polynomial_t(x, 3),
    "torch.div(x, 2) + torch.mul(x, 3) - torch.sub(x, 1)": lambda x: x / 2 + x * 3 - (x - 1),
    "F.leaky_relu(x, 0.1)": lambda x: F.leaky_relu(x, 0.1),
    "F.elu(x, 2)": lambda x: F.elu(x, 2),
    "F.threshold(x, 0.5, 2)": lambda x: F.threshold(x, 0.5, 2),
    "F.hardtanh(x, -2, 2)": lambda x: F.hardtanh(x, -2, 2),
    "torch.nn.functional.softshrink(x, 0.2)": lambda x: F.softshrink(x, 0.2),
    "mpmath.nint(x)": lambda x: mpmath.nint(x),
    "mpmath.fmod(x, 2)": lambda x: mpmath.fmod(x, 2),
    "mpmath.psi(1, x)": lambda x: mpmath.psi(1, x),
    "mpmath.sinc(x)": lambda x: mpmath.sinc(x),
    "mpmath.sincpi(x)": lambda x: mpmath.sincpi(x),
    "mpmath.harmonic(x)": lambda x: mpmath.harmonic(x),
    "mpmath.ellipf(x, 0.5)": lambda x: mpmath.ellipf(x, 0.5),
    "mpmath.acot(x)": lambda x: mpmath.acot(x),
    "mpmath.catalan*x + mpmath.phi + mpmath.euler": lambda x: mpmath.catalan * x + mpmath.phi + mpmath.euler,
}
"""Texts and what the libraries make of them, called by this table and not by their texts."""

CASES = [
    *(
        (f"{prefix}.{name}(x)", getattr(module, name))
        for prefix, (module, names) in ONE_NUMBER.items()
        for name in names.split()
    ),
    *SEVERAL.items(),
]


def library_value(text: str, function: Values, x: float) -> float:
    """The value by the library; not a number where it has none."""
    try:
        with np.errstate(all="ignore"):
            return float(function(torch.tensor(x, dtype=torch.float64) if text[:1] in "tF" else x))
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):  # the last of complex numbers
        return math.nan


def differences(text: str, function: Values) -> list[str]:
    """The points at which a library has a value and the text has another one; PyTorch's own J1 keeps 7 digits."""
    wanted = {x: library_value(text, function, x) for x in POINTS}
    held = [x for x, value in wanted.items() if math.isfinite(value)]
    assert len(held) > 1, "the library has values there"
    got = derive(text, at={"x": held}, check=False).value
    return [
        f"{text} at {x}: {ours} is not {wanted[x]}"
        for x, ours in zip(held, got, strict=True)
        if not math.isclose(ours, wanted[x], rel_tol=1e-6, abs_tol=1e-7)
    ]


@each(("text", "function"), CASES)
def test_a_name_has_the_value_of_its_library(text: str, function: Values) -> None:
    assert differences(text, function) == []


def test_every_name_of_one_library_alone_is_compared() -> None:
    typed = " ".join(text for text, _ in CASES)
    names = [name for row in FUNCTIONS for name in row.elsewhere]
    names += [name for form in FORMS for name in form.elsewhere]
    prefixes = {"numpy": ("np",), "scipy": ("scipy.special",), "torch": ("torch", "torch.special", "F")}
    lost = [
        name
        for library, _, word in (name.partition(".") for name in names)
        if not any(f"{prefix}.{word}" in typed for prefix in prefixes.get(library, (library,)))
        and not any(f"{prefix}.{word}" in UNCOMPARED for prefix in prefixes.get(library, (library,)))
        for name in (f"{library}.{word}",)
    ]
    assert len(names) > 20
    assert lost == []


UNCOMPARED = (
    *(
        "torch.eq torch.ne torch.ge torch.lt torch.le torch.equal torch.not_equal torch.greater torch.greater_equal"
    ).split(),
    *("torch.less torch.less_equal np.equal np.not_equal np.greater np.greater_equal np.less_equal").split(),
    *("np.amax np.amin torch.amax torch.amin np.array np.float64 scipy.special.perm").split(),
)
"""Conditions, which are no numbers, and names that libraries give to what has dimensions too."""


@each(
    ("wrong", "text"),
    [("sinc", "np.sinc(x)"), ("jn", "scipy.special.jn(2, x)"), ("mod", "np.fmod(x, 2)"), ("gelu_tanh", "F.gelu(x)")],
)
def test_a_name_that_is_another_function_is_found(wrong: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "our_name", lambda prefix, name: wrong)
    assert differences(text, dict(CASES)[text])


@each("name", list(libraries._REFUSED))
def test_a_function_that_is_another_one_in_its_library_is_refused(name: str) -> None:
    library, _, word = name.partition(".")
    for prefix in (prefix for prefix, called in libraries.PREFIXES.items() if called == library):
        with pytest.raises(DerivError) as caught:
            parse(f"1 + {prefix}.{word}(x, 2)")
        assert caught.value.message.startswith(f"'{prefix}.{word}' ")
        assert caught.value.span is not None
        assert (caught.value.span.start, caught.value.span.stop) == (4, 5 + len(prefix) + len(word))


REFUSED = [
    ("x.sin()", "attributes are no part", 1, "write sin(x)"),
    ("x.pow(2)", "attributes are no part", 1, "write pow(x, 2)"),
    ("x.T", "attributes are no part", 1, "functions alone"),
    ("np.sin(x).sum()", "attributes are no part", 9, "functions alone"),
    ("os.system('ls')", "attributes are no part", 2, "functions alone"),
    ("x*np.linalg.norm(x)", "deriv has nothing for 'np.linalg'", 2, "lists"),
    ("np.random.rand()", "deriv has nothing for 'np.random'", 0, "lists"),
    ("np.x", "deriv has nothing for 'np.x'", 0, "lists"),
    ("torch.nn.ReLU()(x)", "'torch.nn.ReLU' makes a function", 0, "write relu(x)"),
    ("nn.LeakyReLU(0.1)(x)", "'nn.LeakyReLU' makes a function", 0, "write leaky_relu(x, slope=0.01)"),
    ("LeakyReLU(0.1)(x)", "LeakyReLU(0.1) makes a function in PyTorch", 0, "write leaky_relu(x, 0.1)"),
    ("math.inf", "'inf' is not a finite number", 0, "finite"),
    ("np.sin(x, y)", "sin takes 1 argument", 0, "write sin(x)"),
    ("2*np.sin", "sin needs an argument", 2, "write sin(x)"),
    ("np. sin(x)", "attributes are no part", 2, ""),
    ("lambda x: x**2", "':' is no part", 8, "leave out 'lambda x:'"),
    ("x > 0 ? 1 : 2", "'>' belongs inside a condition", 2, "if(x > 0"),
]


@each(("text", "message", "place", "hint"), REFUSED)
def test_what_python_calls_is_refused_with_a_way_out(text: str, message: str, place: int, hint: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.span is not None
    assert caught.value.span.start == place
    assert hint in hint_of(caught.value)


NOTED = [
    ("F.relu(x)", {"F"}, "F by itself is a variable"),
    ("F.relu(x) + F", (), "F by itself is a variable"),
    ("torch.max(x, 0)", (), "a second one may be a dimension"),
    ("sympy.root(x, 3)", (), "for which it is complex there"),
    ("sp.sinc(x)", (), "NumPy's and PyTorch's sinc is sincpi"),
]


@each(("text", "declared", "note"), NOTED)
def test_two_meanings_are_noted(text: str, declared: set[str], note: str) -> None:
    assert any(note in each.message for each in parse(text, declared=declared).notes)


@each("text", ["F.relu(x)", "np.sinc(x)", "sympy.sinc(x)", "np.e", "math.e"])
def test_one_meaning_is_not_noted(text: str) -> None:
    assert parse(text).notes == ()


def test_a_name_with_a_prefix_is_no_variable() -> None:
    found = parse("np.sin(x) + sin", declared=["sin", "e"])
    assert found.canonical_text == "sin(x) + sin"
    assert parse("np.e*e", declared=["e"]).variables == ("e",)


def test_a_function_of_the_users_own_may_have_the_name_of_an_operation() -> None:
    own = {"square(x)": "x^3", "Product(x)": "x + 1"}
    assert parse("square(x) + Product(x)", let=own).canonical_text == "x**3 + (x + 1)"
    assert parse("np.square(x)", let=own).canonical_text == "x**2"
    with pytest.raises(DerivError, match="'where' is a function of deriv already"):
        parse("where(x)", let={"where(x)": "x"})


LONG = {
    "choices": "x if(" * 100_000,
    "prefixes": "np." * 200_000,
    "methods": "x.sin()" * 100_000,
    "joined": f"if(x>0{'&x>1' * 2_000},1,2)",
    "bars": f"if(x>0{'|x>1' * 2_000},1,2)",
    "denials": f"if({'~' * 300_000}(x>0),1,2)",
    "calls": "if(" + "And(" * 100_000,
    "list": f"[{'x,' * 200_000}x]",
}


@each("kind", list(LONG))
def test_long_texts_of_these_take_no_long_time(kind: str) -> None:
    with no_hang(5), suppress(DerivError):
        parse(LONG[kind])
