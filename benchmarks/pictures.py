"""What a picture costs: as a whole command against the imports that it needs, by the warm server, and by itself."""

import os
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks.side import DERIV, median_ratio, process, report, seconds, side_by_side
from derivcli.picture_api import plot

IMPORTS = [sys.executable, "-c", "import torch, sympy, typer, rich.table, matplotlib.figure"]
RELU = ["relu(x)", "--at", "x=-3:3", "--plot"]
HARD = ("tan(x)", "sin(1/x)", "x^x", "floor(x)", "exp(-1/x^2)", "gamma(x)", "x^3-3x")


def bench(turns: int = 9) -> None:
    """Cold and warm commands, then scenes and drawings in a process that has imported everything."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        file = str(Path(folder) / "relu.png")
        works = [partial(process, IMPORTS), partial(process, [*DERIV, *RELU, file])]
        with patch.dict(os.environ, DERIV_WARM="off"):
            for work in works:
                work()
            times = side_by_side(works, turns)
        ratio = median_ratio(times, 1, 0)
        report(
            "deriv 'relu(x)' --at x=-3:3 --plot, cold, against its imports", f"{ratio:.2f}", "<= 1.25", ratio <= 1.25
        )
        _bench_warm(folder, file, turns)
    plot("x^2").data("png")
    for text in HARD:
        scene = min(seconds(partial(plot, text)) for _ in range(3))
        drawing = min(seconds(partial(plot(text).data, "png")) for _ in range(3))
        report(f"{text}: scene and drawing", f"{scene * 1e3:.0f} ms, {drawing * 1e3:.0f} ms", "", True)


def _bench_warm(folder: str, file: str, turns: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DERIV_WARM"}
    environment["XDG_RUNTIME_DIR"] = folder
    subprocess.run([*DERIV, "warm", "start"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [*DERIV, *RELU, file]
    quiet = partial(subprocess.run, command, env=environment, check=True, stderr=subprocess.DEVNULL)
    try:
        quiet()
        middle = statistics.median(seconds(quiet) for _ in range(turns))
        report("the same, warm", f"{middle:.2f} s", "<= 0.5 s", middle <= 0.5)
    finally:
        subprocess.run([*DERIV, "warm", "stop"], env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    bench()
