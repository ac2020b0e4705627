"""Names of arguments as formulas can have them, which their authors write as Python can."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from derivcli.language.lexer.tokens import canonical_name

Given = TypeVar("Given")

_ARGUMENT = re.compile(r"(?<![\w.])(?:(?:\d+\.)*[A-Za-z_][\w.]*(?=\s*=(?!=))|(?=\w*_)[A-Za-z_]\w*)")
"""A name before `=`, with points perhaps, or any with an underscore."""

_WEIGHT = re.compile(r"\s*(?:\w+\.)+[A-Za-z_]{2}\w*\s*")
"""A name of a module's weight alone, such as `layers.0.weight`."""


def in_formulas(name: str) -> str:
    """An argument's name as formulas can have it: `input` for `input_`, `layer_weight` for `layer.weight`."""
    found = re.sub(r"[\W_]+", "_", canonical_name(name)).strip("_")
    return found if found[:1].isalpha() else f"arg{found}"


def names_in_formulas(text: str) -> str:
    """A text in which names of arguments are written as formulas can have them, the others as they are."""
    found = _ARGUMENT.sub(lambda found: in_formulas(found[0]), text)
    return ",".join(in_formulas(each) if _WEIGHT.fullmatch(each) else each for each in found.split(","))


def arguments_in_formulas(given: Given) -> Given:
    """What is given for arguments by their names, as a text, names or a mapping, with names that formulas can have."""
    found: object = given
    if isinstance(given, str):
        found = names_in_formulas(given)
    elif isinstance(given, list | tuple):
        found = [names_in_formulas(each) if isinstance(each, str) else each for each in given]
    elif isinstance(given, Mapping):
        found = {in_formulas(name) if isinstance(name, str) else name: each for name, each in given.items()}
    return found  # type: ignore[return-value]
