"""Planted faults of a gradient that is another number."""

from __future__ import annotations

import torch

from tests.custom_functions import pair, saving, square, straight
from tests.planted.row import Rows, fault

IGNORES = "ignores grad_output: right at the end of a graph, wrong inside one"
NOT_DERIVATIVE = "backward is not the derivative of forward"
STRAIGHT = "looks like a straight-through estimator; say --gradient 1 if that is meant"
NOT_PROPORTIONAL = "backward is not proportional to grad_output"
NOT_FINITE = "backward gives no finite number where there is a derivative"


NUMBERS: Rows = {
    "ignores grad_output": fault("ignores", IGNORES, square(lambda g, i: 2 * i), "i**2"),
    "ignores grad_output, no formula": fault("ignores", IGNORES, square(lambda g, i: 2 * i)),
    "ignores grad_output in one": fault("ignores", IGNORES, pair(torch.mul, lambda g, x, y: (g * y, x)), "x*y"),
    "grad_output squared": fault("upstream", NOT_PROPORTIONAL, square(lambda g, i: g**2 * 2 * i), "i**2"),
    "grad_output clamped": fault("upstream", NOT_PROPORTIONAL, square(lambda g, i: g.clamp(-1, 1) * 2 * i)),
    "sign of grad_output": fault("upstream", NOT_PROPORTIONAL, square(lambda g, i: g.sign() * 2 * i)),
    "factor": fault("factor", "off by a factor 2", square(lambda g, i: g * 4 * i), "i**2"),
    "factor, no formula": fault("factor", "off by a factor 0.5", square(lambda g, i: g * i)),
    "factor of little": fault("factor", "off by a factor 1.0005", square(lambda g, i: g * 2 * i * 1.0005)),
    "negative factor": fault("factor", "off by a factor -2", square(lambda g, i: g * -4 * i), "i**2"),
    "sign": fault("sign", "wrong sign", saving(torch.cos, lambda g, i: g * torch.sin(i)), "cos(i)"),
    "sign, no formula": fault("sign", "wrong sign", saving(torch.cos, lambda g, i: g * torch.sin(i))),
    "constant": fault("constant", "off by an added constant 1", square(lambda g, i: g * (2 * i + 1)), "i**2"),
    "zero": fault("zero", "backward gives 0, and forward varies", square(lambda g, i: g * 0), "i**2"),
    "nan": fault("infinite", NOT_FINITE, square(lambda g, i: g * i / 0), "i**2"),
    "another": fault("derivative", NOT_DERIVATIVE, square(lambda g, i: g * i**2), "i**2"),
    "another, no formula": fault("derivative", NOT_DERIVATIVE, square(lambda g, i: g * i**2)),
    "straight through": fault("straight", STRAIGHT, saving(torch.round, straight)),
    "negative numbers": fault(
        "somewhere", "backward is wrong where i is negative", square(lambda g, i: g * 2 * i.clamp(min=0))
    ),
    "positive numbers": fault(
        "somewhere", "backward is wrong where i is positive", square(lambda g, i: g * 2 * i.clamp(max=0)), "i**2"
    ),
    "large numbers": fault(
        "somewhere", "backward is wrong where |i| is above 9", square(lambda g, i: g * 2 * i.clamp(-9, 9)), "i**2"
    ),
    "above": fault(
        "somewhere", "backward is wrong where i is above 9", square(lambda g, i: g * 2 * i.clamp(max=9)), "i**2"
    ),
    "formula": fault("forward", "forward is not i**3", square(lambda g, i: g * 2 * i), "i**3"),
    "forward nan": fault(
        "forward", "forward is not |i|", saving(lambda i: torch.where(i > 0, i, torch.nan), straight), "|i|"
    ),
    "swapped": fault(
        "swapped", "the gradients of x and y are swapped", pair(torch.mul, lambda g, x, y: (g * x, g * y)), "x*y"
    ),
    "factor in one": fault("factor", "off by a factor 3 in y", pair(torch.mul, lambda g, x, y: (g * y, 3 * g * x))),
    "factor in both": fault("factor", "off by a factor 3", pair(torch.mul, lambda g, x, y: (3 * g * y, 3 * g * x))),
    "one missing": fault(
        "none",
        "backward gives None for y, on which forward depends",
        pair(torch.mul, lambda g, x, y: (g * y, None)),
        "x*y",
    ),
    "missing": fault("none", "backward gives None for i, on which forward depends", square(lambda g, i: None), "i**2"),
    "another, and nan": fault("derivative", NOT_DERIVATIVE, saving(torch.lgamma, lambda g, i: g * torch.log(i))),
    "nan somewhere": fault(
        "infinite above",
        "backward gives no finite number where i is negative",
        saving(torch.lgamma, lambda g, i: g * torch.digamma(i) * (i.clamp(min=0) / i.clamp(min=0))),
    ),
}
