"""Formulas drawn at random, each with a plain function of NumPy, and uncertain inputs for it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.measurement import Array, Measurement

Made = tuple[str, Callable[..., Any]]
"""A formula's text, and the same as a function of the dictionary of its variables."""

UNARY: dict[str, Callable[[Array], Array]] = {
    **{"exp({})": np.exp, "sin({})": np.sin, "cos({})": np.cos, "atan({})": np.arctan, "tanh({})": np.tanh},
    **{"({})^2": lambda u: u * u, "({})^3": lambda u: u * u * u, "1/({})": lambda u: 1 / u, "log({})": np.log},
    **{"sqrt({})": np.sqrt, "abs({})": np.abs, "log(1+({})^2)": lambda u: np.log1p(u * u), "-({})": lambda u: -u},
    **{"sqrt(1+({})^2)": lambda u: np.sqrt(1 + u * u), "cbrt({})": np.cbrt, "relu({})": lambda u: np.maximum(u, 0)},
    **{"floor({})": np.floor, "1/(1+exp(-({})))": lambda u: 1 / (1 + np.exp(-u))},
}

BINARY: dict[str, Callable[[Array, Array], Array]] = {
    **{"({})+({})": lambda u, v: u + v, "({})-({})": lambda u, v: u - v, "({})*({})": lambda u, v: u * v},
    **{"({})/({})": lambda u, v: u / v, "max({},{})": np.maximum, "min({},{})": np.minimum},
    **{"atan2({},{})": np.arctan2, "hypot({},{})": np.hypot, "({})^({})": np.power},
}


def formula_drawn(generator: random.Random, names: list[str], depth: int) -> Made:
    """A formula of at most so many levels."""
    kind = generator.random()
    if depth == 0 or kind < 0.1:
        if generator.random() < 0.15:
            number = generator.choice([0.5, 2.0, 3.0, 0.1])
            return f"{number:g}", lambda at: number
        name = generator.choice(names)
        return name, lambda at: at[name]
    if kind < 0.5:
        text = generator.choice([*UNARY])
        inner, value = formula_drawn(generator, names, depth - 1)
        function = UNARY[text]
        return text.format(inner), lambda at: function(value(at))
    text = generator.choice([*BINARY, "({})+({})", "({})*({})", "({})/({})"])
    one, first = formula_drawn(generator, names, depth - 1)
    other, second = formula_drawn(generator, names, depth - 1)
    both = BINARY[text]
    return text.format(one, other), lambda at: both(first(at), second(at))


def measurement_drawn(seed: int) -> Measurement:
    """A formula with a value, and its inputs."""
    generator = random.Random(seed)
    while True:
        names = ["x", "y", "z"][: generator.choice([1, 1, 2, 2, 3])]
        text, function = formula_drawn(generator, names, generator.choice([2, 3, 3, 4]))
        used = [name for name in names if name in set(text.replace("exp", "").replace("max", ""))]
        inputs = {}
        for name in used:
            value = generator.choice([0.0, 1.0, 0.5, 2.0, round(generator.uniform(-3, 3), 2)])
            inputs[name] = value, 10 ** generator.uniform(-2.5, 0) * generator.choice([0.1, 1.0, 1.0])
        with np.errstate(all="ignore"):
            found = np.asarray(function({name: np.array([value]) for name, (value, _) in inputs.items()}))
        if used and np.isfinite(found).all():
            break
    pairs = {(used[0], used[1]): generator.choice([0.5, -0.9, 1.0, 0.99])} if len(used) > 1 else {}
    if generator.random() < 0.6:
        pairs = {}
    return Measurement(f"drawn {seed}", text, lambda **at: function(at), inputs, pairs)
