"""What derivatives of high order, and gradients of many variables, cost beside other ways to them: `make bench`."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import torch

from benchmarks.side import report, seconds
from derivcli import derive, hessian, parse
from derivcli.engines.program import lower
from derivcli.engines.task import at_once
from derivcli.engines.taylor import engine
from derivcli.engines.torch import backward
from derivcli.engines.torch.backward_passes import evaluate
from derivcli.engines.torch.tensors import leaves_at

TAYLOR = partial(at_once, engine.prepared)
TEXT = "sin(x)*exp(-x**2)+log(1+x**2)"
POINT = {"x": np.array([0.7])}


def by(compute: Callable[..., object], order: int, at: dict[str, np.ndarray] = POINT) -> Callable[[], object]:
    """The derivative of an order by an engine's function, of a formula that is parsed."""
    expression = parse(TEXT)
    return lambda: compute([expression], at, [("x",) * order])


def middle(work: Callable[[], object], turns: int = 9) -> float:
    """The median time of a piece of work."""
    work()
    return statistics.median(seconds(work) for _ in range(turns))


def bench_nested() -> None:
    """Taylor arithmetic against nested backward passes, which take about 20 s for order 12."""
    for order, least, turns in ((4, 1, 9), (8, 1, 3), (12, 500, 1)):
        nested = statistics.median(seconds(by(partial(at_once, backward.prepared), order)) for _ in range(turns))
        taylor = middle(by(TAYLOR, order))
        figure = f"{nested:.4g} s / {taylor * 1e3:.2f} ms = {nested / taylor:,.0f}"
        report(f"order {order} against nested backward passes", figure, f">= {least}", nested >= least * taylor)


def bench_jet() -> None:
    """Taylor arithmetic against JAX's jet, which does the same in another way."""
    try:
        import jax
        from jax import numpy as jnp
        from jax.experimental.jet import jet
    except ImportError:
        print("      JAX is not installed: pip install -c constraints.txt '.[bench]'")
        return
    jax.config.update("jax_enable_x64", True)

    def function(x: "jax.Array") -> "jax.Array":
        return jnp.sin(x) * jnp.exp(-(x**2)) + jnp.log(1 + x**2)

    def theirs(order: int) -> float:
        _, series = jet(function, (0.7,), ([1.0] + [0.0] * (order - 1),))
        return float(series[-1])

    for order, least in ((10, 1), (20, 100)):
        jax_time = seconds(partial(theirs, order))
        ours = middle(by(TAYLOR, order))
        found = derive(TEXT, "x=0.7", order=order, check=False).derivatives[",".join(["x"] * order)][0]
        same = abs(theirs(order) - found) <= 1e-6 * abs(found)
        figure = f"{jax_time:.3g} s / {ours * 1e3:.2f} ms = {jax_time / ours:,.0f}"
        report(f"order {order} against JAX's jet", figure, f">= {least}", same and jax_time >= least * ours)


def bench_orders() -> None:
    """High orders, at one point and at many, and how the cost grows."""
    whole = middle(lambda: derive(TEXT, "x=0.7", order=100, check=False))
    report("order 100 at one point, parsed anew", f"{whole * 1e3:.1f} ms", "<= 100 ms", whole <= 0.1)
    checked = middle(lambda: derive(TEXT, "x=0.7", order=100), 3)
    report("order 100 at one point, checked", f"{checked * 1e3:.1f} ms", "", True)
    many = {"x": np.linspace(-3, 3, 10_000)}
    batch = middle(by(TAYLOR, 50, many), 5)
    report("order 50 at 10,000 points", f"{batch:.3f} s", "<= 2 s", batch <= 2)
    for at, what in ((POINT, "1 point"), (many, "10,000 points")):
        times = {order: middle(by(TAYLOR, order, at), 5) for order in (25, 50, 100, 200)}
        growth = [times[order * 2] / times[order] for order in (25, 50, 100)]
        figure = ", ".join(f"{ratio:.1f}" for ratio in growth)
        report(f"twice the order at {what}, from 25, 50, 100: times", figure, "<= 4.4 each", max(growth) <= 4.4)


VARIABLES = 1_000


def rosenbrock(count: int) -> tuple[str, dict[str, float]]:
    """The sum of Rosenbrock's function over neighbours among so many variables, and a point."""
    terms = (f"100*(x{i + 1}-x{i}**2)**2+(1-x{i})**2" for i in range(1, count))
    return "+".join(terms), {f"x{i}": 0.5 + i / count for i in range(1, count + 1)}


def by_hand(x: list[torch.Tensor]) -> None:
    """The same as a loop in torch, forward and backward."""
    for each in x:
        each.grad = None
    total = torch.zeros(1, dtype=torch.float64)
    for here, after in pairwise(x):
        total = total + 100 * (after - here**2) ** 2 + (1 - here) ** 2
    total.sum().backward()  # type: ignore[no-untyped-call]


def bench_many_variables(turns: int = 9) -> None:
    """A gradient in a thousand variables, from the text and once parsed, and a Hessian by columns."""
    text, point = rosenbrock(VARIABLES)
    whole = statistics.median(seconds(partial(derive, text, point)) for _ in range(3))
    report(
        f"gradient of a Rosenbrock sum in {VARIABLES:,} variables, from its text",
        f"{whole:.2f} s",
        "<= 3 s",
        whole <= 3,
    )
    at = {name: np.array([value]) for name, value in point.items()}
    _, leaves = leaves_at(at, at, "float64")
    program, x = lower([parse(text)], tuple(leaves)), list(leaves.values())
    partials = [(name,) for name in leaves]
    ours = partial(evaluate, program, x, leaves, partials)
    times = [(seconds(ours), seconds(partial(by_hand, x))) for _ in range(turns)]
    ratio = statistics.median(mine / hand for mine, hand in times)
    figure = f"{statistics.median(mine for mine, _ in times) * 1e3:.0f} ms = {ratio:.2f} of by hand"
    report("the same once parsed, forward and backward, against a loop", figure, "<= 1.5", ratio <= 1.5)
    for count in (100, 300, 1_000):
        text, point = rosenbrock(count)
        start = time.perf_counter()
        hessian(text, point, check=False)
        elapsed = time.perf_counter() - start
        report(f"Hessian in {count} variables, by columns", f"{elapsed:.2f} s", "", True)


def bench() -> None:
    """All of these."""
    bench_orders()
    bench_jet()
    bench_many_variables()
    bench_nested()
