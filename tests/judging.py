"""Helpers of the tests of verdicts: a derivative of any shape, PyTorch's or a claimed one, and its verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from derivcli import parse
from derivcli.check.check_results import check_all
from derivcli.check.verdict import Verdict
from derivcli.engines.task import at_once
from derivcli.engines.torch import backward
from derivcli.points.at_option import read_points
from derivcli.result import Result, partial_of


def computed(text: str, at: str, key: str, along: str = "", dependent: str = "", dtype: str = "float64") -> Result:
    """PyTorch's derivative with a key."""
    direction = read_points([along]) if along else None
    points = read_points([at])
    (result,) = at_once(backward.prepared, [parse(text)], points.at, [partial_of(key)], dtype, direction, dependent)
    return result


def claimed(result: Result, key: str, number: float) -> Result:
    """The result with another number in place of its first derivative."""
    return replace(result, derivatives={key: np.array([number], dtype=result.value.dtype)})


def verdict_of(result: Result, at: str) -> Verdict:
    """The verdict of the only derivative of a result at its first point."""
    (checked,) = check_all([result], read_points([at]))
    (verdicts,) = checked.verdicts.values()
    verdict = verdicts[0]
    assert verdict is not None
    return verdict


def judged(text: str, at: str, key: str, along: str = "", dependent: str = "", dtype: str = "float64") -> Verdict:
    """The verdict of PyTorch's derivative with a key."""
    return verdict_of(computed(text, at, key, along, dependent, dtype), at)


def judged_claim(text: str, at: str, key: str, number: float, along: str = "", dependent: str = "") -> Verdict:
    """The verdict of a number that is claimed to be the derivative with a key."""
    first = key.split(",")[0]
    return verdict_of(claimed(computed(text, at, first, along, dependent), key, number), at)


def verdict(result: Result, name: str = "x") -> Any:
    """The verdict of the only derivative."""
    assert result.verdicts is not None
    return result.verdicts[name][0]


def value_verdict(result: Result) -> Any:
    """The verdict of the only value."""
    assert result.value_verdicts is not None
    return result.value_verdicts[0]
