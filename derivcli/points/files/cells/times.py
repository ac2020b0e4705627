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

_ZONE = r"(Z|[+-]\d{2}:?\d{2})"
_CLOCK = r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_LOCAL = rf"\d{{4}}-\d{{2}}-\d{{2}}([ T]{_CLOCK})?"
_ZONED = rf"\d{{4}}-\d{{2}}-\d{{2}}[ T]{_CLOCK} ?{_ZONE}"
_TIME_LIKE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T]+\d{1,2}[:.]\d{2}.*)?|\d{1,2}:\d{2}.*")
_ARROWS_DIRECTIVES = {*"YmdHMSyjbBIp%"}
"""Directives of strptime that Arrow reads as Python does."""

TIME_HINT = "if it is a time, say how it is written, as in --time-format '%d/%m/%Y %H:%M'"

Instants = NDArray[np.int64]


def is_time(kind: pa.DataType) -> bool:
    """Whether a type is one of times, dates or durations."""
    return bool(pa.types.is_temporal(kind) and not pa.types.is_interval(kind))


def looks_like_time(text: str) -> bool:
    """Whether a text may be a time in some notation."""
    return _TIME_LIKE.fullmatch(text.strip()) is not None


def typed_instants(cells: pa.Array) -> tuple[Instants, NDArray[np.bool_] | None]:
    """A column of times as nanoseconds since 1970, midnight or nothing, and which cells are empty."""
    kind = cells.type
    if pa.types.is_time(kind):
        cells = cells.cast(pa.time64("ns"))
    elif pa.types.is_duration(kind):
        cells = cells.cast(pa.duration("ns"))
    else:
        cells = cells.cast(pa.timestamp("ns", getattr(kind, "tz", None)))
    return _instants(cells)


def text_instants(texts: pa.Array, time_format: str) -> tuple[Instants, NDArray[np.bool_] | None] | None:
    """Texts as nanoseconds since 1970 or midnight, and which of them are none; None where no text is a time.

    Times that name their zone are instants; beside them those that name none are no times.
    """
    texts = pc.utf8_trim_whitespace(texts)
    found = _in_format(texts, time_format) if time_format else _iso(texts)
    return None if found.null_count == len(found) else _instants(found)


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
        return pc.strptime(texts, time_format, "ns", error_is_null=True)
    return pa.array([_moment(text, time_format) for text in texts.to_pylist()], pa.int64()).cast(pa.timestamp("ns"))


def _moment(text: str | None, time_format: str) -> int | None:
    """A time as nanoseconds since 1970."""
    if text is None:
        return None
    try:
        moment = datetime.strptime(text, time_format)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * NANOSECONDS + passed.microseconds * 1_000
