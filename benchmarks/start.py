"""What a command costs that starts from nothing, and `import derivcli`, against the imports that a point needs."""

import compileall
import os
import statistics
import sys
from functools import partial
from pathlib import Path
from unittest.mock import patch

import derivcli
from benchmarks.side import DERIV, median_ratio, process, report, side_by_side

IMPORTS = [sys.executable, "-c", "import torch, sympy, typer, rich.table"]

COLD = (
    ("deriv '6*x**2+2*x+4' --at x=3", [*DERIV, "6*x**2+2*x+4", "--at", "x=3"], 0.70),
    ("deriv 'x^2 sin x'", [*DERIV, "x^2 sin x"], 0.25),
    ("deriv steps 'x^2 sin x'", [*DERIV, "steps", "x^2 sin x"], 0.25),
    ("deriv answer 'x^2' '2x'", [*DERIV, "answer", "x^2", "2x"], 0.25),
    ("deriv --help", [*DERIV, "--help"], 0.10),
    ("import derivcli", [sys.executable, "-c", "import derivcli"], 0.02),
)
"""What is run, and the part that it may take of the time of the imports."""

MAX_IMPORT_SECONDS = 0.060


def bench(turns: int = 11) -> None:
    """Whole processes, none of them warm, with their files compiled as an installed program has them."""
    compileall.compile_dir(Path(str(derivcli.__file__)).parent, quiet=1)
    works = [partial(process, words) for words in (IMPORTS, *(words for _, words, _ in COLD))]
    with patch.dict(os.environ, DERIV_WARM="off"):
        for work in works:
            work()
        times = side_by_side(works, turns)
    middle = [statistics.median(turn[number] for turn in times) for number in range(len(works))]
    for number, (name, _, limit) in enumerate(COLD, start=1):
        ratio = median_ratio(times, number, 0)
        figure = f"{middle[number]:.3f} s / {middle[0]:.3f} s = {ratio:.3f}"
        report(f"{name}, cold, against its imports", figure, f"<= {limit:.2f}", ratio <= limit)
    figure = f"{middle[-1] * 1e3:.0f} ms"
    report("import derivcli, the whole process", figure, "<= 60 ms", middle[-1] <= MAX_IMPORT_SECONDS)
