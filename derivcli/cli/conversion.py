"""Values of options read by us where there is nothing to decide; Typer reads all others, by way of Pydantic.

Importing Pydantic takes a tenth of the time of a command that needs no PyTorch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, get_args, get_origin

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")


def value_may_be_left_out(metavar: str | None) -> bool:
    """Whether an option may stand without the value that is called so, which is in square brackets then."""
    return (metavar or "").startswith("[")


def converting(parameter: Any) -> Any:
    """A parameter of a Typer command that reads its values without Pydantic where that comes to the same."""
    if hasattr(parameter, "get_runtime_param") and "get_runtime_param" not in vars(parameter):
        parameter.get_runtime_param = partial(Conversion, parameter, parameter.get_runtime_param)
    return parameter


class Conversion:
    """What Typer asks to convert the value of one parameter."""

    def __init__(self, parameter: Any, typers: Callable[[], Any]) -> None:
        self._kind = parameter.type_descriptor.annotation
        self._info = parameter.type_descriptor.parameter_info
        self._several = parameter.multiple or parameter.nargs == -1
        self._typers = typers

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value that the words mean, or an error of Typer's."""
        if value is None:
            return () if self._several else None
        if self._info.parser is None:
            if self._several and _are_texts(value, self._kind):
                return list(value)
            if not self._several and _is_plain(value, self._kind, self._info):
                return self._kind(value)
        return self._typers().coerce(value, param=param, ctx=ctx)


def _are_texts(value: Any, kind: Any) -> bool:
    texts = get_origin(kind) is list and get_args(kind) == (str,)
    return texts and isinstance(value, list | tuple) and all(type(each) is str for each in value)


def _is_plain(value: Any, kind: Any, info: Any) -> bool:
    """Whether calling `kind` with this value gives what Typer would."""
    if not isinstance(kind, type):
        return False
    if issubclass(kind, Enum):
        return type(value) is kind or (type(value) is str and any(value == each.value for each in kind))
    if kind is int and (type(value) is int or (type(value) is str and _WHOLE.fullmatch(value))):
        low, high = info.min, info.max
        return (low is None or low <= int(value)) and (high is None or int(value) <= high)
    return kind is str and type(value) is str
