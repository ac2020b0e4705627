"""Functions at places that samples do not reach: whole numbers that come out whole, and the far ends of domains."""

import re

from mpmath import mp

from derivcli import derive, parse
from derivcli.language.functions.table import vocabulary
from tests.rows import is_close, oracle
from tests.support import each

EXACT = [
    ("gamma(x)", 5, 24),
    ("factorial(x)", 5, 120),
    ("x!", 10, 3628800),
    ("log10(x)", 1000, 3),
    ("log(x, 2)", 8, 3),
    ("log(x, 10)", 1000, 3),
    ("exp2(x)", 10, 1024),
    ("cbrt(x)", -8, -2),
    ("cbrt(x)", 125, 5),
    ("root(x, 3)", -27, -3),
    ("root(x, 3)", 64, 4),
    ("hypot(x, 4)", 3, 5),
    ("sqrt(x)", 49, 7),
]


@each(("text", "point", "value"), EXACT)
def test_whole_numbers_come_out_whole(text: str, point: int, value: int) -> None:
    constant = parse(re.sub(r"\bx\b", f"({point})", text)).constant
    assert (derive(text, at={"x": point}).value[0], constant) == (value, value)


EXTREME = [
    ("erfc(x)", 20.0),
    ("gelu(x)", -30.0),
    ("softplus(x)", -40.0),
    ("softplus(x)", 800.0),
    ("sigmoid(x)", -700.0),
    ("gamma(x)", 170.0),
    ("gamma(x)", -0.5),
    ("loggamma(x)", -0.5),
    ("digamma(x)", 1e-10),
    ("cbrt(x)", 1e-60),
    ("cbrt(x)", -1e60),
    ("log1p(x)", 1e-20),
    ("expm1(x)", 1e-20),
    ("silu(x)", -700.0),
    ("mish(x)", -40.0),
    ("erfcx(x)", 1e8),
    ("erfcx(x)", -25.0),
    ("erfinv(x)", 1e-20),
    ("erfcinv(x)", 1e-20),
    ("log_ndtr(x)", -200.0),
    ("ndtri(x)", 1e-20),
    ("dawsn(x)", 1e6),
    ("sinc(x)", 1e-10),
    ("sinc(x)", 1e3),
    ("Si(x)", 1e-10),
    ("Shi(x)", 1e-10),
    ("Shi(x)", 600.0),
    ("Ei(x)", -600.0),
    ("Ei(x)", 600.0),
    ("E1(x)", 1e-10),
    ("E1(x)", 600.0),
    ("bessel_j0(x)", 1e4),
    ("bessel_j1(x)", 1e-10),
    ("bessel_y0(x)", 1e-10),
    ("modified_bessel_i0(x)", 600.0),
    ("modified_bessel_k0(x)", 600.0),
    ("i0e(x)", 1e6),
    ("k1e(x)", 1e6),
    ("airyai(x)", 90.0),
    ("airyai(x)", -90.0),
    ("airybi(x)", 90.0),
    ("elliptic_k(x)", 1 - 1e-10),
    ("elliptic_k(x)", -1e10),
    ("elliptic_e(x)", 1 - 1e-10),
    ("elliptic_e(x)", -1e10),
]


@each(("text", "point"), EXTREME)
def test_extreme_arguments(text: str, point: float) -> None:
    row = vocabulary()[text.removesuffix("(x)")]
    result = derive(text, at={"x": point})
    with mp.workdps(200):
        wanted = [oracle(row, (point,)), oracle(row, (point,), 0)]
        assert is_close(result.value[0], wanted[0], 1e-12)
        assert is_close(result.derivatives["x"][0], wanted[1], 1e-12)
