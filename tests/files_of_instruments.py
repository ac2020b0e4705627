"""Files as laboratory instruments write them."""

from __future__ import annotations

import random

from tests.instrument_file import (
    ABSORBED,
    DECAY,
    MAGNUS,
    PRODUCT,
    RATIO,
    ROWS,
    SQUARE,
    TURNED,
    InstrumentFile,
    Maker,
    by_rows,
    comma,
    lines,
    numbers,
    texts,
)


def spectrum_of_two_bare_columns(draw: random.Random) -> InstrumentFile:
    """Numbers alone, a comma between them."""
    light = texts(draw, 0, 2, 4)
    rows = by_rows([f"{400 + 5 * k}.0" for k in range(ROWS)], light)
    words = ["--column", "A=2"]
    return InstrumentFile("spec.csv", lines(rows).encode(), words, ABSORBED, rows, {"A": numbers(light)})


def spectrum_with_labelled_records(draw: random.Random) -> InstrumentFile:
    """Records that begin with two signs, and pairs of numbers between spaces."""
    light = texts(draw, 0, 2, 4)
    rows = by_rows([f"{400 + 5 * k}.0" for k in range(ROWS)], light)
    text = "##TITLE=a lamp\n##XUNITS=NM\n##XYPOINTS=\n" + "".join("   ".join(r) + "\n" for r in rows) + "##END=\n"
    words = ["--comment", "##", "--header-lines", "0", "--column", "A=2"]
    return InstrumentFile("lamp.tsv", text.encode(), words, ABSORBED, rows, {"A": numbers(light)})


def spectrometer_with_a_tail(draw: random.Random) -> InstrumentFile:
    """Keys and values above bare numbers, and remarks below them."""
    light = texts(draw, 0, 2, 4)
    rows = by_rows([f"{700 - 5 * k}" for k in range(ROWS)], light)
    head = "TITLE\tprobe 3\nDATA TYPE\tABSORBANCE\nNPOINTS\t9\nXYDATA\n"
    tail = "\n##### Extended Information\n[Comments]\nmade for a test\n"
    text = head + lines(rows, "\t") + tail
    words = ["--skip-lines", "4", "--header-lines", "0", "--column", "A=2", "--on-error", "skip"]
    return InstrumentFile("probe.tsv", text.encode(), words, ABSORBED, rows, {"A": numbers(light)})


def oscilloscope_with_settings_beside(draw: random.Random) -> InstrumentFile:
    """Settings in the first columns of the very rows that hold the trace."""
    y = texts(draw, -5, 5, 5)
    t = [f"{-2e-3 + 1e-4 * k:.6f}" for k in range(ROWS)]
    names = ["Record Length", "Sample Interval", "Trigger Point", "Source", "Vertical Units", "Scale", "", "", ""]
    values = ["2.5e+03", "4e-07", "1250", "CH1", "V", "0.5", "", "", ""]
    rows = by_rows(names, values, [""] * ROWS, t, y, [""] * ROWS)
    words = ["--header-lines", "0", "--column", "t=4", "--column", "y=5"]
    return InstrumentFile("scope.csv", lines(rows).encode(), words, DECAY, rows, {"t": numbers(t), "y": numbers(y)})


def chromatogram_of_tabs_and_commas(draw: random.Random) -> InstrumentFile:
    """Tabs between cells and commas in numbers, a unit in the header."""
    y, t = texts(draw, 0, 300, 3), texts(draw, 0, 60, 4)
    rows = by_rows(comma(t), ["0,2"] * ROWS, comma(y))
    text = "t (min)\tStep (s)\ty (mV)\r\n" + lines(rows, "\t", "\r\n")
    found = {"t": numbers(t), "y": numbers(y)}
    return InstrumentFile("chrom.tsv", text.encode(), ["--decimal-comma"], DECAY, rows, found)


def diffractogram_between_spaces(draw: random.Random) -> InstrumentFile:
    """An apostrophe before the title, spaces at the line's begin, exponents."""
    t = [f"{5 + 0.02 * k:.4f}" for k in range(ROWS)]
    intensity = [f"{draw.uniform(1, 9e4):.3E}" for _ in range(ROWS)]
    rows = by_rows(t, intensity)
    text = '\'Id: "powder" Operator: "me"\n' + "".join(f"  {x}   {y}\n" for x, y in rows)
    words = ["--comment", "'", "--column", "t=1", "--column", "I=2"]
    return InstrumentFile("powder.tsv", text.encode(), words, TURNED, rows, {"t": numbers(t), "I": numbers(intensity)})


def balance_with_apostrophes(draw: random.Random) -> InstrumentFile:
    """Apostrophes between thousands."""
    plain = texts(draw, 1e3, 9e6, 2)
    written = [f"{float(cell):,.2f}".replace(",", "'") for cell in plain]
    rows = by_rows([str(k) for k in range(ROWS)], written)
    text = "nr,y\n" + lines(rows)
    return InstrumentFile("mass.csv", text.encode(), ["--thousands", "'"], SQUARE, rows, {"y": numbers(plain)})


def thermocouple_with_a_real_minus(draw: random.Random) -> InstrumentFile:
    """The minus of typesetters, and a plus before other numbers."""
    warmth = texts(draw, -30, 30, 1)
    written = [cell.replace("-", "−") if cell[0] == "-" else f"+{cell}" for cell in warmth]
    rows = by_rows(written)
    text = "T / °C,n\n" + "".join(f"{cell},1\n" for (cell,) in rows)
    words = ["--column", "T=1", "--keep", "T / °C"]
    return InstrumentFile("thermo.csv", text.encode(), words, MAGNUS, rows, {"T": numbers(warmth)})


def tensile_test_with_units_below(draw: random.Random) -> InstrumentFile:
    """Names, units in brackets below them, and the rows; semicolons."""
    a, b = texts(draw, 1, 900, 3), texts(draw, 1, 9, 4)
    rows = by_rows(a, b)
    text = "a;b\n[N];[mm]\n" + lines(rows, ";")
    return InstrumentFile("pull.csv", text.encode(), [], RATIO, rows, {"a": numbers(a), "b": numbers(b)})


def two_channels_of_one_name(draw: random.Random) -> InstrumentFile:
    """Two columns that are called alike."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(["k"] * ROWS, a, b)
    text = "run,CH,CH\n" + lines(rows)
    words = ["--column", "a=2", "--column", "b=3"]
    return InstrumentFile("chan.csv", text.encode(), words, PRODUCT, rows, {"a": numbers(a), "b": numbers(b)})


MAKERS: tuple[Maker, ...] = (
    spectrum_of_two_bare_columns,
    spectrum_with_labelled_records,
    spectrometer_with_a_tail,
    oscilloscope_with_settings_beside,
    chromatogram_of_tabs_and_commas,
    diffractogram_between_spaces,
    balance_with_apostrophes,
    thermocouple_with_a_real_minus,
    tensile_test_with_units_below,
    two_channels_of_one_name,
)
