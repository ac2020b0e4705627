"""What missing cells, kept rows and totals of long files cost: `make bench`."""

import statistics
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.files import PIECE, command, made, peak
from benchmarks.side import DERIV, median_ratio, process, report, side_by_side

LOSS = "(sin(x)-a*x-b*x^3)^2"
VALUES = ["--at", "a=1,b=-0.1"]


def with_missing(path: Path, source: Path, every: int) -> Path:
    """A copy of a CSV file in which one cell of so many is a word, and another -999."""
    with source.open() as rows, path.open("w") as copy:
        copy.write(next(rows))
        for number, row in enumerate(rows):
            copy.write("NA\n" if number % every == 0 else "-999\n" if number % every == 1 else row)
    return path


def bench_missing(folder: Path, rows: int = 3 * PIECE, turns: int = 7) -> None:
    """The options for missing cells and for kept rows, against the same command without them."""
    read = made(folder / "in.csv", rows)
    gaps = with_missing(folder / "gaps.csv", read, 100)
    for suffix in (".csv", ".parquet"):
        written = folder / f"out{suffix}"
        works = {
            "plain": command(read, written),
            "--na -999,NA": command(read, written, "--na", "-999,NA"),
            "--on-error keep": command(read, written, "--on-error", "keep"),
            "--na where 2 % are missing": command(gaps, written, "--na", "-999,NA"),
        }
        times = side_by_side([partial(process, words) for words in works.values()], turns)
        for place, what in enumerate(works):
            whole, ratio = statistics.median(turn[place] for turn in times), median_ratio(times, place, 0)
            report(f"{rows:,} rows, .csv to {suffix}, {what}", f"{whole:.2f} s, {ratio:.2f}", "<= 1.1", ratio <= 1.1)


def bench_total(folder: Path, rows: int = 10 * PIECE, files: int = 10, most: int = 500) -> None:
    """The sum over a file that is read several times, its rate and its peak memory beside those of fewer rows."""
    read = made(folder / "in.parquet", rows)
    peaks = []
    for count in (1, files):
        words = [LOSS, *["--data", str(read)] * count, *VALUES, "--sum"]
        taken = process([*DERIV, *words])
        peaks.append(peak([*words, "--output", str(folder / "out.csv")]))
        report(
            f"--sum over {rows * count:,} rows", f"{taken:.1f} s, {rows * count / taken / 1e6:.1f} million/s", "", True
        )
    more = peaks[1] - peaks[0]
    report(f"its peak memory beyond that of {rows:,} rows", f"{more} MiB of {peaks[1]} MiB", f"<= {most}", more <= most)


def bench() -> None:
    """All of these, in a folder that is removed."""
    for work in (bench_missing, bench_total):
        with tempfile.TemporaryDirectory() as folder:
            work(Path(folder))
