"""What showing the work costs."""

import statistics
import sys
from functools import partial

from benchmarks.side import DERIV, process, report, seconds
from derivcli import derive, explain, parse

LIBRARIES = "torch, sympy, typer, rich.table, derivcli.explain.ledger_builder, derivcli.render.to_json"
IMPORTS = [sys.executable, "-c", f"import os, {LIBRARIES}; os._exit(0)"]
NODES = 1_000
FORMULAS = {
    "sines and exponentials": "+".join(f"sin({n}*x)*exp(x/{n})" for n in range(1, 168)),
    "a polynomial": "+".join(f"{n}*x**{n % 7 + 2}" for n in range(1, 500)),
    "336 variables": "+".join(f"x{n}*x{n + 1}" for n in range(1, 336)),
}
"""Formulas with about so many nodes."""


def bench(turns: int = 7) -> None:
    """The ledger of a thousand nodes, from the text to the arrays, and as a whole command less its imports."""
    explain("x*sin(x)*exp(x)", {"x": 1})
    for name, text in FORMULAS.items():
        at = dict.fromkeys(parse(text).variables, 1.25)
        count = len(explain(text, at).nodes)
        taken = statistics.median(seconds(partial(explain, text, at)) for _ in range(turns))
        plain = statistics.median(seconds(partial(derive, text, at)) for _ in range(turns))
        figure = f"{taken:.3f} s; its derivatives alone {plain:.3f} s"
        report(f"ledger of {name}, {count:,} nodes", figure, "< 0.5 s", taken < 0.5 and count >= NODES)
    words = [*DERIV, "explain", FORMULAS["sines and exponentials"], "--at", "x=1.25", "--format", "table"]
    differences = [process(words) - process(IMPORTS) for _ in range(turns)]
    taken = statistics.median(differences)
    report("the same as a whole command, less its imports", f"{taken:.3f} s", "< 0.5 s", taken < 0.5)
