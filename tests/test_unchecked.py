"""Of random numbers of ordinary size at most one in 200 stays unchecked, whatever function of the table makes them."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from derivcli import derive
from derivcli.check.verdict import Verdict
from derivcli.errors import DerivError
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS

ALLOWED = 0.005
"""The share of numbers that may stay unchecked where the main argument has any size."""

ALLOWED_OF_ANY = 0.07
"""The same where orders and parameters have any size too, up to a Bessel function of order 1e80 at 1e-80."""

SIZES = (-100.0, 100.0)
"""The powers of ten between which arguments lie, evenly spread over the powers."""

ORDERS = 3
"""A whole parameter lies at most so far above the least that its row allows."""


Condition: TypeAlias = Callable[[dict[str, float]], bool]


def positive(name: str) -> Condition:
    return lambda at: at[name] > 0


def within(low: float, high: float, name: str = "x") -> Condition:
    return lambda at: low < at[name] < high


def anywhere(at: dict[str, float]) -> bool:
    return True


NATURAL: dict[str, Condition] = {
    **dict.fromkeys(("pow", "sqrt", "root", "log", "log2", "log10", "entr", "li", "Li"), positive("x")),
    **dict.fromkeys(("expint", "expint_n", "E1", "Ci", "Chi", "lowergamma", "uppergamma"), positive("x")),
    **dict.fromkeys(("gammainc", "gammaincc", "gammainc_a", "lowergamma_s", "uppergamma_s"), positive("x")),
    **dict.fromkeys(("besselj", "bessely", "besseli", "besselk"), positive("x")),
    **dict.fromkeys(("besselj_n", "bessely_n", "besseli_n", "besselk_n"), positive("x")),
    **dict.fromkeys(("bessel_y0", "bessel_y1", "modified_bessel_k0", "modified_bessel_k1"), positive("x")),
    **dict.fromkeys(("ive", "kve", "ive_x", "kve_x", "k0e", "k1e"), positive("x")),
    **dict.fromkeys(("zeta", "zeta_s"), positive("a")),
    **dict.fromkeys(("logit", "asech", "ndtri"), within(0, 1)),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), within(-1, 1)),
    **dict.fromkeys(("hardshrink", "softshrink"), positive("t")),
    **dict.fromkeys(("clamp", "hardtanh"), lambda at: at["lo"] < at["hi"]),
    **dict.fromkeys(("elliptic_k", "elliptic_e", "elliptic_f", "elliptic_e_inc"), within(-math.inf, 1, "m")),
    **dict.fromkeys(("elliptic_pi", "elliptic_pi_inc", "ellipint"), lambda at: at["m"] < 1 and at["n"] < 1),
    **dict.fromkeys(("asec", "acsc", "acoth"), lambda at: abs(at["x"]) > 1),
    "log1p": within(-1, math.inf),
    "acosh": within(1, math.inf),
    "erfcinv": within(0, 2),
    "xlogy": positive("y"),
    "xlog1py": within(-1, math.inf, "y"),
    "lambertw": lambda at: -1 / math.e < at["x"] < (0 if at["k"] == -1 else math.inf),
}
"""Where rows that are not defined everywhere are; rows that leave out single points are not named."""


@dataclass(frozen=True)
class Case:
    """A number to be judged: the value of a row's function, or its derivative by a variable."""

    name: str
    text: str
    at: dict[str, float]
    by: str
    order: int

    def __str__(self) -> str:
        where = ",".join(f"{name}={value!r}" for name, value in self.at.items())
        return f"{self.text} at {where}, order {self.order} by {self.by}"


def argument(draw: random.Random) -> float:
    """A number of ordinary size and any sign."""
    size: float = 10.0 ** draw.uniform(*SIZES)
    return draw.choice((-1.0, 1.0)) * size


def arguments(row: Function, draw: random.Random, every: bool) -> dict[str, float]:
    """Arguments of a row from its natural domain: x, or else the last one, of any size, or every one."""
    natural = NATURAL.get(row.name, anywhere)
    main = "x" if "x" in row.parameters else row.parameters[-1]
    while True:
        at = {
            name: float(row.least + draw.randrange(ORDERS))
            if name in row.whole
            else argument(draw)
            if every or name == main
            else draw.uniform(*interval)
            for name, interval in zip(row.parameters, row.domain, strict=True)
        }
        if natural(at):
            return at


def drawn(row: Function, draw: random.Random, every: bool = False) -> Case:
    """A number of a row."""
    at = arguments(row, draw, every)
    fixed = row.whole + row.constant
    inside = [
        name if name not in fixed else f"({int(at[name]) if name in row.whole else at[name]!r})"
        for name in row.parameters
    ]
    point = {name: at[name] for name in row.parameters if name not in fixed}
    return Case(row.name, f"{row.name}({', '.join(inside)})", point, draw.choice([*point]), draw.randrange(3))


def verdict_of(case: Case) -> Verdict | None:
    """The verdict, or None where the case is refused."""
    try:
        result = derive(case.text, case.at, case.by, order=max(case.order, 1), check=True)
    except DerivError:
        return None
    (verdicts,) = result.verdicts.values()
    judged = result.value_verdicts if case.order == 0 else verdicts
    assert judged is not None
    return judged[0]


def unchecked(seed: int, count: int, every: bool = False) -> tuple[int, list[tuple[Case, str]]]:
    """How many numbers were judged, and those that stay unchecked, with the reason that is given."""
    draw = random.Random(seed)
    judged, found = 0, []
    for index in range(count):
        case = drawn(FUNCTIONS[index % len(FUNCTIONS)], draw, every)
        verdict = verdict_of(case)
        judged += verdict is not None
        if verdict is not None and verdict.kind == "unchecked":
            found.append((case, verdict.message))
    return judged, found


def report(found: list[tuple[Case, str]]) -> str:
    """How many of each function are unchecked, and each of them with its reason."""
    counts = Counter(case.name for case, _ in found).most_common()
    lines = [f"{number} of {name}" for name, number in counts]
    return "\n".join([*lines, *(f"{case}: {message}" for case, message in found)])


def test_few_numbers_stay_unchecked() -> None:
    judged, found = unchecked(2, 400)
    assert judged > 380
    assert len(found) <= ALLOWED * judged, report(found)


@pytest.mark.sweep
def test_few_of_many_numbers_stay_unchecked() -> None:
    judged, found = unchecked(3, 5_000)
    assert judged > 4_750
    assert len(found) <= ALLOWED * judged, report(found)


@pytest.mark.sweep
def test_few_numbers_stay_unchecked_where_orders_have_any_size_too() -> None:
    judged, found = unchecked(7, 100, every=True)
    assert judged > 95
    assert len(found) <= ALLOWED_OF_ANY * judged, report(found)
