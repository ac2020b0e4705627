"""What the check of a user's function is given, in the types that each surface has for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from derivcli.errors import DerivError
from derivcli.python_arguments import names_of, text_in
from derivcli.python_options import Formula

Gradient: TypeAlias = "Formula | Sequence[str] | Mapping[str, Formula]"

_OF_ONE = re.compile(r"\s*(\w+)\s*=(?!=)")


def gradients_of(gradient: Gradient | None) -> dict[str, str]:
    """The formulas of stated gradients by the names of arguments; that of all of them, stated without a name, by ""."""
    if gradient is None:
        return {}
    if isinstance(gradient, Mapping):
        pairs = [*gradient.items()]
    else:
        pairs = [_named(each) for each in (gradient if isinstance(gradient, list | tuple) else [gradient])]
    found: dict[str, str] = {}
    for name, formula in pairs:
        if name != "":
            (name,) = names_of([name], 'gradient={"x": "1"}', "gradient")
        if name in found:
            whose = f"the gradient of '{name}'" if name else "the gradient"
            raise DerivError(f"{whose} is stated twice", hint="state the gradient of an argument once")
        read = text_in(formula, "a gradient")
        found[name] = read if isinstance(read, str) else read.source
    return found


def _named(gradient: Formula) -> tuple[str, Formula]:
    named = _OF_ONE.match(gradient) if isinstance(gradient, str) else None
    return (named[1], named.string[named.end() :].strip()) if named else ("", gradient)
