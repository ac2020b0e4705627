"""What a line of a shell costs that reads from a pipe."""

import random
import statistics
import subprocess
import time

from benchmarks.side import DERIV, report

LINES = 10_000


def expressions(count: int, seed: int = 0) -> list[str]:
    """So many formulas in x, no two alike: polynomials, products, quotients, compositions, all kinds of constants."""
    draw = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[formula(draw)] = None
    return list(found)


def formula(draw: random.Random) -> str:
    """One formula as somebody types it, which has a value at 1.3."""
    kind = draw.randrange(6)
    if kind == 0:
        powers = sorted(draw.sample(range(7), draw.randint(2, 4)), reverse=True)
        return " + ".join(f"{number(draw)}*x^{power}" if power else number(draw) for power in powers)
    if kind == 1:
        return f"({inner(draw)})*{call(draw)}"
    if kind == 2:
        return f"({inner(draw)})/(x^2 + {number(draw)})"
    if kind == 3:
        return f"{call(draw)} - {number(draw)} {call(draw)}"
    if kind == 4:
        return f"sqrt(x^2 + {number(draw)}) + {number(draw)}*{call(draw)}"
    return f"exp(-{number(draw)}x)*{call(draw)}"


def inner(draw: random.Random) -> str:
    """A simple part."""
    return draw.choice(["{0}*x + {1}", "x^2 - {0}*x", "{0}x", "x + {0}", "{0} - x/{1}"]).format(
        number(draw), number(draw)
    )


def call(draw: random.Random) -> str:
    """A function of a simple part."""
    name = draw.choice("sin cos tanh atan exp log".split())
    if name == "exp":
        return f"exp(-x/{number(draw)})"
    return f"log(x + {number(draw)})" if name == "log" else f"{name}({inner(draw)})"


def number(draw: random.Random) -> str:
    """A positive constant: whole, or with decimals."""
    return draw.choice([str(draw.randint(2, 99)), f"{draw.uniform(0.1, 10):.2f}", f"{draw.uniform(0.1, 10):.4g}"])


def rate(lines: list[str]) -> float:
    """Formulas answered in a second, by a process that is started for it, less what its start takes."""
    times = []
    for given in (lines[:2], lines):
        start = time.perf_counter()
        done = subprocess.run([*DERIV, "shell"], input="\n".join(given), capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - start)
        assert len(done.stdout.splitlines()) == len(given)
    return (len(lines) - 2) / (times[1] - times[0])


def bench(turns: int = 3) -> None:
    """Ten thousand formulas through a pipe, a value and a derivative each, with verdicts and without."""
    formulas = expressions(LINES)
    for name, words, wanted in (("with", [], 500), ("without", [":no-check"], 700)):
        found = statistics.median(rate([*words, "x = 1.3", *formulas]) for _ in range(turns))
        report(
            f"{LINES:,} formulas through deriv shell, {name} verdicts",
            f"{found:,.0f} a second",
            f">= {wanted}",
            found >= wanted,
        )
