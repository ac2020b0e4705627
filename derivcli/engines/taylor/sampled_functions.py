"""The functions that are sampled, since they have no recurrence: what they mean in mpmath, at any precision."""

from __future__ import annotations

from typing import Any

from derivcli.engines.special_functions.high_precision import MpmathFunction, jn, plain
from derivcli.engines.taylor.composition import Sampled, pointwise
from derivcli.engines.taylor.recurrences import TaylorRule
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.language.functions.table import FUNCTIONS, vocabulary


def _parity(mp: Any, n: Any, x: Any, formula: MpmathFunction) -> Any:
    """A function that is even or odd in x as its whole order is."""
    return formula(mp, n, x) if x >= 0 else (-1) ** int(n) * formula(mp, n, -x)


def _spherical_in(mp: Any, n: Any, x: Any) -> Any:
    if x == 0:
        return int(n == 0)
    return mp.sqrt(mp.pi / (2 * x)) * mp.besseli(n + mp.mpf(1) / 2, x)


def _positive(formula: MpmathFunction) -> MpmathFunction:
    """The formula, none where the last argument is negative."""
    return lambda mp, *inputs: formula(mp, *inputs) if inputs[-1] >= 0 else mp.nan


def _bessely(mp: Any, n: Any, x: Any) -> Any:
    """By J of both orders, in digits for what cancels next to a whole one."""
    if n == mp.floor(n):
        return mp.bessely(n, x)
    with mp.extraprec(max(0, 20 - 2 * mp.mag(mp.sinpi(n)))):
        return (mp.besselj(n, x) * mp.cospi(n) - mp.besselj(-n, x)) / mp.sinpi(n)


MEANING: dict[str, MpmathFunction] = {
    "gamma": plain("gamma"),
    "polygamma": lambda mp, n, x: mp.psi(int(n), x),
    "beta": plain("beta"),
    "lowergamma": _positive(lambda mp, s, x: mp.gammainc(s, 0, x)),
    "uppergamma": _positive(lambda mp, s, x: mp.gammainc(s, x)),
    "gammainc": _positive(lambda mp, a, x: mp.gammainc(a, 0, x) * mp.rgamma(a)),
    "gammaincc": _positive(lambda mp, a, x: mp.gammainc(a, x) * mp.rgamma(a)),
    "zeta": plain("zeta"),
    "binomial": plain("binomial"),
    "rf": plain("rf"),
    "besselj": plain("besselj"),
    "bessely": _positive(_bessely),
    "besseli": plain("besseli"),
    "ive": lambda mp, n, x: mp.exp(-abs(x)) * mp.besseli(n, x),
    "jn": jn,
    "spherical_in": lambda mp, n, x: _parity(mp, n, x, _spherical_in),
    "expint": _positive(plain("expint")),
    "erfcx": lambda mp, x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda mp, x: mp.exp(-x * x) * mp.erfi(x) * mp.sqrt(mp.pi) / 2,
    "log_ndtr": lambda mp, x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2),
}
"""What is sampled, by the name of the row."""

SLOPES: dict[str, tuple[str, tuple[int, ...]]] = {
    row.name: (of.name, tuple(map(of.parameters.index, row.derivatives_in)))
    for row, of in ((row, vocabulary().get(row.derivatives_of or "")) for row in FUNCTIONS)
    if of is not None and of.name in MEANING and row.derivatives_in
}
"""Rows that are derivatives of others: which ones, and in which of their arguments."""

SAMPLED: dict[str, TaylorRule] = {
    **{
        name: pointwise(Sampled(formula), TORCH_RULES[name]) for name, formula in MEANING.items() if name in TORCH_RULES
    },
    **{name: pointwise(Sampled(MEANING[of], by), TORCH_RULES[name]) for name, (of, by) in SLOPES.items()},
}
"""The rules of these rows, whatever of their arguments varies."""
