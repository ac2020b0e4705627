"""What the study of whole curves costs."""

import json
import statistics
from functools import partial
from pathlib import Path

from benchmarks.side import report, seconds
from derivcli.api import study
from derivcli.study.study import Study

CURVES = Path(__file__).parent.parent / "tests" / "study_cases.jsonl"
WAVES = {"sin(50*x)": ("x=0:10", 0.05), "sin(1/x)": ("x=0.01:1", 0.1)}
"""Functions with many extrema, their intervals, and the seconds allowed."""


def points_of(found: object) -> int:
    """The number of points at which the derivative is 0."""
    assert isinstance(found, Study)
    return len(found.critical)


def bench(turns: int = 3) -> None:
    """Studies in a process that has imported everything: many curves, and some with many extrema."""
    study("x^2*sin(x)", "x=0:1")
    rows = [json.loads(line) for line in CURVES.read_text().splitlines()]
    works = {row["expr"]: partial(study, row["expr"], "x={}:{}".format(*row["on"])) for row in rows}
    taken = {text: min(seconds(work) for _ in range(turns)) for text, work in works.items()}
    median, slowest = statistics.median(taken.values()), max(taken, key=lambda text: taken[text])
    figure = f"{median * 1e3:.0f} ms, {taken[slowest] * 1e3:.0f} ms for {slowest}"
    report(
        f"study {len(works)} curves, median and most",
        figure,
        "<= 20 ms, <= 2 s",
        median <= 0.02 and taken[slowest] <= 2,
    )
    share = statistics.fmean(work().complete for work in works.values())
    report("curves of which nothing is undecided", f"{share:.1%}", ">= 95 %", share >= 0.95)
    for text, (on, limit) in WAVES.items():
        work = partial(study, text, on)
        least, extrema = min(seconds(work) for _ in range(turns)), points_of(work())
        report(
            f"study {text} on {on}",
            f"{least * 1e3:.0f} ms, {extrema} extrema",
            f"<= {limit * 1e3:.0f} ms",
            least <= limit,
        )


if __name__ == "__main__":
    bench()
