"""Records whose formulas are spelled without signs that a screen may lack: `sqrt(x)` where the user wrote `√x`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from derivcli.language.spelling import Spelling
from derivcli.render.blocks import Style

Shown = TypeVar("Shown")


def spelled_for(record: Shown, style: Style) -> Shown:
    """The record as it is shown in a style."""
    return record if style.unicode else _in_ascii(record)


def _in_ascii(value: Any) -> Any:
    """A record, a list or a mapping with each spelling in it changed."""
    if isinstance(value, Spelling):
        return Spelling(tuple(pair for pair in value.written if pair[1].isascii()), value.reserved)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        changed = {name: made for name, part in parts.items() if (made := _in_ascii(part)) is not part}
        return replace(value, **changed) if changed else value
    if isinstance(value, tuple | list):
        made = [_in_ascii(part) for part in value]
        is_same = all(new is old for new, old in zip(made, value, strict=True))
        return value if is_same else type(value)(made)
    if isinstance(value, Mapping):
        made_of = {key: _in_ascii(part) for key, part in value.items()}
        return value if all(made_of[key] is part for key, part in value.items()) else made_of
    return value
