"""What many points cost in the library, and many formulas: `make bench`, or alone `python -m benchmarks.streams`.

With `--chunks` it shows points a second for chunks of several sizes instead.
"""

import os
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks import files
from benchmarks.side import report, side_by_side
from derivcli import derive, pipeline
from derivcli.engines import chunks
from derivcli.points.points import Part, Points, points_from_arrays
from derivcli.request import Request

Array = NDArray[np.floating[Any]]
Work = Callable[[], Sequence[Array]]
"""Gives the values and the derivatives."""

TEXT = "sin(x)*exp(-x**2)+log(1+x**2)"
SLOPE = "cos(x)*exp(-x**2)-2*x*sin(x)*exp(-x**2)+2*x/(1+x**2)"
COUNT = 10_000_000


def ours(x: Array) -> Sequence[Array]:
    """The calculator's numbers."""
    result = derive(TEXT, {"x": x}, check=False)
    return result.value, result.derivatives["x"]


def by_hand(x: Array) -> Sequence[Array]:
    """The same in one pass of PyTorch, with as many threads as it likes."""
    leaf = torch.from_numpy(x).requires_grad_()
    value = torch.sin(leaf) * torch.exp(-(leaf**2)) + torch.log(1 + leaf**2)
    value.sum().backward()  # type: ignore[no-untyped-call]
    assert leaf.grad is not None, "every point has a derivative"
    return value.detach().numpy(), leaf.grad.numpy()


def copied(x: Array) -> Sequence[Array]:
    """As many bytes written, and nothing computed."""
    return x.copy(), x.copy()


def by_jax(x: Array) -> Work | None:
    """The same by JAX, compiled."""
    try:
        import jax
        from jax import numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)

    def function(x: "jax.Array") -> "jax.Array":
        return jnp.sin(x) * jnp.exp(-(x**2)) + jnp.log(1 + x**2)

    both = jax.jit(jax.vmap(jax.value_and_grad(function)))
    return lambda: [np.asarray(numbers) for numbers in both(x)]


def by_numexpr(x: Array) -> Work | None:
    """The same by numexpr, which is told the derivative."""
    try:
        import numexpr
    except ImportError:
        return None
    return lambda: [numexpr.evaluate(text, {"x": x}) for text in (TEXT, SLOPE)]


def compiled(x: Array) -> Work | None:
    """The calculator's numbers by a kernel that is there already."""
    points = points_from_arrays({"x": x})
    job = pipeline.prepare(Request([TEXT], points, engine="compiled"))
    if job.engine.name != "compiled":
        print(f"      {job.remark}")
        return None

    def work() -> Sequence[Array]:
        (result,) = pipeline.compute(job, points)
        return result.value, result.derivatives["x"]

    return work


def bench_library(turns: int = 15) -> None:
    """Ten million points, value and derivative, against others that do the same."""
    x = np.random.default_rng(0).uniform(-3, 3, COUNT)
    found = {
        "deriv": partial(ours, x),
        COPY: partial(copied, x),
        "compiled": compiled(x),
        "one pass of PyTorch": partial(by_hand, x),
        "JAX": by_jax(x),
        "numexpr": by_numexpr(x),
    }
    works = {name: work for name, work in found.items() if work is not None}
    for name in found.keys() - works.keys():
        print(f"      {name} is not there: pip install -c constraints.txt '.[bench]'")
    same = {name: agree(work(), works["deriv"]()) for name, work in works.items() if name != COPY}
    times = dict(zip(works, zip(*side_by_side([*works.values()], turns), strict=True), strict=True))
    for name in times:
        share, middle = ratio(times[COPY], times[name]), statistics.median(times[name])
        figure = f"{COUNT / middle / 1e6:,.0f} million a second, {share:.0%} of a copy"
        report(f"{COUNT:,} points by {name}", figure, "", True)
    for name, other, least in GOALS:
        if {name, other} <= times.keys():
            faster = ratio(times[other], times[name])
            figure = f"{statistics.median(times[other]):.3f} s / {statistics.median(times[name]):.3f} s = {faster:.2f}"
            report(f"{name} against {other}", figure, f">= {least}", same[name] and same[other] and faster >= least)


COPY = "a copy"

GOALS = (
    ("deriv", "one pass of PyTorch", 2.8),
    ("deriv", "JAX", 1.0),
    ("deriv", "numexpr", 1.0),
    ("compiled", "JAX", 2.5),
)
"""Who has to be how many times as fast as whom."""


def agree(found: Sequence[Array], expected: Sequence[Array]) -> bool:
    """Whether numbers are the same up to rounding."""
    return all(np.allclose(a, b, rtol=1e-12, atol=1e-14) for a, b in zip(found, expected, strict=True))


def ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """How many times as long one takes as another, in the middle of all turns."""
    return statistics.median(one / other for one, other in zip(times, base, strict=True))


VARIABLES = 20

SHAPES: tuple[tuple[str, Callable[[Sequence[Tensor]], Tensor]], ...] = (
    (
        "{0}*{1}+{2}*{3}*{4}+exp(-({5}**2+{6}**2))*sin({7}*{8}+{9})+sqrt(1+{10}**2+{11}**2)/(2+{12}**2)"
        "+log(1+{13}**2)*{14}+({15}-{16})**2+cos({17})*{18}*{19}",
        lambda v: (
            v[0] * v[1]
            + v[2] * v[3] * v[4]
            + torch.exp(-(v[5] ** 2 + v[6] ** 2)) * torch.sin(v[7] * v[8] + v[9])
            + torch.sqrt(1 + v[10] ** 2 + v[11] ** 2) / (2 + v[12] ** 2)
            + torch.log(1 + v[13] ** 2) * v[14]
            + (v[15] - v[16]) ** 2
            + torch.cos(v[17]) * v[18] * v[19]
        ),
    ),
    (
        "({0}*{1}+{2}*{3}+{4}*{5}+{6}*{7}+{8}*{9})/sqrt(1+{10}**2+{11}**2+{12}**2+{13}**2+{14}**2)"
        "+exp(-{15}**2)*sin({16}+{17})+{18}*cos({19})",
        lambda v: (
            (v[0] * v[1] + v[2] * v[3] + v[4] * v[5] + v[6] * v[7] + v[8] * v[9])
            / torch.sqrt(1 + v[10] ** 2 + v[11] ** 2 + v[12] ** 2 + v[13] ** 2 + v[14] ** 2)
            + torch.exp(-(v[15] ** 2)) * torch.sin(v[16] + v[17])
            + v[18] * torch.cos(v[19])
        ),
    ),
)
"""Formulas of twenty variables, and the same in PyTorch."""


def turned(number: int) -> list[int]:
    """The variables of the formula of a number, from another one on each time."""
    return [(number + place) % VARIABLES for place in range(VARIABLES)]


def texts(count: int) -> list[str]:
    """So many formulas."""
    return [SHAPES[n % 2][0].format(*(f"x{place}" for place in turned(n))) for n in range(count)]


def chunk_by_hand(at: dict[str, Array], count: int) -> list[Array]:
    """Values and gradients of all formulas at some points, in PyTorch."""
    leaves = [torch.from_numpy(values).requires_grad_() for values in at.values()]
    found = []
    for number in range(count):
        for leaf in leaves:
            leaf.grad = None
        value = SHAPES[number % 2][1]([leaves[place] for place in turned(number)])
        value.sum().backward()  # type: ignore[no-untyped-call]
        found += [value.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves if leaf.grad is not None)]
    return found


def all_by_hand(points: Points, count: int) -> Iterator[list[Array]]:
    """Chunk after chunk in as many threads as the calculator has, and of one thread of PyTorch each."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with ThreadPoolExecutor(before) as pool:
        yield from pool.map(lambda part: chunk_by_hand(part.at, count), points.parts(chunks.CHUNK_POINTS))
    torch.set_num_threads(before)


def all_by_deriv(points: Points, count: int) -> Iterator[list[Array]]:
    """The same by the calculator, from the texts on."""
    job = pipeline.prepare(Request(texts(count), points, engine="reverse"))
    parts = (Part(part, None) for part in points.parts(chunks.CHUNK_POINTS))
    for _, results in pipeline.stream(parts, job):
        yield [numbers for each in results for numbers in (each.value, *each.derivatives.values())]


def folded(found: Iterator[list[Array]]) -> list[float]:
    """The sums of all numbers, so that every one is used and none is kept."""
    parts = ([float(numbers.sum()) for numbers in part] for part in found)
    return [sum(column) for column in zip(*parts, strict=True)]


def bench_batch(count: int = 20, turns: int = 5) -> None:
    """Many formulas of many variables at a million points."""
    random = np.random.default_rng(0)
    points = points_from_arrays({f"x{number}": random.uniform(-2, 2, 1_000_000) for number in range(VARIABLES)})
    works = [lambda: folded(all_by_hand(points, count)), lambda: folded(all_by_deriv(points, count))]
    same = np.allclose(works[0](), works[1](), rtol=1e-9, atol=1e-6)
    hand, deriv = zip(*side_by_side(works, turns), strict=True)
    slower = ratio(deriv, hand)
    what = f"{count} formulas of {VARIABLES} variables, 1,000,000 points, by hand"
    figure = f"{statistics.median(deriv):.2f} s / {statistics.median(hand):.2f} s = {slower:.2f}"
    report(what, figure, "<= 1.2", same and slower <= 1.2)


FORMULAS = (TEXT, "max(x, x**2)*sigmoid(x)", "sqrt(x**2+1)/(2+cos(3*x))")
SIZES = (8_192, 16_384, 32_768, 65_536, 131_072, 262_144)


def show_chunks(turns: int = 7) -> None:
    """Million points a second by the size of a chunk."""
    x = np.random.default_rng(0).uniform(-3, 3, COUNT)

    def work(text: str, size: int) -> None:
        chunks.CHUNK_POINTS = size
        derive(text, {"x": x}, check=False, engine="reverse")

    print(f"{'chunks of':<32}" + "".join(f"{size:>10,}" for size in SIZES))
    for text in FORMULAS:
        works = [partial(work, text, size) for size in SIZES]
        rates = [COUNT / statistics.median(times) / 1e6 for times in zip(*side_by_side(works, turns), strict=True)]
        print(f"{text:<32}" + "".join(f"{rate:>10.0f}" for rate in rates), flush=True)


def bench() -> None:
    """All of these, and those of data files."""
    bench_library()
    bench_batch()
    files.bench()


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, torch {torch.__version__}")
    show_chunks() if "--chunks" in sys.argv else bench()
