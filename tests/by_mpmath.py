"""Formulas as text, evaluated and compared by mpmath alone."""

import re
from typing import Any

import mpmath
from mpmath import mpf

NAMES = """sin cos tan cot sec csc asin acos atan sinh cosh tanh coth sech csch asinh acosh atanh log exp sqrt sign pi
    e""".split()
SPELLED: dict[str, Any] = {name: getattr(mpmath, name) for name in NAMES} | {
    "ln": mpmath.log, "abs": abs, "mpf": mpf, "a": mpf("1.7"), "b": mpf("0.6"), "n": mpf("2.3"), "c": mpf("4.1"),
    "k": mpf("0.9"), "m": mpf("1.3"), "A": mpf("2.9"), "B": mpf("5.3"),
    "K": mpf("1.1"), "T": mpf("0.7"), "V": mpf("3.1"),
}  # fmt: skip
"""Functions by their names, and numbers for the parameters."""
POINTS = tuple(map(mpf, ("0.31", "0.77", "1.9", "3.7", "20.3", "-0.45")))
READ = re.compile(r"\d+\.?\d*|[A-Za-z_]\w*|\*\*|[-+/^']")
"""What is read: numbers, names and operators, but for the sign of multiplication."""


LARGEST = mpf("1e30")
"""Larger numbers may have lost all digits on the way."""


def number(text: str, x: Any) -> Any:
    """The value of a formula, None where it has none that is real."""
    plain = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"mpf(\1)", text.replace("^", "**"))
    try:
        value = eval(plain, {"__builtins__": {}}, SPELLED | {"x": x})  # the test's own text
    except (OverflowError, ValueError, ZeroDivisionError):
        return None
    return None if mpmath.im(value) else mpmath.re(value)


def slope(text: str, x: Any) -> Any:
    """The derivative by differences of values alone."""
    return mpmath.diff(lambda y: mpmath.mpmathify(number(text, y)), x)


def assert_same(one: str, other: str) -> None:
    """Expect that two formulas agree wherever the first has a value."""
    with mpmath.workdps(40):
        pairs = [(number(one, x), number(other, x)) for x in POINTS]
    known = [(left, right) for left, right in pairs if left is not None and abs(left) < LARGEST]
    assert all(right is not None and abs(left - right) < 1e-12 * (1 + abs(left)) for left, right in known), (one, other)


def length(text: str) -> int:
    """What is read of a formula."""
    return len(READ.findall(text))
