"""Rows: powers, logarithms, trigonometric and hyperbolic functions, steps and extremes, a tuple for each family."""

from __future__ import annotations

import math
import operator

from derivcli.language.function import Function

POSITIVE = ((0.05, 5.0),)
XY = ("x", "y")

POWERS: tuple[Function, ...] = (
    Function(
        name="pow", aliases=("Pow",), parameters=("x", "n"), sympy="Pow", floats=math.pow,
        special=(("edge", "x <= 0"),), domain=((0.1, 3.0), (-2.0, 2.0)),
        defined="x > 0, at x = 0 for n >= 0, and at x < 0 for a whole number n",
        doc="x to the power n, the same as x**n.",
    ),
    Function(
        name="sqrt", sympy="sqrt", floats=math.sqrt, special=(("edge", "x == 0"),), domain=POSITIVE,
        defined="x >= 0", doc="Square root.",
    ),
    Function(
        name="cbrt", definition="root(x, 3)", derivatives=("1/(3*cbrt(x)^2)",),
        special=(("vertical", "x == 0"),), domain=((0.1, 9.0),),
        doc="Real cube root, of negative numbers too.",
    ),
    Function(
        name="root", aliases=("real_root", "nthroot"), parameters=("x", "n"),
        derivatives=("abs(root(x, n))^(1-n)/n", "-root(x, n)*log(x)/n^2"),
        special=(("vertical", "x == 0 and mod(n, 2) == 1 and n > 1"), ("edge", "x == 0 and mod(n, 2) != 1")),
        floats=lambda x, n: math.copysign(round_root(abs(x), n), x) if n % 2 == 1 else math.pow(x, 1 / n),
        domain=((0.1, 9.0), (2.0, 5.0)),
        defined="x > 0 and n != 0, at x = 0 for n > 0, and at x < 0 for an odd whole number n",
        doc="Real n-th root; of negative numbers too where n is an odd integer.",
    ),
    Function(name="exp", sympy="exp", floats=math.exp, doc="e to the power x."),
    Function(name="exp2", definition="2^x", doc="2 to the power x."),
    Function(name="expm1", floats=math.expm1, derivatives=("exp(x)",), doc="exp(x) - 1, accurate near 0."),
    Function(
        name="log", aliases=("ln",), sympy="log", floats=math.log, domain=POSITIVE,
        defined="x > 0", doc="Natural logarithm; log(x, b) is the logarithm to base b.",
    ),
    Function(
        name="log2", aliases=("log_2",), floats=math.log2, derivatives=("1/(x*log(2))",), domain=POSITIVE,
        defined="x > 0", doc="Logarithm to base 2.",
    ),
    Function(
        name="log10", aliases=("lg", "log_10"), floats=math.log10, derivatives=("1/(x*log(10))",), domain=POSITIVE,
        defined="x > 0", doc="Logarithm to base 10.",
    ),
    Function(
        name="log1p", floats=math.log1p, derivatives=("1/(1+x)",), domain=((-0.9, 5.0),),
        defined="x > -1", doc="log(1 + x), accurate near 0.",
    ),
    Function(
        name="logit", derivatives=("1/(x*(1-x))",),
        floats=lambda x: 2 * math.atanh(2 * x - 1) if 0.25 < x < 0.75 else math.log(x) - math.log1p(-x),
        domain=((0.05, 0.95),), defined="0 < x < 1", doc="Inverse of sigmoid(x), log(x/(1 - x)).",
    ),
    Function(
        name="xlogy", parameters=XY, derivatives=("log(y)", "if(x == 0 and y == 0, 0, x/y)"),
        floats=lambda x, y: x * math.log(y) if x else 0.0, special=(("edge", "x == 0 and y <= 0"),),
        domain=((0.1, 3.0), (0.05, 5.0)), defined="y > 0 or x == 0", doc="x*log(y), and 0 where x is 0.",
    ),
    Function(
        name="xlog1py", parameters=XY, derivatives=("log1p(y)", "if(x == 0 and y == -1, 0, x/(1+y))"),
        floats=lambda x, y: x * math.log1p(y) if x else 0.0, special=(("edge", "x == 0 and y <= -1"),),
        domain=((0.1, 3.0), (-0.9, 5.0)),
        defined="y > -1 or x == 0", doc="x*log(1 + y), accurate near y = 0, and 0 where x is 0.",
    ),
    Function(
        name="entr", definition="xlogy(-x, x)", derivatives=("-1-log(x)",),
        special=(("edge", "x == 0"),), domain=POSITIVE,
        defined="x >= 0", doc="Entropy term -x*log(x), and 0 at 0.",
    ),
)

TRIGONOMETRIC: tuple[Function, ...] = (
    Function(name="sin", sympy="sin", floats=math.sin, doc="Sine of an angle in radians."),
    Function(name="cos", sympy="cos", floats=math.cos, doc="Cosine of an angle in radians."),
    Function(
        name="tan", aliases=("tg",), sympy="tan", floats=math.tan, domain=((-1.4, 1.4),),
        defined="x != pi/2 + k*pi", doc="Tangent of an angle in radians.",
    ),
    Function(
        name="sec", sympy="sec", definition="1/cos(x)", domain=((-1.4, 1.4),),
        defined="x != pi/2 + k*pi", doc="Secant, 1/cos(x).",
    ),
    Function(
        name="csc", aliases=("cosec",), sympy="csc", definition="1/sin(x)", domain=((0.1, 3.0),),
        defined="x != k*pi", doc="Cosecant, 1/sin(x).",
    ),
    Function(
        name="cot", aliases=("ctg", "cotg", "cotan"), sympy="cot", definition="cos(x)/sin(x)", domain=((0.1, 3.0),),
        defined="x != k*pi", doc="Cotangent, cos(x)/sin(x).",
    ),
    Function(
        name="asin", aliases=("arcsin",), sympy="asin", floats=math.asin, special=(("edge", "abs(x) == 1"),),
        domain=((-0.95, 0.95),), defined="-1 <= x <= 1", doc="Inverse sine, in [-pi/2, pi/2].",
    ),
    Function(
        name="acos", aliases=("arccos",), sympy="acos", floats=math.acos, special=(("edge", "abs(x) == 1"),),
        domain=((-0.95, 0.95),), defined="-1 <= x <= 1", doc="Inverse cosine, in [0, pi].",
    ),
    Function(
        name="atan", aliases=("arctan", "arctg"), sympy="atan", floats=math.atan,
        doc="Inverse tangent, in (-pi/2, pi/2).",
    ),
    Function(
        name="asec", aliases=("arcsec",), sympy="asec", definition="acos(1/x)",
        special=(("edge", "abs(x) == 1"),), domain=((1.1, 5.0),),
        defined="abs(x) >= 1", doc="Inverse secant, acos(1/x).",
    ),
    Function(
        name="acsc", aliases=("arccsc",), sympy="acsc", definition="asin(1/x)",
        special=(("edge", "abs(x) == 1"),), domain=((1.1, 5.0),),
        defined="abs(x) >= 1", doc="Inverse cosecant, asin(1/x).",
    ),
    Function(
        name="acot", aliases=("arccot",), sympy="acot", floats=lambda x: math.atan(1 / x),
        special=(("jump", "x == 0"),), domain=((0.1, 5.0),), doc="Inverse cotangent, atan(1/x).",
    ),
    Function(
        name="atan2", aliases=("arctan2",), parameters=("y", "x"), sympy="atan2", floats=math.atan2,
        special=(("jump", "y == 0 and x <= 0"),), domain=((0.2, 3.0), (-3.0, 3.0)),
        defined="x and y are not both 0", doc="Angle of the point (x, y), in (-pi, pi].",
    ),
    Function(
        name="deg2rad", aliases=("radians",), definition="x*(pi/180)", doc="An angle of x degrees in radians.",
    ),
    Function(
        name="rad2deg", aliases=("degrees",), definition="x*(180/pi)", doc="An angle of x radians in degrees.",
    ),
)

HYPERBOLIC: tuple[Function, ...] = (
    Function(name="sinh", sympy="sinh", floats=math.sinh, doc="Hyperbolic sine."),
    Function(name="cosh", sympy="cosh", floats=math.cosh, doc="Hyperbolic cosine."),
    Function(name="tanh", aliases=("th", "Tanh"), sympy="tanh", floats=math.tanh, doc="Hyperbolic tangent."),
    Function(name="sech", sympy="sech", floats=lambda x: 1 / math.cosh(x), doc="Hyperbolic secant, 1/cosh(x)."),
    Function(
        name="csch", aliases=("cosech",), sympy="csch", floats=lambda x: 1 / math.sinh(x), domain=((0.1, 3.0),),
        defined="x != 0", doc="Hyperbolic cosecant, 1/sinh(x).",
    ),
    Function(
        name="coth", sympy="coth", floats=lambda x: 1 / math.tanh(x), domain=((0.1, 3.0),),
        defined="x != 0", doc="Hyperbolic cotangent, 1/tanh(x).",
    ),
    Function(
        name="asinh", aliases=("arcsinh", "arsinh"), sympy="asinh", floats=math.asinh,
        doc="Inverse hyperbolic sine.",
    ),
    Function(
        name="acosh", aliases=("arccosh", "arcosh"), sympy="acosh", floats=math.acosh,
        special=(("edge", "x == 1"),), domain=((1.1, 5.0),), defined="x >= 1", doc="Inverse hyperbolic cosine.",
    ),
    Function(
        name="atanh", aliases=("arctanh", "artanh"), sympy="atanh", floats=math.atanh, domain=((-0.95, 0.95),),
        defined="-1 < x < 1", doc="Inverse hyperbolic tangent.",
    ),
    Function(
        name="asech", aliases=("arcsech", "arsech"), sympy="asech", floats=lambda x: math.acosh(1 / x),
        special=(("edge", "x == 1"),), domain=((0.1, 0.9),),
        defined="0 < x <= 1", doc="Inverse hyperbolic secant, acosh(1/x).",
    ),
    Function(
        name="acsch", aliases=("arccsch", "arcsch"), sympy="acsch", floats=lambda x: math.asinh(1 / x),
        domain=((0.1, 5.0),), defined="x != 0", doc="Inverse hyperbolic cosecant, asinh(1/x).",
    ),
    Function(
        name="acoth", aliases=("arccoth", "arcoth"), sympy="acoth", definition="log1p(2/(x-1))/2",
        domain=((1.1, 5.0),), defined="abs(x) > 1", doc="Inverse hyperbolic cotangent, atanh(1/x).",
    ),
)

STEPS: tuple[Function, ...] = (
    Function(
        name="abs", aliases=("Abs", "fabs"), also=("Abs",), derivatives=("sign(x)",), floats=abs,
        special=(("corner", "x == 0"),), domain=((0.1, 3.0),), doc="Absolute value.",
    ),
    Function(
        name="sign", aliases=("sgn",), also=("sign",), derivatives=("0",), special=(("jump", "x == 0"),),
        floats=lambda x: float((x > 0) - (x < 0)), domain=((0.1, 3.0),),
        doc="-1, 0 or 1, as x is below, at or above 0.",
    ),
    Function(
        name="floor", also=("floor",), derivatives=("0",), special=(("jump", "x == floor(x)"),),
        floats=lambda x: float(math.floor(x)), domain=((0.1, 0.9),), doc="Greatest integer that is at most x.",
    ),
    Function(
        name="ceil", aliases=("ceiling",), also=("ceiling",), definition="-floor(-x)",
        floats=lambda x: float(math.ceil(x)),
        special=(("jump", "x == ceil(x)"),), domain=((0.1, 0.9),), doc="Least integer that is at least x.",
    ),
    Function(
        name="round", derivatives=("0",), special=(("jump", "mod(x, 1) == 1/2"),), floats=lambda x: float(round(x)),
        domain=((0.1, 0.4),), doc="Nearest integer; halfway between two of them, the even one.",
    ),
    Function(
        name="trunc", aliases=("fix",), derivatives=("0",), special=(("jump", "x == trunc(x) and x != 0"),),
        floats=lambda x: float(math.trunc(x)), domain=((0.1, 0.9),), doc="Integer part: x rounded towards 0.",
    ),
    Function(
        name="frac", also=("frac",), definition="x-floor(x)",
        special=(("jump", "x == floor(x)"),), domain=((0.1, 0.9),),
        doc="Fractional part x - floor(x), never negative.",
    ),
    Function(
        name="mod", aliases=("Mod", "remainder"), parameters=XY, also=("Mod",), derivatives=("1", "-floor(x/y)"),
        divisors=("y",), special=(("jump", "mod(x, y) == 0"),), floats=operator.mod, domain=((0.1, 0.9), (1.0, 2.0)),
        defined="y != 0", doc="Remainder x - y*floor(x/y), with the sign of y.",
    ),
    Function(
        name="fmod", parameters=XY, divisors=("y",), derivatives=("1", "-trunc(x/y)"),
        special=(("jump", "fmod(x, y) == 0 and x != 0"),),
        floats=math.fmod, domain=((0.1, 0.9), (1.0, 2.0)),
        defined="y != 0", doc="Remainder x - y*trunc(x/y), with the sign of x, as in C.",
    ),
    Function(
        name="max", aliases=("Max", "maximum"), parameters=XY, variadic=True, also=("Max",),
        derivatives=("heaviside(x-y)", "heaviside(y-x)"), floats=lambda *x: max(x),
        special=(("corner", "x == y"),), domain=((0.1, 1.0), (1.1, 2.0)), doc="Greatest of its arguments.",
    ),
    Function(
        name="min", aliases=("Min", "minimum"), parameters=XY, variadic=True, also=("Min",),
        derivatives=("heaviside(y-x)", "heaviside(x-y)"), floats=lambda *x: min(x),
        special=(("corner", "x == y"),), domain=((0.1, 1.0), (1.1, 2.0)), doc="Least of its arguments.",
    ),
    Function(
        name="clamp", aliases=("clip",), parameters=("x", "lo", "hi"), definition="min(max(x, lo), hi)",
        special=(("corner", "x == lo or x == hi"),), domain=((0.1, 1.0), (-2.0, -1.0), (1.1, 2.0)),
        defined="lo <= hi", doc="x between lo and hi, and the nearer of the two outside.",
    ),
    Function(
        name="heaviside", aliases=("Heaviside",), also=("Heaviside",), derivatives=("0",),
        definition="Piecewise((0, x < 0), (1/2, x == 0), (1, x > 0))",
        floats=lambda x: 0.5 if x == 0 else float(x > 0), special=(("jump", "x == 0"),), domain=((0.1, 3.0),),
        doc="Unit step: 0 below 0, 1 above, 1/2 at 0.",
    ),
    Function(
        name="hypot", parameters=XY, derivatives=("x/hypot(x, y)", "y/hypot(x, y)"), floats=math.hypot,
        special=(("corner", "x == 0 and y == 0"),), domain=((0.1, 3.0), (0.1, 3.0)),
        doc="sqrt(x**2 + y**2) without overflow on the way.",
    ),
)


def round_root(x: float, n: float) -> float:
    """The n-th root of a positive `x`, exact where it is a whole number."""
    guess: float = x ** (1 / n)
    whole = float(round(guess))
    return whole if whole**n == x else guess
