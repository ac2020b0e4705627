"""How formulas call a user's function: with tensors of points, and with numbers where it takes numbers."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from derivcli.custom import PREFIX
from derivcli.custom.loading.argument_names import in_formulas
from derivcli.custom.loading.custom_function import CustomFunction, Parameter, custom_function
from derivcli.errors import DerivError
from derivcli.language.functions.forms import reserved_names
from derivcli.language.functions.row import Function
from derivcli.language.lexer.tokens import canonical_name, is_name

MAX_CHOSEN = 4
"""Of so many operands every choice of those that are numbers is tried."""

PROBE_POINTS = 2
"""So many points show what a function takes: a test such as `if x > 0` fails at more than one."""

PROBE_NUMBERS = (0.5, 1.5)
"""Where a function is tried that is called nowhere yet."""


def is_callable_name(name: str) -> bool:
    """Whether a formula can call something by a name."""
    return is_name(name) and name not in (*reserved_names(), "and", "or", "not")


def row_of(function: CustomFunction, place: str = "") -> Function:
    """The row of a function that formulas call by its name; `place` is what names it, as in FILE.py:NAME.

    Raises DerivError where a formula could not call it so.
    """
    if not is_callable_name(function.name):
        name = in_formulas(function.name)
        way = f", as in `--use {name}={place}`" if place and is_callable_name(name) else ""
        hint = f"give it a name that begins with a letter{way}" if function.name[:1] == "_" else f"name it anew{way}"
        raise DerivError(f"'{function.name}' cannot be called in a formula", hint=hint)
    call = FormulaCall(function, place)
    optional = [each for each in call.parameters if not each.required]
    return Function(
        name=canonical_name(function.name),
        doc=function.doc,
        parameters=tuple(each.name for each in call.parameters),
        defaults=() if call.is_variadic else tuple(str(each.default) for each in optional),
        variadic=call.is_variadic,
        kernel=call,
    )


@dataclass(frozen=True, eq=False)
class FormulaCall:
    """A user's function as formulas call it: tensors of shape (points,) in, and whatever it gives out.

    `chosen` remembers which operands it takes as numbers, by how many there are and which of them are constants.
    """

    function: CustomFunction
    place: str = ""
    chosen: dict[tuple[int, tuple[int, ...]], frozenset[int]] = field(default_factory=dict)

    @property
    def target(self) -> Any:
        """The class, the function or the module."""
        return self.function.target

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FormulaCall):
            return NotImplemented
        return self.target is other.target and self.function.name == other.function.name

    def __hash__(self) -> int:
        return hash(self.function.name)

    def __reduce__(self) -> tuple[Callable[..., FormulaCall], tuple[str, object, str]]:
        return formula_call, (self.function.name, self.target, self.place)

    @property
    def importable(self) -> tuple[str, str]:
        """The module and the name in it by which Python finds the target, as far as is known."""
        where, _, name = self.place.rpartition(":")
        module = Path(where).stem if where.endswith(".py") else where
        if inspect.isclass(self.target) or inspect.isfunction(self.target):
            module, name = self.target.__module__.removeprefix(PREFIX), self.target.__qualname__
        return module, name.rpartition("<locals>.")[2]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments that a formula gives, in its order: those that can be numbers, the required ones first."""
        given = self.function.parameters
        if self.is_variadic:
            return tuple(each for each in given if each.kind != "keyword")
        return tuple(sorted(filter(_may_be_number, given), key=lambda each: not each.required))

    @cached_property
    def is_variadic(self) -> bool:
        """Whether it takes any number of arguments."""
        return any(each.kind == "variadic" for each in self.function.parameters)

    def __call__(self, *operands: Tensor, constants: Mapping[int, float] | None = None) -> Any:
        """What the function gives; `constants` are the operands that the formula writes as numbers, by their places.

        Raises DerivError where the function takes a number for what is none in the formula.
        """
        constants = constants or {}
        key = len(operands), tuple(constants)
        if key not in self.chosen:
            self.chosen[key] = self.numbers_among(operands, constants)
        try:
            return self._run(operands, constants, self.chosen[key])
        except Exception:
            self._refuse_variables(operands, constants)
            raise

    def numbers_in_code(self, count: int, constants: Mapping[int, float]) -> frozenset[int]:
        """Which constants a call with so many arguments takes as numbers, wherever it stands."""
        return self.numbers_among([torch.tensor(PROBE_NUMBERS, dtype=torch.float64)] * count, constants)

    def numbers_among(self, operands: Sequence[Tensor], constants: Mapping[int, float]) -> frozenset[int]:
        """Which constants it takes as numbers: those without a gradient, or where the function fails with tensors."""
        if not constants:
            return frozenset()
        probes = [_probe(x) for x in operands]
        unused = self._unused(probes, constants)
        choices = _choices(tuple(constants)) if unused is None else [unused]
        return next((each for each in choices if self._works(probes, constants, each)), frozenset())

    def _refuse_variables(self, operands: Sequence[Tensor], constants: Mapping[int, float]) -> None:
        """Refuse tensors where numbers in their places would do."""
        probes = [_probe(x) for x in operands]
        variables = [k for k in range(len(operands)) if k not in constants]
        numbers = dict(constants) | {k: float(probes[k][0].detach()) for k in variables}
        choices = [*_choices(variables), *(one | {*constants} for one in _choices(variables))]
        for choice in (each for each in choices if len(each) < len(operands)):
            if self._works(probes, numbers, choice):
                (*_, name) = (self.parameters[min(k, len(self.parameters) - 1)].name for k in choice if k in variables)
                message = f"'{self.function.name}' takes {name} as a Python number, which is one for all points"
                raise DerivError(message, hint="write a number in its place in the formula")

    def _run(self, operands: Sequence[Tensor], constants: Mapping[int, float], chosen: frozenset[int]) -> Any:
        """What the function gives, for some constants as numbers."""
        given = [_number(constants[k]) if k in chosen else x for k, x in enumerate(operands)]
        positional: list[Any] = given
        named: dict[str, Any] = {}
        if not self.is_variadic:
            by_name = dict(zip((each.name for each in self.parameters), given, strict=False))
            ordered = [each for each in self.function.parameters if each.kind == "positional"]
            while ordered and ordered[-1].name not in by_name:
                ordered.pop()
            positional = [by_name.pop(each.name, each.default) for each in ordered]
            named = by_name
        like = operands[0] if operands else torch.zeros(())
        for each in self.function.parameters:
            if each.kind == "keyword" and isinstance(each.default, Tensor):  # the weights of a module
                named[each.name] = each.default.detach().to(like)
        return self.function.call(*positional, **named)

    def _works(self, probes: Sequence[Tensor], constants: Mapping[int, float], chosen: frozenset[int]) -> bool:
        try:
            with torch.no_grad():
                return isinstance(self._run([x.clone() for x in probes], constants, chosen), Tensor)
        except (Exception, SystemExit):
            return False

    def _unused(self, probes: Sequence[Tensor], constants: Mapping[int, float]) -> frozenset[int] | None:
        """The constants that get no gradient where they are given as tensors; None where that fails."""
        try:
            with torch.inference_mode(False), torch.enable_grad():
                leaves = [x.clone().requires_grad_() for x in probes]
                value = self._run(leaves, constants, frozenset())
                found = torch.autograd.grad(value.sum(), [leaves[k] for k in constants], allow_unused=True)
        except (Exception, SystemExit):
            return None
        return frozenset(k for k, gradient in zip(constants, found, strict=True) if gradient is None)


def formula_call(name: str, target: object, place: str) -> FormulaCall:
    """A user's function as formulas call it, by what Python finds by its name."""
    return FormulaCall(custom_function(name, target), place)


def _may_be_number(parameter: Parameter) -> bool:
    """Whether an argument can be what a formula gives; one that is a text or a flag keeps its default."""
    default = parameter.default
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    return parameter.required or default is None or is_number


def _number(constant: float) -> float | int:
    """A constant as one writes it in Python: a whole one without a point."""
    return int(constant) if constant.is_integer() else constant


def _probe(x: Tensor) -> Tensor:
    """A few of the numbers of a tensor, cut off from its graph."""
    numbers = x.detach().reshape(-1) if x.numel() else x.new_ones(1)
    return torch.cat([numbers[:PROBE_POINTS]] * PROBE_POINTS)[:PROBE_POINTS]


def _choices(places: Sequence[int]) -> Iterator[frozenset[int]]:
    """Operands that may be numbers: all of them, then fewer; of many all or one."""
    sizes = range(len(places), 0, -1) if len(places) <= MAX_CHOSEN else (len(places), 1)
    for size in sizes:
        yield from map(frozenset, itertools.combinations(places, size))
