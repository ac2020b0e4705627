"""What the calculator costs, side by side with the least that could do the same: `make bench`.

Every figure is a median over runs that take turns, since machines drift; a ratio is the median of the ratios
within a turn. Each line says what it must reach.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import torch

from benchmarks import completion, kernels, orders, pictures, shell, start, streams, studies, teach, totals, warm
from benchmarks.side import DERIV, PEAK, median_ratio, process, report, seconds, side_by_side
from derivcli.api import derive, parse
from derivcli.engines.program import lower
from derivcli.engines.torch.backward_passes import evaluate
from derivcli.engines.torch.flags import FlagObserver
from derivcli.language.parse import parse_expression

FORMULAS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "6*x**2+2*x+4": lambda x: 6 * x**2 + 2 * x + 4,
    "sin(x)*exp(-x**2)+log(1+x**2)": lambda x: torch.sin(x) * torch.exp(-(x**2)) + torch.log(1 + x**2),
    "sqrt(x**2+1)/(2+cos(3*x))": lambda x: torch.sqrt(x**2 + 1) / (2 + torch.cos(3 * x)),
    "max(x, x**2)*sigmoid(x)": lambda x: torch.maximum(x, x**2) * torch.sigmoid(x),
    "if(x > 0, sqrt(x), 0)": lambda x: torch.where(x > 0, torch.sqrt(torch.where(x > 0, x, 1.0)), torch.zeros_like(x)),
}
"""Formulas and the same by hand; the last by hand with the double `where` that keeps its NaN from leaking."""


def polynomial(length: int) -> str:
    """A text of about so many characters with about six terms in a hundred."""
    terms: list[str] = []
    size = 0
    while size < length:
        number = len(terms)
        terms.append(f"{number % 97 + 1}.5*x**{number % 7 + 2}*sin({number % 13 + 1}*x)")
        size += len(terms[-1]) + 1
    return "+".join(terms)[:length].rsplit("+", 1)[0]


LENGTHS = ((100, 0.001, 200), (1_000, None, 50), (10_000, None, 5), (100_000, 1.0, 1), (1_000_000, 10.0, 1))
"""Characters, the seconds allowed, and how often to repeat."""


def bench_parse() -> None:
    """Parsing alone; the memory is that of a process of its own."""
    parse_expression(polynomial(100))
    times = {}
    for length, wanted, repeat in LENGTHS:
        text = polynomial(length)
        times[length] = statistics.median(seconds(partial(parse_expression, text), repeat) for _ in range(3))
        figure = f"{times[length] * 1e3:.2f} ms, {times[length] / len(text) * 1e6:.2f} µs a character"
        wish = f"<= {wanted * 1e3:g} ms" if wanted else "linear"
        linear = times[length] / length <= 2 * times[100] / 100
        met = linear and (wanted is None or times[length] <= wanted)
        report(f"parse {len(text):,} characters, {text.count('+') + 1:,} terms", figure, wish, met)
    code = (
        "import sys; from derivcli.language.parse import parse_expression; parse_expression(sys.stdin.read()); " + PEAK
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=polynomial(1_000_000), capture_output=True, text=True, check=True)
    report(
        "peak memory of a process that parses 1 MB", f"{done.stdout.strip()} MiB", "<= 600 MiB", int(done.stdout) <= 600
    )


HOSTILE = {
    "__import__('os').system('true')": "__import__('os').system('true')",
    "9**9**9**9": "9**9**9**9*x",
    "factorial(10**9)": "factorial(10**9)*x",
    "10,000 brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "5,000 nested sines": "sin(" * 5_000 + "x" + ")" * 5_000,
    "a megabyte of (": "(" * 1_000_000,
    "a megabyte of 9": "9" * 1_000_000,
    "a foreign letter behind a megabyte": "x+" * 499_999 + "\u0445",
    "a slip behind 10 kB": polynomial(10_000) + "+)",
}


def bench_refusals() -> None:
    """What is refused, as the whole command, which must not take a second nor much memory."""
    for name, text in HOSTILE.items():
        code = (
            "import sys, time; from derivcli.cli.app import run; start = time.perf_counter(); "
            "status = run([sys.stdin.read()]); print(status, time.perf_counter() - start, end=' '); " + PEAK
        )
        done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True)
        status, elapsed, memory = done.stdout.split()
        met = status == "2" and float(elapsed) < 1 and int(memory) < 500
        report(f"refuse {name}", f"status {status}, {float(elapsed):.3f} s, {memory} MiB", "2, < 1 s, < 500 MiB", met)


def bench_sympy_parser() -> None:
    """SymPy's own parser on 18 kB, for comparison."""
    from sympy.parsing.sympy_parser import parse_expr

    text = polynomial(18_000)
    theirs, ours = seconds(lambda: parse_expr(text)), seconds(lambda: parse_expression(text))
    report(
        "parse 18 kB against SymPy's parse_expr",
        f"{ours:.3f} s / {theirs:.3f} s = {ours / theirs:.3f}",
        "< 1",
        ours < theirs,
    )


def bench_evaluate(turns: int = 36) -> None:
    """A program forward and backward, with and without watching special places, against the same formula by hand.

    On one thread, since two wait for each other wherever the machine has other work.
    """
    torch.set_num_threads(1)
    for text, hand in FORMULAS.items():
        for count, repeat, limit in ((1, 300, 1.5), (1_000_000, 1, 1.1)):
            unwatched, watched = evaluations(text, count)
            times = side_by_side([by_hand(hand, count), unwatched, watched], turns, repeat)
            ratios = median_ratio(times, 1, 0), median_ratio(times, 2, 0)
            base = statistics.median(turn[0] for turn in times)
            figure = f"{base * 1e6:.0f} µs by hand, {ratios[0]:.2f}, {ratios[1]:.2f} watched"
            report(f"{text} at {count:,}", figure, f"<= {limit:.1f}", max(ratios) <= limit)
            if count > 1:
                ratio = median_ratio(times, 2, 1)
                report(f"{text} at {count:,}, watched / unwatched", f"{ratio:.3f}", "<= 1.10", ratio <= 1.10)


def by_hand(hand: Callable[[torch.Tensor], torch.Tensor], count: int) -> Callable[[], object]:
    """A formula written in torch, forward and backward."""
    x = points(count)

    def work() -> torch.Tensor:
        x.grad = None
        value = hand(x)  # kept, as the calculator keeps it: both give value and derivative
        value.sum().backward()  # type: ignore[no-untyped-call]
        return value

    return work


def evaluations(text: str, count: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """The calculator's work on a formula, unwatched and watched."""
    x = points(count)
    program = lower([parse(text)], ("x",))

    def work(watched: bool) -> object:
        return evaluate(program, [x], {"x": x}, [("x",)], FlagObserver.over([x], count) if watched else None)

    return partial(work, False), partial(work, True)


def points(count: int) -> torch.Tensor:
    """So many points, none of them special."""
    return torch.linspace(0.5, 3.0, count, dtype=torch.float64, requires_grad=True)


CHECKED = "sin(x)*exp(-x**2)+log(1+x**2)"


def bench_check(turns: int = 15) -> None:
    """What verdicts cost: on the first example as a whole command, and on ten thousand points."""
    first = [*DERIV, "6*x**2+2*x+4", "--at", "x=3"]
    process(first)
    added = []
    for turn in range(turns):
        order = (first, [*first, "--no-check"])
        times = {len(words): process(words) for words in (order if turn % 2 else order[::-1])}
        added.append(times[len(first)] - times[len(first) + 1])
    extra = statistics.median(added)
    report("the default check of '6*x**2+2*x+4' at x=3", f"{extra * 1e3:.0f} ms more", "<= 60 ms", extra <= 0.060)
    command = [*DERIV, CHECKED, "--at", "x=-3:3:10000", "--check"]
    whole = statistics.median(process(command) for _ in range(3))
    report(f"{CHECKED} at 10,000 points, --check, whole command", f"{whole:.2f} s", "<= 3 s", whole <= 3)
    costs = {}
    for count in (1_000, 10_000, 100_000):
        costs[count] = seconds(partial(derive, CHECKED, f"x=-3:3:{count}", check=True)) / count
        linear = costs[count] <= 1.5 * costs[1_000]
        report(f"{CHECKED} at {count:,} points, checked", f"{costs[count] * 1e6:.0f} µs a point", "linear", linear)


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, torch {torch.__version__}, {torch.get_num_threads()} threads")
    start.bench()
    warm.bench()
    completion.bench_tab()
    bench_parse()
    bench_sympy_parser()
    bench_refusals()
    bench_check()
    orders.bench()
    teach.bench()
    studies.bench()
    pictures.bench()
    kernels.bench()
    streams.bench()
    totals.bench()
    shell.bench()
    bench_evaluate()
