"""Files as loggers write them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

from tests.instrument_file import (
    DECAY,
    MAGNUS,
    PRODUCT,
    RATIO,
    ROWS,
    WIND,
    InstrumentFile,
    Maker,
    Numbers,
    by_rows,
    comma,
    hours,
    lines,
    numbers,
    seconds,
    texts,
)


def logger_with_four_header_lines(draw: random.Random) -> InstrumentFile:
    """A line on the logger, names, units, and how each column was sampled; quotes everywhere; NAN."""
    v, warmth = texts(draw, 0, 20, 3), texts(draw, -5, 25, 2)
    v[6] = "NAN"
    times = hours(datetime(2019, 8, 1), "%Y-%m-%d %H:%M:%S")
    head = '"TOA5","box","CR1000","1","os","prog","12","slow"\n"TIMESTAMP","RECORD","v","T"\n'
    head += '"TS","RN","m/s","Deg C"\n"","","Avg","Smp"\n'
    body = "".join(
        f'"{when}",{k},{x if x != "NAN" else chr(34) + x + chr(34)},{y}\n'
        for k, (when, x, y) in enumerate(zip(times, v, warmth, strict=True))
    )
    rows = by_rows(times, [str(k) for k in range(ROWS)], v, warmth)
    words = ["--skip-lines", "1", "--header-lines", "3", "--na", "NAN"]
    return InstrumentFile("toa5.csv", (head + body).encode(), words, WIND, rows, {"v": numbers(v, "NAN")})


def logger_with_a_plot_title(draw: random.Random) -> InstrumentFile:
    """A title, commas within quoted headers, times with AM and PM."""
    warmth = texts(draw, 5, 25, 3)
    times = hours(datetime(2018, 11, 3, 11, 40), "%m/%d/%y %I:%M:%S %p")
    head = '"Plot Title: pond 3"\n"#","Date Time, GMT-05:00","Temp, °C (LGR S/N: 1017, SEN S/N: 1017)","Batt, V"\n'
    rows = by_rows([str(k + 1) for k in range(ROWS)], times, warmth, ["3.5"] * ROWS)
    text = head + lines(rows)
    words = ["--skip-lines", "1", "--column", "y=Temp, °C (LGR S/N: 1017, SEN S/N: 1017)",
             "--column", "t=Date Time, GMT-05:00", "--time-format", "%m/%d/%y %I:%M:%S %p"]  # fmt: skip
    return InstrumentFile("pond.csv", text.encode(), words, DECAY, rows, {"t": seconds(), "y": numbers(warmth)})


def logger_with_trailing_separators(draw: random.Random) -> InstrumentFile:
    """A separator at the end of each line, header and rows."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(a, b, [""] * ROWS)
    text = "a;b;\r\n" + lines(rows, ";", "\r\n")
    return InstrumentFile("trail.csv", text.encode(), [], PRODUCT, rows, {"a": numbers(a), "b": numbers(b)})


def logger_in_utf16(draw: random.Random) -> InstrumentFile:
    """Tabs, line ends of Windows, UTF-16 with its mark."""
    v = texts(draw, 0, 20, 2)
    rows = by_rows(hours(datetime(2024, 2, 1), "%H:%M:%S"), v, ["Nö"] * ROWS)
    text = "Zeit\tv\tOrt\r\n" + lines(rows, "\t", "\r\n")
    return InstrumentFile("log16.tsv", text.encode("utf-16"), [], WIND, rows, {"v": numbers(v)})


def logger_in_latin1(draw: random.Random) -> InstrumentFile:
    """Degrees in the header, in Latin-1."""
    warmth = texts(draw, -5, 30, 2)
    rows = by_rows(warmth, ["süd"] * ROWS)
    text = "T [°C],Lage\n" + lines(rows)
    return InstrumentFile(
        "lat.csv", text.encode("latin-1"), ["--encoding", "latin-1"], MAGNUS, rows, {"T": numbers(warmth)}
    )


def logger_in_cp1252(draw: random.Random) -> InstrumentFile:
    """Micro signs, decimal commas, euros, in the encoding of Windows."""
    a, b = texts(draw, 1, 9, 3), texts(draw, 1, 9, 1)
    rows = by_rows(comma(a), comma(b), ["5 €"] * ROWS)
    text = "a (µm);b (µm);Preis\r\n" + lines(rows, ";", "\r\n")
    words = ["--encoding", "cp1252", "--decimal-comma"]
    return InstrumentFile("win.csv", text.encode("cp1252"), words, RATIO, rows, {"a": numbers(a), "b": numbers(b)})


def logger_that_remarks(draw: random.Random) -> InstrumentFile:
    """Remarks between the rows, and before the header."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(a, b)
    parts = [lines(rows[:3]), "% restarted, battery 3,1 V\n", lines(rows[3:7]), "%\n", lines(rows[7:])]
    text = "% logger 7\n% since 2020\na,b\n" + "".join(parts)
    return InstrumentFile("rem.csv", text.encode(), ["--comment", "%"], PRODUCT, rows,
                          {"a": numbers(a), "b": numbers(b)})  # fmt: skip


def logger_with_zones(draw: random.Random) -> InstrumentFile:
    """Times in ISO 8601, some in another zone."""
    y = texts(draw, 1, 9, 2)
    start = datetime(2024, 3, 31, tzinfo=UTC)
    other = timezone(timedelta(hours=2))
    moments = [start + timedelta(seconds=90 * k) for k in range(ROWS)]
    times = [each.astimezone(other if k % 2 else UTC).isoformat() for k, each in enumerate(moments)]
    rows = by_rows(times, y)
    text = "Time,y\n" + lines(rows)
    words = ["--column", "t=Time"]
    return InstrumentFile("zone.csv", text.encode(), words, DECAY, rows, {"t": seconds(90), "y": numbers(y)})


def logger_with_milliseconds(draw: random.Random) -> InstrumentFile:
    """A space before the time, and thousandths of seconds."""
    y = texts(draw, 1, 9, 2)
    start = datetime(2024, 1, 5, 23, 59, 59)
    moments = [start + timedelta(milliseconds=125 * k) for k in range(ROWS)]
    times = [each.isoformat(" ", "milliseconds") for each in moments]
    rows = by_rows(times, y)
    found: dict[str, Numbers] = {"t": [0.125 * k for k in range(ROWS)], "y": numbers(y)}
    return InstrumentFile("fast.csv", ("t,y\n" + lines(rows)).encode(), [], DECAY, rows, found)


MAKERS: tuple[Maker, ...] = (
    logger_with_four_header_lines,
    logger_with_a_plot_title,
    logger_with_trailing_separators,
    logger_in_utf16,
    logger_in_latin1,
    logger_in_cp1252,
    logger_that_remarks,
    logger_with_zones,
    logger_with_milliseconds,
)
