"""Files as weather stations and archives write them."""

from __future__ import annotations

import random
from datetime import datetime

from tests.instrument_file import (
    MAGNUS,
    PRODUCT,
    RATIO,
    ROWS,
    SQUARE,
    WIND,
    InstrumentFile,
    Maker,
    by_rows,
    comma,
    hours,
    lines,
    numbers,
    texts,
)


def station_with_units_in_headers(draw: random.Random) -> InstrumentFile:
    """Units in brackets behind the names, and -999 where a sensor failed."""
    v, warmth = texts(draw, 0, 20, 1), texts(draw, -10, 30, 1)
    v[3] = v[7] = "-999"
    rows = by_rows(hours(datetime(2023, 5, 1), "%Y-%m-%dT%H:%M"), warmth, v)
    text = "time,T (°C),v (m/s)\n" + lines(rows)
    return InstrumentFile("st.csv", text.encode(), ["--na", "-999"], WIND, rows, {"v": numbers(v, "-999")})


def station_with_a_letterhead(draw: random.Random) -> InstrumentFile:
    """Lines on the station above the table, semicolons, decimal commas."""
    warmth, p = texts(draw, -10, 30, 1), texts(draw, 980, 1030, 1)
    rows = by_rows(hours(datetime(2021, 3, 1), "%d.%m.%Y %H:%M"), comma(warmth), comma(p))
    head = "Station: Hochberg\nHöhe: 512 m\nSensor;Typ\nT;PT100\n\nErstellt am 04.03.2021\n"
    text = head + "Zeit;T;p\n" + lines(rows, ";")
    words = ["--skip-lines", "6", "--decimal-comma"]
    return InstrumentFile("hoch.csv", text.encode(), words, MAGNUS, rows, {"T": numbers(warmth)})


def buoy_with_commented_headers(draw: random.Random) -> InstrumentFile:
    """White space, names and units in lines that begin as comments do, MM where nothing was measured."""
    v, wave = texts(draw, 0, 15, 1), texts(draw, 0, 4, 2)
    v[2] = "MM"
    rows = by_rows(["2022"] * ROWS, ["07"] * ROWS, [f"{k:02d}" for k in range(ROWS)], v, wave)
    text = "#YY  MM DD WSPD  WVHT\n#yr  mo dy m/s      m\n" + "".join("  ".join(row) + "\n" for row in rows)
    words = ["--comment", "#", "--header-lines", "0", "--column", "v=4", "--na", "MM"]
    return InstrumentFile("buoy.tsv", text.encode(), words, WIND, rows, {"v": numbers(v, "MM")})


def weather_year(draw: random.Random) -> InstrumentFile:
    """Eight lines of unlike lengths above hourly rows that have no names."""
    warmth = texts(draw, -5, 35, 1)
    rest = [texts(draw, 0, 100, 0) for _ in range(20)]
    rows = by_rows(["1999"] * ROWS, ["1"] * ROWS, [str(k) for k in range(1, ROWS + 1)], ["60"] * ROWS, warmth, *rest)
    head = (
        "LOCATION,Nowhere,NW,XXX,TMY,000000,10.0,20.0,1.0,300\nDESIGN CONDITIONS,1,Somewhere,,Heating,1,-2.5\n"
        "TYPICAL PERIODS,2,Summer,Typical,7/8,7/14\nGROUND TEMPERATURES,0\nHOLIDAYS,No,0,0,0\n"
        "COMMENTS 1,made for a test\nCOMMENTS 2,of no place\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n"
    )
    words = ["--skip-lines", "8", "--header-lines", "0", "--column", "T=5"]
    return InstrumentFile("year.csv", (head + lines(rows)).encode(), words, MAGNUS, rows, {"T": numbers(warmth)})


def airport_with_missing_letters(draw: random.Random) -> InstrumentFile:
    """M for missing, T for a trace, in single columns."""
    a, b = texts(draw, 0, 40, 1), texts(draw, 1, 9, 2)
    a[1], b[4], b[6] = "M", "T", "M"
    rows = by_rows(["XXYZ"] * ROWS, a, b)
    text = "station,a,b\n" + lines(rows)
    good = [k for k in range(ROWS) if k not in (1, 4, 6)]
    found = {
        name: [float(cells[k]) if k in good else None for k in range(ROWS)] for name, cells in (("a", a), ("b", b))
    }
    return InstrumentFile("air.csv", text.encode(), ["--na", "M", "--na", "b=T"], PRODUCT, rows, found)


def station_with_padded_cells(draw: random.Random) -> InstrumentFile:
    """Cells filled with spaces between semicolons, -999 and an end-of-record mark."""
    v = texts(draw, 0, 25, 1)
    v[5] = "-999"
    padded = [f"{cell:>6}" for cell in v]
    rows = by_rows(["  183"] * ROWS, hours(datetime(2020, 1, 1), "%Y%m%d%H", 3600), padded, ["eor"] * ROWS)
    text = "STATIONS_ID;MESS_DATUM;   v;eor\n" + lines(rows, ";")
    return InstrumentFile("wind.txt.csv", text.encode(), ["--na", "-999"], WIND, rows, {"v": numbers(v, "-999")})


def archive_with_a_data_mark(draw: random.Random) -> InstrumentFile:
    """Many lines of metadata with commas, the word `data`, and the table."""
    a, b = texts(draw, 1, 9, 3), texts(draw, 1, 9, 3)
    rows = by_rows(hours(datetime(2010, 6, 1), "%Y-%m-%d %H:%M:%S", 86400), a, b)
    head = "".join(f"note,{k},written for a test\n" for k in range(11)) + "data\n"
    text = head + "ob_time,a,b\n" + lines(rows) + ""
    return InstrumentFile("arch.csv", text.encode(), ["--skip-lines", "12"], RATIO, rows,
                          {"a": numbers(a), "b": numbers(b)})  # fmt: skip


def rain_gauge_with_words(draw: random.Random) -> InstrumentFile:
    """Words among the numbers, kept as they are."""
    y = texts(draw, 0, 40, 1)
    y[2], y[5] = "trace", "spilled"
    rows = by_rows([str(k) for k in range(ROWS)], y)
    text = "day,y\n" + lines(rows)
    found = {"y": numbers(y, "trace", "spilled")}
    return InstrumentFile("rain.csv", text.encode(), ["--on-error", "keep"], SQUARE, rows, found)


def station_of_fixed_widths(draw: random.Random) -> InstrumentFile:
    """Columns of fixed widths with empty cells, which no white space tells."""
    a, b = texts(draw, 10, 99, 1), texts(draw, 1, 9, 2)
    a[4] = ""
    names = ["North Pier", "Hill", "Old Mill", "Quay", "Dam", "East Gate", "Field", "Hut", "Bay"]
    rows = by_rows(names, a, b)
    table = "".join(f"{name:<12}{x:>7}{y:>6}\n" for name, x, y in rows)
    text = f"{'site':<12}{'a':>7}{'b':>6}\n" + table
    found = {"a": numbers(a, ""), "b": [None if not x else float(y) for x, y in zip(a, b, strict=True)]}
    return InstrumentFile("piers.tsv", text.encode(), ["--widths", "12,7,6", "--na", ""], PRODUCT, rows, found)


MAKERS: tuple[Maker, ...] = (
    station_with_units_in_headers,
    station_with_a_letterhead,
    buoy_with_commented_headers,
    weather_year,
    airport_with_missing_letters,
    station_with_padded_cells,
    archive_with_a_data_mark,
    rain_gauge_with_words,
    station_of_fixed_widths,
)
