"""What Python values say of a function's arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.arguments.given import Given
from derivcli.custom.arguments.literals import is_nested, nested_numbers, shape_of_text, tensors_in
from derivcli.custom.loading.argument_names import in_formulas
from derivcli.errors import ArgumentError, failure
from derivcli.points.points import Points

Shapes: TypeAlias = "Mapping[str, int | str | Sequence[int]]"
Constants: TypeAlias = "Mapping[str, object]"

SHAPE_HINT = 'write it like shape={"x": (4, 3)}'
FORMATS = {
    str(each).removeprefix("torch."): each
    for each in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool)
}
"""Number formats by their names."""

WITH_HINT = 'write it like with_={"lam": 0.5}'


def parted(at: object) -> tuple[object, dict[str, object]]:
    """Points as they were given, without tensors, and these: what has two dimensions or more."""
    if isinstance(at, str) and is_nested(at):
        return None, dict(tensors_in([at]))
    if not isinstance(at, Mapping):
        return at, {}
    tensors = {name: value for name, value in at.items() if _is_tensor(value)}
    return {name: value for name, value in at.items() if name not in tensors} or (None if tensors else at), tensors


def _is_tensor(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("[")
    if isinstance(value, list | tuple):
        return bool(value) and isinstance(value[0], list | tuple)
    dimensions = getattr(value, "ndim", 0)
    return isinstance(dimensions, int) and dimensions > 1


def given_of(
    points: Points | None,
    tensors: Mapping[str, object],
    wrt: Sequence[str] | None,
    shape: object,
    with_: object,
) -> Given:
    """All that was said, in one."""
    if points is not None and not (points.count and points.is_finite):
        raise ArgumentError("a function is tried at finite points, one or more", hint="leave out all others")
    shapes = {name: _shape(name, each) for name, each in _mapping(shape, "shape", SHAPE_HINT).items()}
    constants = {name: _several(name, each) for name, each in _mapping(with_, "with_", WITH_HINT).items()}
    return Given(points, {name: _tensor(name, each) for name, each in tensors.items()}, shapes, constants, wrt)


def _mapping(value: object, what: str, hint: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        kind = type(value).__name__
        raise ArgumentError(f"{what} is a mapping of names to values, not {kind}", hint=hint)
    return {name if "[" in name else in_formulas(name): each for name, each in value.items()}


def _shape(name: str, value: object) -> tuple[int, ...]:
    if isinstance(value, str):
        return shape_of_text(value)
    sizes = value if isinstance(value, Sequence) else (value,)
    if not all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes):
        raise ArgumentError(f"the shape of '{name}' is a tuple of whole numbers above 0", hint=SHAPE_HINT)
    return shape_of_text("x".join(map(str, sizes)) or "()")


def _several(name: str, value: object) -> tuple[object, ...]:
    """The values of a constant: each of a list."""
    return tuple(_read(name, each) for each in (value if isinstance(value, list) and value else [value]))


def _read(name: str, value: object) -> object:
    """A device or a number format where an argument of that name is given as text, and else the value as it is."""
    if not isinstance(value, str):
        return value
    if name == "dtype":
        return FORMATS.get(value.removeprefix("torch."), value)
    if name != "device":
        return value
    try:
        return torch.device(value)
    except RuntimeError:
        raise ArgumentError(f"'{value}' is no device of PyTorch", hint="give cpu or cuda") from None


def _tensor(name: str, value: object) -> Tensor:
    try:
        found = torch.as_tensor(nested_numbers(value) if isinstance(value, str) else value).detach()
        found = found.to("cpu", torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        hint = 'give rows of equal length, as in `shell:x=[[1,2],[3,4]]``python:at={"x": [[1, 2], [3, 4]]}`'
        raise ArgumentError(f"'{name}' is no tensor: {failure(error)}", hint=hint) from None
    if not found.numel() or not found.isfinite().all():
        raise ArgumentError(f"'{name}' is a tensor of finite numbers, one or more", hint="leave out all others")
    return found
