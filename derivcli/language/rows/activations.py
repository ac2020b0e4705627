"""Rows: the activation functions of machine learning, each also by the name of its class in PyTorch."""

from __future__ import annotations

import math

from derivcli.language.function import Function

XY = ("x", "y")
HALF = ("1/2",)

ACTIVATIONS: tuple[Function, ...] = (
    # Straight pieces
    Function(
        name="relu", aliases=("ReLU",), derivatives=("if(x > 0, 1, 0)",), special=(("corner", "x == 0"),),
        floats=lambda x: max(x, 0.0), domain=((0.1, 3.0),), doc="Rectified linear unit, max(x, 0).",
    ),
    Function(
        name="relu6", aliases=("ReLU6",), definition="min(relu(x), 6)",
        special=(("corner", "x == 0 or x == 6"),), domain=((0.1, 5.9),),
        doc="Rectified linear unit that stays at 6, min(max(x, 0), 6).",
    ),
    Function(
        name="leaky_relu", aliases=("LeakyReLU", "leakyrelu"), parameters=("x", "slope"), defaults=("0.01",),
        definition="if(x > 0, x, slope*x)", floats=lambda x, slope=0.01: x if x > 0 else slope * x,
        special=(("corner", "x == 0"),), domain=((-3.0, -0.1), (0.01, 0.3)),
        doc="x above 0, slope*x below.",
    ),
    Function(
        name="prelu", aliases=("PReLU",), parameters=("x", "slope"), definition="if(x > 0, x, slope*x)",
        special=(("corner", "x == 0"),), domain=((-3.0, -0.1), (0.01, 0.3)),
        doc="x above 0, slope*x below, with a slope that is learned.",
    ),
    Function(
        name="threshold", aliases=("Threshold",), parameters=("x", "t", "v"), definition="if(x > t, x, v)",
        special=(("jump", "x == t"),), domain=((1.1, 3.0), (-1.0, 1.0), (-2.0, 2.0)), doc="x above t, else v.",
    ),
    Function(
        name="hardtanh", aliases=("Hardtanh",), parameters=("x", "lo", "hi"), defaults=("-1", "1"),
        definition="clamp(x, lo, hi)", defined="lo <= hi",
        special=(("corner", "x == lo or x == hi"),), domain=((-0.9, 0.9), (-2.0, -1.0), (1.0, 2.0)),
        doc="x between lo and hi, and the nearer of the two outside.",
    ),
    Function(
        name="hardsigmoid", aliases=("Hardsigmoid",), definition="relu6(x+3)/6",
        special=(("corner", "abs(x) == 3"),), domain=((-2.9, 2.9),),
        doc="Straight lines near the logistic function: x/6 + 1/2 between 0 and 1.",
    ),
    Function(
        name="hardswish", aliases=("Hardswish",), definition="x*relu6(x+3)/6",
        special=(("corner", "abs(x) == 3"),), domain=((-2.9, 2.9),),
        doc="x*hardsigmoid(x).",
    ),
    Function(
        name="hardshrink", aliases=("Hardshrink",), parameters=("x", "t"), defaults=HALF,
        definition="if(x > t or x < -t, x, 0)", special=(("jump", "abs(x) == t"),),
        defined="t >= 0", domain=((1.1, 3.0), (0.2, 1.0)), doc="x, but 0 between -t and t.",
    ),
    Function(
        name="softshrink", aliases=("Softshrink",), parameters=("x", "t"), defaults=HALF,
        definition="relu(x-t)-relu(-x-t)", defined="t >= 0",
        special=(("corner", "abs(x) == t"),), domain=((1.1, 3.0), (0.2, 1.0)),
        doc="x moved towards 0 by t, and 0 between -t and t.",
    ),
    # Smooth pieces
    Function(
        name="elu", aliases=("ELU",), parameters=("x", "alpha"), defaults=("1",),
        definition="if(x > 0, x, alpha*expm1(x))", floats=lambda x, alpha=1.0: x if x > 0 else alpha * math.expm1(x),
        special=(("branch", "x == 0"),), domain=((-3.0, -0.1), (0.5, 2.0)),
        doc="Exponential linear unit: x above 0, alpha*(exp(x) - 1) below.",
    ),
    Function(
        name="celu", aliases=("CELU",), parameters=("x", "alpha"), defaults=("1",),
        definition="if(x > 0, x, alpha*expm1(x/alpha))", defined="alpha != 0",
        special=(("branch", "x == 0"),), domain=((-3.0, -0.5), (0.5, 2.0)),
        doc="Exponential linear unit without a corner: x above 0, alpha*(exp(x/alpha) - 1) below.",
    ),
    Function(
        name="selu", aliases=("SELU",),
        definition="1.0507009873554804934193349852946*if(x > 0, x, 1.6732632423543772848170429916717*expm1(x))",
        special=(("corner", "x == 0"),),
        doc="Exponential linear unit scaled so that layers keep mean 0 and variance 1.",
    ),
    Function(
        name="softsign", aliases=("Softsign",), derivatives=("(1/(1+abs(x)))^2",),
        floats=lambda x: x / (1 + abs(x)), doc="x/(1 + abs(x)).",
    ),
    Function(
        name="tanhshrink", aliases=("Tanhshrink",), derivatives=("tanh(x)^2",), domain=((0.1, 3.0),),
        doc="x - tanh(x), accurate near 0.",
    ),
    # Smooth
    Function(
        name="sigmoid", aliases=("expit", "logistic", "Sigmoid"), derivatives=("sigmoid(x)*sigmoid(-x)",),
        floats=lambda x: 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x),
        doc="Logistic function, 1/(1 + exp(-x)).",
    ),
    Function(
        name="logsigmoid", aliases=("log_sigmoid", "LogSigmoid"), definition="-softplus(-x)",
        derivatives=("sigmoid(-x)",), domain=((-30.0, 30.0),),
        doc="Logarithm of sigmoid(x), accurate everywhere.",
    ),
    Function(
        name="softplus", aliases=("Softplus",), definition="logsumexp(0, x)", derivatives=("sigmoid(x)",),
        domain=((-30.0, 30.0),),
        doc="Smooth rectifier, log(1 + exp(x)), accurate everywhere.",
    ),
    Function(
        name="silu", aliases=("swish", "SiLU"), definition="x*sigmoid(x)", doc="Sigmoid linear unit, x*sigmoid(x).",
    ),
    Function(
        name="gelu", aliases=("GELU",), definition="x*erfc(-x/sqrt(2))/2", domain=((-8.0, 8.0),),
        doc="Gaussian error linear unit, x times the normal distribution function.",
    ),
    Function(
        name="gelu_tanh", definition="x*sigmoid(2*sqrt(2/pi)*(x+0.044715*x^3))",
        doc="The approximation x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3))) of gelu(x).",
    ),
    Function(name="mish", aliases=("Mish",), definition="x*tanh(softplus(x))", doc="x*tanh(softplus(x))."),
    Function(
        name="logsumexp", aliases=("logaddexp",), parameters=XY, variadic=True,
        derivatives=("sigmoid(x-y)", "sigmoid(y-x)"),
        floats=lambda *x: max(x) + math.log(math.fsum(math.exp(each - max(x)) for each in x)),
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        doc="log(exp(x) + exp(y) + ...) without overflow.",
    ),
    Function(
        name="softmax", aliases=("Softmax",), parameters=XY, variadic=True, alone="1", others="logsumexp",
        definition="sigmoid(x-y)", domain=((-3.0, 3.0), (-3.0, 3.0)),
        doc="Share of the first argument, exp(x)/(exp(x) + exp(y) + ...), without overflow.",
    ),
    Function(
        name="log_softmax", aliases=("LogSoftmax",), parameters=XY, variadic=True, alone="0", others="logsumexp",
        definition="logsigmoid(x-y)", domain=((-3.0, 3.0), (-3.0, 3.0)),
        doc="Logarithm of softmax(x, y, ...), accurate everywhere.",
    ),
)
