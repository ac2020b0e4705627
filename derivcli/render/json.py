"""JSON: one documented, versioned object, whose numbers read back exactly."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.render.columns import Style, named
from derivcli.render.numbers import number_texts
from derivcli.result import FLAGS

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdict, Verdicts
    from derivcli.language.expression import Expression
    from derivcli.result import FloatArray, Result, SymbolicResult

VERSION = 1
"""Raised when a program that reads the object would have to change."""


def write_json(results: Sequence[Result], style: Style) -> str:
    """The points, and for each function its value, derivatives and flags at every point."""
    functions = [
        {
            **_described(name, result.expression),
            "value": _numbers(result.value, style),
            "derivatives": {variable: _numbers(values, style) for variable, values in result.derivatives.items()},
            "flags": [_kinds(bits) for bits in result.flags.tolist()],
            "verdicts": {variable: _verdicts(verdicts) for variable, verdicts in result.verdicts.items()},
            "value_verdicts": [] if result.value_verdicts is None else _verdicts(result.value_verdicts),
        }
        for name, result in named(results)
    ]
    at = {variable: _numbers(values, style) for variable, values in results[0].at.items()}
    return _dump({"version": VERSION, "dtype": str(results[0].value.dtype), "at": at, "functions": functions})


def write_formulas_json(results: Sequence[SymbolicResult], style: Style) -> str:
    """For each function its derivatives as formulas."""
    functions = [
        {
            **_described(name, result.expression),
            "derivatives": {variable: formula.text for variable, formula in result.derivatives.items()},
        }
        for name, result in named(results)
    ]
    return _dump({"version": VERSION, "functions": functions})


def _described(name: str, expression: Expression) -> dict[str, Any]:
    return {
        "name": name,
        "source": expression.source,
        "expression": expression.text,
        "variables": list(expression.variables),
        "definitions": {definition.name: definition.text for definition in expression.definitions},
    }


def _verdicts(verdicts: Verdicts) -> list[dict[str, Any] | None]:
    """What was found of each number, all of it."""
    found = [verdicts[point] for point in range(len(verdicts))]
    return [None if verdict is None else _verdict(verdict) for verdict in found]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    numbers = {"truth": verdict.truth, "left": verdict.left, "right": verdict.right}
    shown = {name: number if number is None else _number(number) for name, number in numbers.items()}
    message = {"message": verdict.message, "differs": verdict.differs}
    return {"kind": verdict.kind, "digits": verdict.digits, **shown, **message}


def _number(number: float) -> float | str:
    return _numbers(np.array([number]), Style())[0]


def _numbers(values: FloatArray, style: Style) -> list[float | str]:
    """Numbers as JSON holds them; "nan", "inf" and "-inf" are text since JSON has no such numbers."""
    texts = number_texts(values, style.digits)
    return [_exact(text) if math.isfinite(value) else text for text, value in zip(texts, values.tolist(), strict=True)]


def _exact(text: str) -> float | int:
    """A number whose JSON text is as short as ours: whole numbers without a point, within float64's integers."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 and not text.startswith("-0") else value


def _kinds(bits: int) -> list[str]:
    return [kind for place, kind in enumerate(FLAGS) if bits >> place & 1]


def _dump(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False) + "\n"
