"""Columns of times as nanoseconds: texts in ISO 8601 or in a format that was given, and columns of such types."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

NANOSECONDS = 1_000_000_000
"""Those of a second."""

_UNITS = {"s": NANOSECONDS, "ms": 1_000_000, "us": 1_000, "ns": 1}
_MOST = 2**63 - 1

_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"
_CLOCK = r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_LOCAL = rf"\d{{4}}-\d{{2}}-\d{{2}}([ T]{_CLOCK})?"
_ZONED = rf"\d{{4}}-\d{{2}}-\d{{2}}[ T]{_CLOCK} ?{_ZONE}"
_TIME_LIKE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T]+\d{1,2}[:.]\d{2}.*)?|\d{1,2}:\d{2}.*")
_ARROWS_DIRECTIVES = {*"YmdHMSyjbBIp%"}
"""Directives of strptime that Arrow reads as Python does."""

FIRST_YEAR, LAST_YEAR = 1678, 2261
"""The whole years whose nanoseconds 64 bits hold."""

_DIGITS = {**dict.fromkeys("mdHMSy", 2), "j": 3, "Y": 4}

MIN_DIGITS = 6
"""Fewer digits, as those of a year, are a number."""

_AFTER_SHORT_MONTHS = (1, 3, 5, 7, 10, 12)
"""The months behind those of less than 31 days, and behind a year."""

Instants = NDArray[np.int64]


def is_time(kind: pa.DataType) -> bool:
    """Whether a type is one of times, dates or durations."""
    return bool(pa.types.is_temporal(kind) and not pa.types.is_interval(kind))


def looks_like_time(text: str) -> bool:
    """Whether a text may be a time in some notation."""
    return _TIME_LIKE.fullmatch(text.strip()) is not None


def why_no_instant(text: str) -> str:
    """Why a text in ISO 8601 is no time of its column; "" where it is written otherwise."""
    if re.fullmatch(rf"{_LOCAL}|{_ZONED}", text) is None:
        return ""
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return f"is a time outside the years {FIRST_YEAR} to {LAST_YEAR}"
    if text_instants(pa.array([text]), "") is None:
        return "is no time that there is"
    zone = "a zone" if re.fullmatch(_ZONED, text) else "no zone"
    return f"is a time with {zone}, unlike other cells of its column"


def typed_instants(cells: pa.Array) -> tuple[Instants, NDArray[np.bool_] | None]:
    """A column of times as nanoseconds since 1970, midnight or nothing, and which cells are empty."""
    kind = cells.type
    if pa.types.is_time(kind):
        return _instants(cells.cast(pa.time64("ns")))
    if pa.types.is_date64(kind):
        cells = cells.cast(pa.timestamp("ms"))
    zone = getattr(kind, "tz", None)
    return _instants(_within(cells, pa.duration("ns") if pa.types.is_duration(kind) else pa.timestamp("ns", zone)))


def text_instants(texts: pa.Array, time_format: str) -> tuple[Instants, NDArray[np.bool_] | None] | None:
    """Texts as nanoseconds since 1970 or midnight, and which of them are none; None where no text is a time.

    Times that name their zone are instants; beside them those that name none are no times.
    """
    texts = pc.utf8_trim_whitespace(texts)
    found = _in_format(texts, time_format) if time_format else _iso(texts)
    return None if found.null_count == len(found) else _instants(found)


def digits_of(time_format: str) -> int:
    """How many digits a format writes that writes nothing else; 0 where that may be a plain number as well."""
    parts = re.findall("%(.)", time_format)
    digits = sum(_DIGITS.get(each, 0) for each in parts)
    is_all = "".join(f"%{each}" for each in parts) == time_format and _DIGITS.keys() >= {*parts}
    return digits if is_all and digits >= MIN_DIGITS else 0


def kind_of_times(texts: pa.Array, time_format: str) -> tuple[bool, bool]:
    """Whether texts that are times name their zone, and their date."""
    if time_format:
        return "%z" in time_format, any(f"%{each}" in time_format for each in "YyjdD")
    texts = pc.utf8_trim_whitespace(texts)
    zoned, local = (pc.any(pc.match_substring_regex(texts, f"^{each}$")).as_py() for each in (_ZONED, _LOCAL))
    return bool(zoned), bool(zoned or local)


def since(instants: Instants, origin: int) -> NDArray[np.float64]:
    """Seconds since an origin, rounded once."""
    whole, rest = np.divmod(instants - origin, NANOSECONDS)
    return whole.astype(np.float64) + rest.astype(np.float64) / NANOSECONDS


def time_text(instant: int, is_zoned: bool = False, has_date: bool = True) -> str:
    """A time as people read it."""
    seconds, rest = divmod(instant, NANOSECONDS)
    shown = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S" if has_date else "%H:%M:%S")
    return shown + (f".{rest:09d}".rstrip("0") if rest else "") + "Z" * is_zoned


def _within(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column as one of nanoseconds, null where there are too many of them."""
    try:
        return cells.cast(kind)
    except pa.ArrowInvalid:
        unit = 86_400 * NANOSECONDS if pa.types.is_date32(cells.type) else _UNITS[cells.type.unit]
        counts = cells.cast(pa.int32() if pa.types.is_date32(cells.type) else pa.int64()).cast(pa.int64())
        most = _MOST // unit
        fits = pc.and_(pc.less_equal(counts, most), pc.greater_equal(counts, -most))
        return pc.if_else(fits, cells, pa.scalar(None, cells.type)).cast(kind)


def _instants(times: pa.Array) -> tuple[Instants, NDArray[np.bool_] | None]:
    bad = times.is_null().to_numpy(zero_copy_only=False) if times.null_count else None
    return times.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False), bad


def _iso(texts: pa.Array) -> pa.Array:
    """Texts in ISO 8601 as times, null where they are none."""
    null = pa.scalar(None, texts.type)
    for pattern, zone in ((_ZONED, "UTC"), (_LOCAL, None)):
        fits = pc.match_substring_regex(texts, f"^{pattern}$")
        if pc.any(fits).as_py():
            written = pc.replace_substring(pc.if_else(fits, texts, null), ",", ".")
            written = pc.replace_substring_regex(written, r" (Z|[+-]\d{2}:?\d{2})$", r"\1")
            return _cast(written, pa.timestamp("ns", zone))
    fits = pc.match_substring_regex(texts, r"^\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?$")
    written = pc.replace_substring(pc.if_else(fits, texts, null), ",", ".")
    padded = pc.if_else(pc.match_substring_regex(written, r"^\d:"), "0", "")
    return _cast(pc.binary_join_element_wise("1970-01-01 ", padded, written, ""), pa.timestamp("ns"))


def _cast(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts as times; one by one where some are no times though they look like them, as 2024-02-30."""
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        return pa.concat_arrays([_one(texts.slice(place, 1), kind) for place in range(len(texts))])


def _one(text: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:
        return pa.nulls(1, kind)


def _in_format(texts: pa.Array, time_format: str) -> pa.Array:
    """Texts as times in a format of strptime, null where they are not written so."""
    directives = set(re.findall(r"%(.)", time_format))
    if directives <= _ARROWS_DIRECTIVES:
        return _of_calendar(pc.strptime(texts, time_format, "ns", error_is_null=True), texts, time_format)
    return _one_by_one(texts, time_format)


def _of_calendar(times: pa.Array, texts: pa.Array, time_format: str) -> pa.Array:
    """The times without those that Arrow makes of 31 February and its like, which lie early in the next month.

    The same holds for the second 60 of a minute, and for the day 366 of a year that has none.
    """
    early = pc.and_(pc.less_equal(pc.day(times), 3), pc.is_in(pc.month(times), pa.array(_AFTER_SHORT_MONTHS)))
    if "%S" in time_format:
        late = pc.match_substring_regex(texts, "6[01]")
        early = pc.or_(early, pc.and_(late, pc.less_equal(pc.second(times), 1)))
    if "%j" in time_format:
        early = pc.or_(early, pc.match_substring(texts, "366"))
    places = np.flatnonzero(early.fill_null(False).to_numpy(zero_copy_only=False))
    if not len(places):
        return times
    seconds, written = times.take(pa.array(places)).cast(pa.timestamp("s")), texts.take(pa.array(places))
    doubted = np.flatnonzero(pc.not_equal(pc.strftime(seconds, time_format), written).to_numpy(zero_copy_only=False))
    found = _one_by_one(written.take(pa.array(doubted)), time_format)
    mask = np.zeros(len(times), dtype=bool)
    mask[places[doubted]] = True
    return pc.replace_with_mask(times, pa.array(mask), found)


def _one_by_one(texts: pa.Array, time_format: str) -> pa.Array:
    return pa.array([_moment(text, time_format) for text in texts.to_pylist()], pa.int64()).cast(pa.timestamp("ns"))


def _moment(text: str | None, time_format: str) -> int | None:
    """A time as nanoseconds since 1970."""
    if text is None:
        return None
    try:
        moment = datetime.strptime(text, time_format)
    except ValueError:
        return None
    if "%j" in time_format and "366" in text and moment.timetuple().tm_yday == 1:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    found = (passed.days * 86_400 + passed.seconds) * NANOSECONDS + passed.microseconds * 1_000
    return found if abs(found) <= _MOST else None
