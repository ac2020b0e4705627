"""What whole commands on data files cost beside reading, computing and writing alone: `make bench`."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet

from benchmarks.side import DERIV, PEAK, median_ratio, process, report, side_by_side
from derivcli import derive

TEXT = "sin(x)*exp(-x**2)+log(1+x**2)"
POINT = [*DERIV, TEXT, "--at", "x=3"]
"""A command that does next to nothing but start."""

PIECE = 1_000_000
"""Rows that are made at once."""


def made(path: Path, rows: int, heights: bool = False) -> Path:
    """A Parquet or CSV file with so many rows of one column x, and perhaps with heights y."""
    random = np.random.default_rng(0)
    schema = pyarrow.schema([(name, pyarrow.float64()) for name in ("xy" if heights else "x")])
    parquet = path.suffix == ".parquet"
    opened = pyarrow.parquet.ParquetWriter if parquet else pyarrow.csv.CSVWriter
    with opened(path, schema) as writer:
        for _ in range(rows // PIECE or 1):
            x = random.uniform(-3, 3, min(rows, PIECE))
            y = {"y": np.sin(x) + random.normal(0, 0.2, len(x))} if heights else {}
            writer.write_table(pyarrow.table({"x": x, **y}, schema))
    return path


def command(read: Path, written: Path, *words: str) -> list[str]:
    """A command from one file to another."""
    return [*DERIV, TEXT, "--data", str(read), "--output", str(written), *words]


def by_arrow(read: Path, written: Path, table: pyarrow.Table) -> None:
    """What pyarrow alone needs to read a file and to write such columns, all of them at once.

    The file is removed, since a command that sees its own on the disk would wait for this one too.
    """
    if read.suffix == ".parquet":
        pyarrow.parquet.read_table(read)
        pyarrow.parquet.write_table(table, written)
    else:
        pyarrow.csv.read_csv(read)
        pyarrow.csv.write_csv(table, written)
    written.unlink()


def table_of(path: Path) -> pyarrow.Table:
    """A file's columns."""
    return pyarrow.parquet.read_table(path) if path.suffix == ".parquet" else pyarrow.csv.read_csv(path)


def bench_command(folder: Path, suffix: str, rows: int, turns: int = 7) -> None:
    """A whole command from file to file, against the sum of what it is made of."""
    read, written = made(folder / f"in{suffix}", rows), folder / f"out{suffix}"
    words = command(read, written)
    process(words)
    table = table_of(written)
    x = table["x"].to_numpy()
    works: list[Callable[[], object]] = [
        partial(process, words),
        partial(process, POINT),
        lambda: derive(TEXT, {"x": x}, check=False),
        partial(by_arrow, read, folder / f"again{suffix}", table),
    ]
    times = side_by_side(works, turns)
    whole, start, library, arrow = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(turn[0] / (turn[2] + turn[3]) for turn in times)
    rest = statistics.median((turn[0] - turn[1]) / (turn[2] + turn[3]) for turn in times)
    what = f"{rows:,} rows, {suffix} to {suffix}"
    figure = f"{whole:.2f} s / ({library:.2f} s + {arrow:.2f} s) = {ratio:.2f}"
    report(f"{what}, whole command", figure, "<= 2", ratio <= 2)
    report(f"{what}, less its start", f"{whole - start:.2f} s, start {start:.2f} s: {rest:.2f}", "", True)


RUN = f"import sys; from derivcli.cli.app import run; assert run(sys.argv[1:]) == 0; {PEAK}"


def peak(words: list[str]) -> int:
    """The peak memory of a command in MiB."""
    done = subprocess.run([sys.executable, "-c", RUN, *words], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def bench_memory(folder: Path, most: int = 600) -> None:
    """Peak memory from Parquet to Parquet, which does not grow with the rows."""
    start = peak(POINT[len(DERIV) :])
    report("peak memory of a command on one point", f"{start} MiB", "", True)
    for rows in (10_000_000, 100_000_000):
        read, written = made(folder / "in.parquet", rows), folder / "out.parquet"
        more = peak(command(read, written)[len(DERIV) :]) - start
        report(f"peak memory of {rows:,} rows, Parquet to Parquet", f"{more} MiB more", f"<= {most}", more <= most)


def bench_picture(folder: Path, rows: int = 10_000_000, most: int = 400) -> None:
    """Pictures of a file's rows, against the command that computes them into a file, and their peak memory."""
    read, drawn = made(folder / "in.parquet", rows, heights=True), str(folder / "f.png")
    start = peak([TEXT, "--at", "x=-3:3", "--plot", drawn])
    for what, text in {"below a curve": TEXT, "with their heights": f"y={TEXT}"}.items():
        words = [text, "--data", str(read), "--plot", drawn]
        works = [partial(process, [*DERIV, *words]), partial(process, command(read, folder / "out.parquet"))]
        times = side_by_side(works, 3)
        picture, computed = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = median_ratio(times, 0, 1)
        figure = f"{picture:.2f} s / {computed:.2f} s = {ratio:.2f}"
        report(f"picture of {rows:,} rows {what}", figure, "<= 2", ratio <= 2)
        more = peak(words) - start
        report("its peak memory beyond one without rows", f"{more} MiB more", f"<= {most}", more <= most)


def bench_check(folder: Path, rows: int = 20_000) -> None:
    """Each number of a file judged."""
    read = made(folder / "in.csv", rows)
    words = command(read, folder / "out.csv", "--check")
    times = side_by_side([partial(process, words), partial(process, POINT)], 3)
    taken = statistics.median(whole - start for whole, start in times)
    report(f"--check over {rows:,} rows, beyond its start", f"{taken / rows * 1e6:.0f} µs a row", "", True)


def bench() -> None:
    """All of these, in a folder that is removed."""
    for work in (
        partial(bench_command, suffix=".parquet", rows=10_000_000),
        partial(bench_command, suffix=".csv", rows=1_000_000),
        bench_check,
        bench_memory,
        bench_picture,
    ):
        with tempfile.TemporaryDirectory() as folder:
            work(Path(folder))
