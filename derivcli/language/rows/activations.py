"""Rows: the activation functions of machine learning."""

from __future__ import annotations

import math

from derivcli.language.function import Function

XY = ("x", "y")

ACTIVATIONS: tuple[Function, ...] = (
    # Activation functions
    Function(
        name="relu", aliases=("ReLU",), derivatives=("if(x > 0, 1, 0)",), special=(("corner", "x == 0"),),
        floats=lambda x: max(x, 0.0), domain=((0.1, 3.0),), doc="Rectified linear unit, max(x, 0).",
    ),
    Function(
        name="leaky_relu", aliases=("LeakyReLU", "leakyrelu"), parameters=("x", "slope"), defaults=("0.01",),
        definition="if(x > 0, x, slope*x)", floats=lambda x, slope=0.01: x if x > 0 else slope * x,
        domain=((-3.0, -0.1), (0.01, 0.3)),
        doc="x above 0, slope*x below.",
    ),
    Function(
        name="elu", aliases=("ELU",), parameters=("x", "alpha"), defaults=("1",),
        definition="if(x > 0, x, alpha*expm1(x))", floats=lambda x, alpha=1.0: x if x > 0 else alpha * math.expm1(x),
        domain=((-3.0, -0.1), (0.5, 2.0)),
        doc="Exponential linear unit: x above 0, alpha*(exp(x) - 1) below.",
    ),
    Function(
        name="sigmoid", aliases=("expit", "logistic", "Sigmoid"), derivatives=("sigmoid(x)*sigmoid(-x)",),
        floats=lambda x: 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x),
        doc="Logistic function, 1/(1 + exp(-x)).",
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
    Function(name="mish", aliases=("Mish",), definition="x*tanh(softplus(x))", doc="x*tanh(softplus(x))."),
    Function(
        name="logsumexp", aliases=("logaddexp",), parameters=XY, variadic=True,
        derivatives=("sigmoid(x-y)", "sigmoid(y-x)"),
        floats=lambda *x: max(x) + math.log(math.fsum(math.exp(each - max(x)) for each in x)),
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        doc="log(exp(x) + exp(y) + ...) without overflow.",
    ),
)
