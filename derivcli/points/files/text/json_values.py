"""Columns as JSON: each value as the text that JSON has for it, of lists and structures as deep as they go."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from derivcli.points.files.text.writer import TEXT, joined
from derivcli.points.files.typed.arrow_encodings import decoded, is_binary, is_text

JSON = pa.json_()
"""The type of a column whose cells are lists, objects or other values, as the text that they have in JSON."""


def json_column(texts: Sequence[str | None]) -> pa.Array:
    """A column of what stands in JSON; nothing where it has no text or the text is null."""
    told = [None if text == "null" else text for text in texts]
    return pa.ExtensionArray.from_storage(JSON, pa.array(told, pa.string()))


def as_json(column: pa.Array) -> pa.Array:
    """A column of any type as one of JSON."""
    if column.type == JSON:
        return column
    texts = pc.if_else(column.is_valid(), json_texts(column), pa.scalar(None, TEXT))
    return pa.ExtensionArray.from_storage(JSON, texts.cast(pa.string()))


def json_texts(column: pa.Array) -> pa.Array:
    """Each value as JSON: numbers as they are, "nan" and infinities as text, times in ISO 8601, bytes in base 64."""
    if column.type == JSON:
        return pc.fill_null(_on_one_line(column.storage), "null")
    column = decoded(column)
    kind = column.type
    if pa.types.is_nested(kind):
        texts = _nested(column)
    elif is_binary(kind):
        encoded = [None if value is None else f'"{base64.b64encode(value).decode()}"' for value in column.to_pylist()]
        texts = pa.array(encoded, TEXT)
    elif pa.types.is_floating(kind):
        texts = _numbers(column)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        texts = column.cast(TEXT)
    elif pa.types.is_timestamp(kind):
        texts = joined(['"', pc.replace_substring(column.cast(TEXT), " ", "T"), '"'])
    else:
        texts = _strings(column.cast(TEXT))
    return pc.fill_null(texts, "null")


def _on_one_line(texts: pa.Array) -> pa.Array:
    """Texts of JSON of other programs may have line ends between values, which mean nothing there."""
    return pc.replace_substring_regex(texts.cast(TEXT), r"[\r\n]+", " ")


def _nested(column: pa.Array) -> pa.Array:
    """Lists as lists, structures as objects with all their fields; maps are objects where their keys are text."""
    kind = column.type
    if pa.types.is_struct(kind):
        return _objects([field.name for field in kind], column)
    if pa.types.is_map(kind):
        return _maps(column)
    if not pa.types.is_union(kind):
        return _lists(column, json_texts(pc.list_flatten(column)), "[]")
    raise pa.ArrowNotImplementedError("unions are not written")


def _objects(names: Sequence[str], column: pa.Array) -> pa.Array:
    keys = [f"{json.dumps(name, ensure_ascii=False)}:" for name in names]
    behind = [*(f",{key}" for key in keys[1:]), "}"]
    pieces: list[pa.Array | str] = ["{" + "".join(keys[:1])]
    for values, text in zip(column.flatten(), behind, strict=True) if names else ():
        pieces += [json_texts(values), text]
    texts = joined(pieces) if names else pa.array(["{}"] * len(column), TEXT)
    return pc.if_else(column.is_valid(), texts, pa.scalar(None, TEXT))


def _maps(column: pa.Array) -> pa.Array:
    column = column.cast(pa.list_(pa.struct([column.type.key_field, column.type.item_field])))
    keys, items = pc.list_flatten(column).flatten()
    if is_text(decoded(keys).type):
        return _lists(column, joined([json_texts(keys), ":", json_texts(items)]), "{}")
    return _lists(column, joined(["[", json_texts(keys), ",", json_texts(items), "]"]), "[]")


def _lists(column: pa.Array, values: pa.Array, brackets: str) -> pa.Array:
    """The texts of lists by those of all their values, one behind the other, between brackets."""
    lengths = np.asarray(pc.fill_null(pc.list_value_length(column), 0), dtype=np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(np.append(0, np.cumsum(lengths))), values)
    texts = joined([brackets[0], pc.binary_join(lists, pa.scalar(",", TEXT)), brackets[1]])
    return pc.if_else(column.is_valid(), texts, pa.scalar(None, TEXT))


def _numbers(column: pa.Array) -> pa.Array:
    """Each number as JSON, or as text where JSON has none; readers make -0 the whole number 0, but not -0.0."""
    texts = column.cast(TEXT)
    texts = pc.if_else(pc.equal(texts, "-0"), "-0.0", texts)
    finite = pc.is_finite(column)
    return texts if pc.all(finite).as_py() else pc.if_else(finite, texts, joined(['"', texts, '"']))


def _strings(texts: pa.Array) -> pa.Array:
    """Each text between quotes, and escaped where JSON demands it."""
    quoted = joined(['"', texts, '"'])
    hard = pc.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if not pc.any(hard).as_py():
        return quoted
    hard = pc.fill_null(hard, False)
    escaped = [json.dumps(text, ensure_ascii=False) for text in texts.filter(hard).to_pylist()]
    return pc.replace_with_mask(quoted, hard, pa.array(escaped, TEXT))
