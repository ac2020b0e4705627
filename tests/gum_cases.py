"""Measurements of the kinds that guides to uncertainty have; the numbers are our own."""

from __future__ import annotations

import numpy as np

from tests.measurement import Array, Measurement


def _buoyed(m: Array, a: Array, s: Array, w: Array) -> Array:
    return m * (1 - a / s) / (1 - a / w)


MEASUREMENTS = [
    # lengths
    Measurement(
        "an end gauge by comparison",
        "(L+d)*(1+b*t)/(1+a*t)",
        lambda L, d, a, b, t: (L + d) * (1 + b * t) / (1 + a * t),  # noqa: N803
        {"L": (75.0002, 3e-5), "d": (1.4e-4, 1.2e-5), "a": (1.08e-5, 8e-7), "b": (1.13e-5, 6e-7), "t": (-0.3, 0.2)},
    ),
    Measurement(
        "an end gauge by differences of expansion and temperature",
        "L+d-L*(e*t+a*h)",
        lambda L, d, e, t, a, h: L + d - L * (e * t + a * h),  # noqa: N803
        {
            **{"L": (50.00062, 2.5e-5), "d": (2.15e-4, 9.7e-6), "e": (0.0, 0.58e-6), "t": (-0.1, 0.41)},
            **{"a": (1.15e-5, 1.2e-6), "h": (0.0, 0.029)},
        },
    ),
    Measurement(
        "the diameter of a ball from its mass and density",
        "cbrt(6*m/(pi*q))",
        lambda m, q: np.cbrt(6 * m / (np.pi * q)),
        {"m": (0.0281, 0.0004), "q": (7800.0, 90.0)},
    ),
    Measurement(
        "the sag of a long rule",
        "5*w*l^4/(384*E*I)",
        lambda w, l, E, I: 5 * w * l**4 / (384 * E * I),  # noqa: E741, N803
        {"w": (42.0, 0.8), "l": (1.8, 0.002), "E": (2.05e11, 3e9), "I": (6.1e-8, 4e-10)},
    ),
    Measurement(
        "a distance by triangulation",
        "b*sin(p)*sin(q)/sin(p+q)",
        lambda b, p, q: b * np.sin(p) * np.sin(q) / np.sin(p + q),
        {"b": (120.0, 0.02), "p": (1.1, 0.004), "q": (1.3, 0.004)},
    ),
    Measurement(
        "the height of a tower",
        "d*tan(p)+h",
        lambda d, p, h: d * np.tan(p) + h,
        {"d": (48.0, 0.1), "p": (0.62, 0.003), "h": (1.55, 0.01)},
    ),
    Measurement(
        "the third side of a triangle",
        "sqrt(a^2+b^2-2*a*b*cos(g))",
        lambda a, b, g: np.sqrt(a**2 + b**2 - 2 * a * b * np.cos(g)),
        {"a": (31.2, 0.05), "b": (44.9, 0.05), "g": (0.9, 0.002)},
    ),
    Measurement(
        "the volume of a cylinder",
        "pi*d^2*h/4",
        lambda d, h: np.pi * d * d * h / 4,
        {"d": (24.05, 0.02), "h": (60.1, 0.05)},
    ),
    Measurement(
        "the volume of a rough cylinder",
        "pi*d^2*h/4",
        lambda d, h: np.pi * d * d * h / 4,
        {"d": (24.0, 3.5), "h": (60.0, 6.0)},
    ),
    Measurement(
        "a radius of curvature from chord and sagitta",
        "c^2/(8*s)+s/2",
        lambda c, s: c**2 / (8 * s) + s / 2,
        {"c": (50.0, 0.02), "s": (1.25, 0.01)},
    ),
    # electricity
    Measurement(
        "a resistance at alternating current",
        "v/i*cos(p)",
        lambda v, i, p: v / i * np.cos(p),
        {"v": (5.012, 0.0034), "i": (0.01978, 1e-5), "p": (1.031, 0.0008)},
        {("v", "i"): -0.4, ("v", "p"): 0.8, ("i", "p"): -0.6},
    ),
    Measurement(
        "a reactance at alternating current",
        "v/i*sin(p)",
        lambda v, i, p: v / i * np.sin(p),
        {"v": (5.012, 0.0034), "i": (0.01978, 1e-5), "p": (1.031, 0.0008)},
        {("v", "i"): -0.4, ("v", "p"): 0.8, ("i", "p"): -0.6},
    ),
    Measurement(
        "the impedance of both",
        "sqrt(r^2+x^2)",
        lambda r, x: np.sqrt(r**2 + x**2),
        {"r": (127.7, 0.07), "x": (219.8, 0.3)},
        {("r", "x"): -0.59},
    ),
    Measurement(
        "a power from voltage and a warm resistor",
        "V^2/(R*(1+a*(t-20)))",
        lambda V, R, a, t: V**2 / (R * (1 + a * (t - 20))),  # noqa: N803
        {"V": (12.0, 0.05), "R": (47.0, 0.2), "a": (3.9e-3, 1e-5), "t": (36.0, 0.5)},
    ),
    Measurement(
        "two resistors in parallel",
        "p*q/(p+q)",
        lambda p, q: p * q / (p + q),
        {"p": (330.0, 3.3), "q": (470.0, 4.7)},
    ),
    Measurement(
        "two poor resistors in parallel",
        "p*q/(p+q)",
        lambda p, q: p * q / (p + q),
        {"p": (330.0, 50.0), "q": (470.0, 70.0)},
    ),
    Measurement(
        "a ratio of standards of one origin",
        "a/b",
        lambda a, b: a / b,
        {"a": (10000.3, 0.1), "b": (9998.7, 0.1)},
        {("a", "b"): 1.0},
    ),
    Measurement(
        "ten resistors of one calibration in series",
        "a+b+c+d",
        lambda a, b, c, d: a + b + c + d,
        {"a": (1000.0, 0.1), "b": (1000.0, 0.1), "c": (1000.0, 0.1), "d": (1000.0, 0.1)},
        {
            **{("a", "b"): 1.0, ("a", "c"): 1.0, ("a", "d"): 1.0},
            **{("b", "c"): 1.0, ("b", "d"): 1.0, ("c", "d"): 1.0},
        },
    ),
    Measurement(
        "decibels of a ratio of powers",
        "10*log10(p/q)",
        lambda p, q: 10 * np.log10(p / q),
        {"p": (4.2, 0.1), "q": (0.8, 0.02)},
    ),
    Measurement(
        "decibels of a weak signal",
        "10*log10(p/q)",
        lambda p, q: 10 * np.log10(p / q),
        {"p": (4.2, 1.1), "q": (0.8, 0.02)},
    ),
    Measurement(
        "a mismatch of two reflections",
        "1-x^2-y^2",
        lambda x, y: 1 - x**2 - y**2,
        {"x": (0.05, 0.005), "y": (0.0, 0.005)},
    ),
    Measurement(
        "a mismatch without reflections",
        "1-x^2-y^2",
        lambda x, y: 1 - x**2 - y**2,
        {"x": (0.0, 0.005), "y": (0.0, 0.005)},
    ),
    Measurement(
        "a resonance",
        "1/(2*pi*sqrt(L*C))",
        lambda L, C: 1 / (2 * np.pi * np.sqrt(L * C)),  # noqa: N803
        {"L": (1.5e-3, 3e-5), "C": (2.2e-9, 4.4e-11)},
    ),
    Measurement(
        "a diode",
        "s*(exp(v/w)-1)",
        lambda s, v, w: s * np.expm1(v / w),
        {"s": (2e-12, 1e-13), "v": (0.55, 0.001), "w": (0.02585, 2e-5)},
    ),
    Measurement(
        "a diode at a voltage of which little is known",
        "s*(exp(v/w)-1)",
        lambda s, v, w: s * np.expm1(v / w),
        {"s": (2e-12, 1e-13), "v": (0.55, 0.012), "w": (0.02585, 2e-5)},
    ),
    # temperature
    Measurement(
        "a line of calibration away from its middle",
        "a+b*(t-20)",
        lambda a, b, t: a + b * (t - 20),
        {"a": (-0.1712, 0.0029), "b": (0.00218, 0.00067), "t": (30.0, 0.01)},
        {("a", "b"): -0.93},
    ),
    Measurement(
        "a thermistor",
        "1/(1/t+log(r/s)/b)-273.15",
        lambda t, r, s, b: 1 / (1 / t + np.log(r / s) / b) - 273.15,
        {"t": (298.15, 0.05), "r": (6530.0, 15.0), "s": (10000.0, 30.0), "b": (3950.0, 20.0)},
    ),
    Measurement(
        "a resistance thermometer",
        "(-a+sqrt(a^2-4*b*(1-r/s)))/(2*b)",
        lambda a, b, r, s: (-a + np.sqrt(a**2 - 4 * b * (1 - r / s))) / (2 * b),
        {"a": (3.9083e-3, 1e-6), "b": (-5.775e-7, 1e-9), "r": (119.4, 0.02), "s": (100.0, 0.01)},
    ),
    Measurement(
        "radiation of a black body",
        "c*T^4",
        lambda c, T: c * T**4,  # noqa: N803
        {"c": (5.670374e-8, 0.0), "T": (1200.0, 15.0)},
    ),
    Measurement(
        "radiation of a body of which the temperature is guessed",
        "c*T^4",
        lambda c, T: c * T**4,  # noqa: N803
        {"c": (5.670374e-8, 0.0), "T": (1200.0, 110.0)},
    ),
    Measurement(
        "a rate by Arrhenius",
        "A*exp(-E/(8.314462618*T))",
        lambda A, E, T: A * np.exp(-E / (8.314462618 * T)),  # noqa: N803
        {"A": (3e9, 1e8), "E": (55000.0, 90.0), "T": (310.0, 0.4)},
    ),
    Measurement(
        "a rate by Arrhenius with a poor energy",
        "A*exp(-E/(8.314462618*T))",
        lambda A, E, T: A * np.exp(-E / (8.314462618 * T)),  # noqa: N803
        {"A": (3e9, 1e8), "E": (55000.0, 900.0), "T": (310.0, 0.4)},
    ),
    Measurement(
        "the dew point",
        "237.7*(log(h)+17.27*t/(237.7+t))/(17.27-(log(h)+17.27*t/(237.7+t)))",
        lambda h, t: (lambda g: 237.7 * g / (17.27 - g))(np.log(h) + 17.27 * t / (237.7 + t)),
        {"h": (0.55, 0.02), "t": (21.0, 0.3)},
    ),
    # mass and density
    Measurement(
        "a mass in air",
        "m*(1-a/s)/(1-a/w)",
        _buoyed,
        {"m": (100.0003, 4e-5), "a": (1.19, 0.006), "s": (8000.0, 15.0), "w": (2330.0, 12.0)},
    ),
    Measurement(
        "a density by weighing in water",
        "m/(m-b)*q",
        lambda m, b, q: m / (m - b) * q,
        {"m": (58.21, 0.01), "b": (51.6, 0.01), "q": (998.2, 0.1)},
    ),
    Measurement(
        "a density by weighing roughly",
        "m/(m-b)*q",
        lambda m, b, q: m / (m - b) * q,
        {"m": (58.2, 0.3), "b": (51.6, 0.3), "q": (998.2, 0.1)},
    ),
    Measurement(
        "weights on two scales of one calibration",
        "(a-b)/c",
        lambda a, b, c: (a - b) / c,
        {"a": (20.5, 0.02), "b": (20.1, 0.02), "c": (5.0, 0.01)},
        {("a", "b"): 0.95},
    ),
    Measurement(
        "the density of air",
        "(0.34848*p-0.009*h*exp(0.061*t))/(273.15+t)",
        lambda p, h, t: (0.34848 * p - 0.009 * h * np.exp(0.061 * t)) / (273.15 + t),
        {"p": (1008.0, 0.5), "h": (48.0, 3.0), "t": (20.4, 0.2)},
    ),
    Measurement(
        "gravity by a pendulum",
        "4*pi^2*l/T^2",
        lambda l, T: 4 * np.pi**2 * l / T**2,  # noqa: E741, N803
        {"l": (0.9934, 0.0005), "T": (2.001, 0.002)},
    ),
    Measurement(
        "gravity by a pendulum timed by hand",
        "4*pi^2*l/T^2",
        lambda l, T: 4 * np.pi**2 * l / T**2,  # noqa: E741, N803
        {"l": (0.99, 0.01), "T": (2.0, 0.19)},
    ),
    # chemistry
    Measurement("acidity", "-log10(c)", lambda c: -np.log10(c), {"c": (3.2e-5, 1.1e-6)}),
    Measurement("acidity of a trace", "-log10(c)", lambda c: -np.log10(c), {"c": (3.2e-7, 1.0e-7)}),
    Measurement(
        "a buffer",
        "k+log10(a/h)",
        lambda k, a, h: k + np.log10(a / h),
        {"k": (4.756, 0.01), "a": (0.102, 0.002), "h": (0.087, 0.002)},
    ),
    Measurement("ions from an acidity", "10^(-p)", lambda p: 10.0 ** (-p), {"p": (6.85, 0.02)}),
    Measurement("ions from a strip of paper", "10^(-p)", lambda p: 10.0 ** (-p), {"p": (6.5, 0.25)}),
    Measurement(
        "a titration",
        "c*(v-b)*M/w",
        lambda c, v, b, M, w: c * (v - b) * M / w,  # noqa: N803
        {"c": (0.1021, 0.0002), "v": (24.13, 0.03), "b": (0.05, 0.02), "M": (40.0, 0.005), "w": (0.25, 0.0002)},
    ),
    Measurement(
        "a standard solution",
        "1000*m*p/v",
        lambda m, p, v: 1000 * m * p / v,
        {"m": (100.28, 0.05), "p": (0.9999, 0.000058), "v": (100.0, 0.07)},
    ),
    Measurement(
        "an absorbance",
        "log10(i/j)/(e*l)",
        lambda i, j, e, l: np.log10(i / j) / (e * l),  # noqa: E741
        {"i": (1520.0, 8.0), "j": (410.0, 6.0), "e": (6200.0, 60.0), "l": (1.0, 0.003)},
    ),
    # counting
    Measurement(
        "an activity against a standard",
        "a*(m/n)*(g-b)/(h-b)",
        lambda a, m, n, g, h, b: a * (m / n) * (g - b) / (h - b),
        {
            **{"a": (0.1368, 0.0018), "m": (5.0192, 0.005), "n": (5.0571, 0.001)},
            **{"g": (652.6, 6.4), "h": (666.2, 6.9), "b": (4.05, 0.3)},
        },
        {("g", "h"): 0.67},
    ),
    Measurement(
        "decay since a time",
        "n*exp(-log(2)*t/h)",
        lambda n, t, h: n * np.exp(-np.log(2) * t / h),
        {"n": (5200.0, 72.0), "t": (30.0, 0.1), "h": (12.3, 0.05)},
    ),
    Measurement(
        "an age by the ratio of two isotopes",
        "log(1+d/p)/k",
        lambda d, p, k: np.log1p(d / p) / k,
        {"d": (0.31, 0.01), "p": (1.02, 0.02), "k": (1.551e-4, 1e-6)},
    ),
    Measurement(
        "dead time",
        "n/(1-n*t)",
        lambda n, t: n / (1 - n * t),
        {"n": (12000.0, 110.0), "t": (8e-6, 4e-7)},
    ),
    # near zeros, kinks and edges
    Measurement("a square at zero", "x^2", lambda x: x * x, {"x": (0.0, 0.1)}),
    Measurement(
        "a distance from a point that may be the same",
        "sqrt(x^2+y^2)",
        lambda x, y: np.hypot(x, y),
        {"x": (0.0, 0.2), "y": (0.1, 0.2)},
    ),
    Measurement("a modulus by a zero", "abs(x)", lambda x: np.abs(x), {"x": (0.1, 0.1)}),
    Measurement("a modulus far from its zero", "abs(x)", lambda x: np.abs(x), {"x": (0.5, 0.1)}),
    Measurement("the larger of two", "max(x,y)", lambda x, y: np.maximum(x, y), {"x": (1.0, 0.2), "y": (1.3, 0.2)}),
    Measurement("a cosine at its top", "cos(p)", lambda p: np.cos(p), {"p": (0.0, 0.05)}),
    Measurement("a reciprocal of little", "1/x", lambda x: 1 / x, {"x": (1.0, 0.3)}),
    Measurement("a root by its edge", "sqrt(x)", lambda x: np.sqrt(x), {"x": (1.0, 0.3)}),
]
