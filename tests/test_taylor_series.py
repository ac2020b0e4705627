"""Series beyond the table's rows: several variables, batches, branches, kinks, polynomials and identities."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from torch import Tensor

from derivcli import parse
from derivcli.engines.program import Program, lower
from derivcli.engines.taylor.evaluation import expand
from tests.support import drawn, each

NAMES = ("x", "y")


@pytest.fixture(autouse=True, scope="module")
def _precision() -> Iterator[None]:
    with mp.workdps(60):
        yield


def program(text: str, names: Sequence[str] = ("x",)) -> Program:
    return lower([parse(text, declared=names)], names)


def variables(points: Sequence[float], axes: int, **options: Any) -> list[Tensor]:
    """The series of variables, the last of them along axes of their own."""
    made = []
    for axis, point in enumerate(points, start=axes - len(points)):
        shape = [2 if axis == other else 1 for other in range(axes)]
        made.append(torch.tensor([point, 1.0], **{"dtype": torch.float64, **options}).reshape(*shape, 1))
    return made


def along(text: str, point: float, order: int) -> list[float]:
    """The coefficients of a function of x, as many as there are."""
    return expand(program(text), variables([point], 1), (order,), 1)[:, 0].tolist()


def batch(text: str, points: Sequence[float], order: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """The coefficients at several points."""
    x = torch.tensor(points, dtype=dtype)
    return expand(program(text), [torch.stack([x, torch.ones_like(x)])], (order,), len(points))


SEVERAL: dict[str, tuple[tuple[float, float], Callable[[Any, Any], Any]]] = {
    "sin(x*y)*exp(x/y)": ((0.75, 1.25), lambda x, y: mpmath.sin(x * y) * mpmath.exp(x / y)),
    "atan2(x, y)": ((-1.5, -2.5), mpmath.atan2),
    "x**y": ((1.75, -0.625), lambda x, y: x**y),
    "hypot(x, y)": ((0.5, -1.75), lambda x, y: mpmath.sqrt(x * x + y * y)),
    "besselj(x, y)": ((0.5, 2.25), mpmath.besselj),
    "gammainc(x, y)": ((2.25, 1.5), lambda a, x: mpmath.gammainc(a, 0, x, regularized=True)),
    "log(x+y)/sqrt(x*y)": ((0.75, 1.5), lambda x, y: mpmath.log(x + y) / mpmath.sqrt(x * y)),
    "tanh(x*y)+sigmoid(x-y)": ((0.75, 0.5), lambda x, y: mpmath.tanh(x * y) + 1 / (1 + mpmath.exp(y - x))),
    "uppergamma(x, y)": ((2.25, 1.5), lambda a, x: mpmath.gammainc(a, x)),
    "bessely(x, y)": ((0.5, 2.25), mpmath.bessely),
    "elliptic_f(x, y)": ((0.75, 0.5), mpmath.ellipf),
    "root(x, y)*mod(x, y)": ((7.25, 2.75), lambda x, y: x ** (1 / y) * (x - 2 * y)),
    "lambertw(x*y)+erfinv(x*y)": (
        (0.5, 0.75), lambda x, y: mpmath.lambertw(x * y).real + mpmath.erfinv(x * y),
    ),
    "logsumexp(x, y)+max(x, x*y)": (
        (0.5, 1.25), lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)) + x * y,
    ),
    "gamma(x*y)": ((1.5, 1.25), lambda x, y: mpmath.gamma(x * y)),
}  # fmt: skip


def mixed(function: Callable[..., Any], point: Sequence[float], powers: tuple[int, ...]) -> Any:
    """A coefficient by differences in many digits."""
    divisor = math.prod(map(math.factorial, powers))
    return mpmath.diff(function, tuple(map(mpf, point)), powers) / divisor if any(powers) else function(*point)


def wrong_mixed(text: str, caps: tuple[int, int] = (2, 2)) -> list[tuple[int, ...]]:
    """The powers of x and y at which a coefficient is not the oracle's."""
    point, function = SEVERAL[text]
    found = expand(program(text, NAMES), variables(point, 2), caps, 1)
    every = list(product(range(caps[0] + 1), range(caps[1] + 1)))
    wanted = {powers: mixed(function, list(map(mpf, point)), powers) for powers in every}
    return [powers for powers, want in wanted.items() if not abs(found[powers].item() - want) <= 1e-12 * abs(want)]


@pytest.mark.parametrize("text", SEVERAL)
def test_mixed_derivatives(text: str) -> None:
    assert wrong_mixed(text) == []


@each("text", SEVERAL)
def test_the_order_of_the_axes_does_not_matter(text: str) -> None:
    inputs = variables(SEVERAL[text][0], 2)
    found = expand(program(text, NAMES), inputs, (2, 3), 1)
    swapped = expand(program(text, NAMES), [x.transpose(0, 1) for x in inputs], (3, 2), 1)
    assert torch.allclose(swapped.transpose(0, 1), found, rtol=1e-12, atol=1e-14)


def test_a_wrong_mixed_derivative_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    point, _ = SEVERAL["x**y"]
    monkeypatch.setitem(SEVERAL, "x**y", (point, lambda x, y: x**y + mpf("1e-10") * (x - point[0]) * (y - point[1])))
    assert wrong_mixed("x**y") == [(1, 1)]


def test_mixed_derivatives_of_an_integral() -> None:
    found = expand(program("besselk(x, y)", NAMES), variables([0.5, 2.25], 2), (3, 3), 1)
    with mp.workdps(30):
        want = mpmath.diff(mpmath.besselk, (mpf(0.5), mpf(2.25)), (2, 1)) / 2
    assert found[2, 1].item() == pytest.approx(float(want), rel=1e-12)


def test_three_axes() -> None:
    text = "exp(x*y)*sin(y+z)/z"
    found = expand(program(text, ("x", "y", "z")), variables([0.5, 0.75, 1.5], 3), (2, 2, 2), 1)
    want = mixed(lambda x, y, z: mpmath.exp(x * y) * mpmath.sin(y + z) / z, (0.5, 0.75, 1.5), (2, 1, 2))
    assert found[2, 1, 2].item() == pytest.approx(float(want), rel=1e-13)


def test_no_axes_are_plain_values() -> None:
    x = torch.tensor([0.5, 1.5], dtype=torch.float64)
    assert torch.equal(expand(program("sin(x)*floor(x)"), [x], (), 2), torch.sin(x) * torch.floor(x))


@each(
    ("text", "point", "want"),
    [
        ("6*x**2+2*x+4", 3.0, [64.0, 38.0, 6.0]),
        ("x**5", 0.0, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        ("(1+x)**3", 0.0, [1.0, 3.0, 3.0, 1.0]),
        ("7", 2.0, [7.0]),
        ("legendre(2, x)", 0.0, [-0.5, 0.0, 1.5]),
        ("x*x-x**2", 2.0, [0.0, 0.0, 0.0]),
        ("2*x/4", 1.0, [0.5, 0.5]),
        ("besselj(0, x^2)", 0.0, [1.0, 0.0, 0.0, 0.0, -0.25, 0.0, 0.0, 0.0, 0.015625, 0.0]),
    ],
)
def test_a_zero_is_exact(text: str, point: float, want: list[float]) -> None:
    assert along(text, point, 9) == want


@pytest.mark.parametrize("exponent", [2000, 10**6])
def test_a_great_power(exponent: int) -> None:
    point = 1 + 2.0**-12
    got = along(f"x**{exponent}", point, 30)
    want = mpmath.taylor(lambda t: t**exponent, mpf(point), 30)
    assert all(abs(a - b) < 1e-11 * b for a, b in zip(got, want, strict=True))
    assert along(f"x**{exponent}", 0.0, 9) == [0.0] * 10


@each(
    ("text", "point", "want"),
    [
        ("abs(x)", 0.0, [0.0, 0.0]),
        ("softsign(x)", 0.0, [0.0, 1.0, 0.0, 0.0]),
        ("relu(x)", 0.0, [0.0, 0.0]),
        ("relu(x)-relu(-x)", 0.0, [0.0, 0.0]),
        ("max(x, x^2)", 1.0, [1.0, 1.5, 0.5]),
        ("min(x, 1)", 1.0, [1.0, 0.5]),
        ("floor(x)*x", 2.5, [5.0, 2.0]),
        ("mod(x, 2)*x", 4.5, [2.25, 5.0, 1.0]),
        ("mod(0.5, x)", 0.1, [0.09999999999999998, -4.0]),
        ("fmod(-0.5, x)", 0.1, [-0.09999999999999998, 4.0]),
        ("sign(x)", 0.0, [0.0]),
        ("sqrt(x)", 0.0, [0.0, math.inf, -math.inf]),
        ("1/x", 0.0, [math.inf, -math.inf, math.inf]),
        ("cbrt(x)", 0.0, [0.0, math.inf]),
        ("x^1.5", 0.0, [0.0, 0.0, math.inf]),
        ("x^2.5", 0.0, [0.0, 0.0, 0.0, math.inf]),
        ("where(x > 0, log(x), 0)", 0.0, [0.0]),
        ("where(x > 0, sqrt(x), 3*x)", 0.0, [0.0, 3.0]),
        ("where(x == 0, 1, sin(x)/x)", 0.0, [1.0]),
        ("Piecewise((x^2, x < 1), (5, x < 2))", 1.5, [5.0]),
    ],
)
def test_kinks_and_branches(text: str, point: float, want: list[float]) -> None:
    found = along(text, point, len(want) - 1)
    assert found + [0.0] * (len(want) - len(found)) == want


@pytest.mark.parametrize(
    ("text", "point"), [("elliptic_e(x)", 1.0), ("bessely(1, x)", -1.0), ("besselj(1/2, x)", -0.5), ("zeta(x)", 1.0)]
)
def test_no_coefficient_where_the_function_is_not_real_nearby(text: str, point: float) -> None:
    value, *others = along(text, point, 3)
    assert [math.isnan(other) for other in others] == [True] * 3
    assert math.isnan(value) or text == "elliptic_e(x)"


def test_an_entropy_is_steep_at_0() -> None:
    assert along("xlogy(-x, x)", 0.0, 2)[:2] == [0.0, math.inf]
    assert along("xlogy(x, 2)", 0.0, 2) == [0.0, math.log(2)]


def test_no_branch_taken() -> None:
    assert math.isnan(along("Piecewise((x^2, x < 1))", 1.5, 2)[0])


POINTS = [-2.5, -1.0, -0.25, 0.0, 0.25, 0.5, 1.0, 3.0, 12.5]


@each(
    "text",
    [
        "where(x > 0, log(x)*x, sin(x))", "x^2.5", "abs(x)^x", "sech(x)+csch(x)", "xlogy(x, x^2)", "gamma(x)",
        "where(x > 0, where(x > 1, x^3, tanh(x)), 0)", "root(x, 3)", "besselj(0, x)", "elliptic_e(x/20)",
        "gammainc(2, x)", "max(x, 0.5)*if(x < 0.5, 1, x^2)", "loggamma(x)*besselk(1, x)", "erfinv(x/20)",
    ],
)  # fmt: skip
def test_a_batch_is_its_points_one_by_one(text: str) -> None:
    found = batch(text, POINTS, 5)
    for index, point in enumerate(POINTS):
        single = along(text, point, 5)
        want = torch.tensor(single + [0.0] * (len(found) - len(single)), dtype=torch.float64)
        torch.testing.assert_close(found[: len(want), index], want, rtol=1e-14, atol=0, equal_nan=True)


def test_blocks_of_points_are_put_together() -> None:
    points = torch.linspace(-2, 2, 3001, dtype=torch.float64).tolist()
    found = batch("where(x > 1.9, x^3, where(x < -1, 1, exp(x)))", points, 20)
    assert found.shape == (21, 3001)
    assert found[:, 0].tolist() == [1.0] + [0.0] * 20
    assert found[:4, -1].tolist() == [8.0, 12.0, 6.0, 1.0]
    assert found[20, 1500].item() == pytest.approx(1 / math.factorial(20), rel=1e-14)


def test_the_type_of_numbers_stays() -> None:
    text = "gamma(x)*besselj(1, x^2)+exp(x)/elliptic_k(x/9)+where(x > 1, 2*x, 0)"
    found = batch(text, [0.5, 1.5], 4, torch.float32)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), batch(text, [0.5, 1.5], 4), rtol=1e-4, atol=1e-5)


def test_the_first_coefficient_is_the_plain_value() -> None:
    x = torch.linspace(0.1, 0.9, 17, dtype=torch.float64)
    for text in ("sech(x)", "tan(x)+x^3", "besselj(1, x)", "sigmoid(x)*x^0.5"):
        plain = expand(program(text), [x], (), 17)
        assert len({*plain.tolist()}) == 17
        assert torch.equal(batch(text, x.tolist(), 3)[0], plain)


def test_nothing_overflows_on_the_way() -> None:
    assert along("hypot(x, 1e200)", 1e200, 1)[1] == pytest.approx(math.sqrt(0.5), rel=1e-15)
    assert along("tanh(x)", 30.0, 2)[1] == pytest.approx(4 * math.exp(-60), rel=1e-13)
    assert along("sigmoid(x)", -700.0, 3)[3] == pytest.approx(math.exp(-700) / 6, rel=1e-12)
    assert along("atan(x)", 1e200, 1)[1] == 0.0


INNER: dict[str, Callable[[Any], Any]] = {
    "digamma(x^2)": lambda x: mpmath.digamma(x * x),
    "gamma(1/x)": lambda x: mpmath.gamma(1 / x),
    "besselj(2, x^2)": lambda x: mpmath.besselj(2, x * x),
    "erfcx(x^2)": lambda x: mpmath.exp(x**4) * mpmath.erfc(x * x),
}


@pytest.mark.parametrize("text", INNER)
def test_an_inner_curve_does_not_spoil_digits(text: str) -> None:
    want = mpmath.taylor(INNER[text], mpf(3), 12)
    assert all(abs(a - b) <= 1e-11 * abs(b) for a, b in zip(along(text, 3.0, 12), want, strict=True))


FUNCTION = st.sampled_from(["sin(x)", "exp(-x^2)", "log(1+x^2)", "tanh(x)", "x^3-x", "sqrt(2+sin(x))", "atan(x)"])
POINT = st.floats(-1.25, 1.25)


def padded(text: str, x: float, order: int = 8) -> list[float]:
    """The coefficients up to an order, zeros included."""
    found = along(text, x, order)
    return found + [0.0] * (order + 1 - len(found))


def close(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two series agree to rounding, with noise as large as their coefficients are."""
    scale = max(1.0, *map(abs, first))
    return all(abs(a - b) <= 1e-11 * scale for a, b in zip(first, second, strict=True))


@drawn(40)
@given(FUNCTION, FUNCTION, POINT)
def test_sums_and_products(f: str, g: str, x: float) -> None:
    a, b = padded(f, x), padded(g, x)
    assert close(padded(f"({f})*({g})", x), [sum(a[i] * b[k - i] for i in range(k + 1)) for k in range(9)])
    assert close(padded(f"({f})+({g})", x), [p + q for p, q in zip(a, b, strict=True)])


@drawn(40)
@given(FUNCTION, POINT)
def test_inverses(f: str, x: float) -> None:
    plain = padded(f, x)
    for text in (f"log(exp({f}))", f"asinh(sinh({f}))", f"({f})*(3+x^2)/(3+x^2)"):
        assert close(padded(text, x), plain), text
