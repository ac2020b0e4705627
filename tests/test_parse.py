"""What the language reads and how: one row for each text, with the canonical text that says how it is understood."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sympy

from derivcli import derive, parse
from tests.support import each

READ = [
    # powers and silent multiplication
    ("x**2", "x**2"),
    ("x^2", "x**2"),
    ("2x", "2*x"),
    ("10 x", "10*x"),
    ("3(x+1)", "3*(x + 1)"),
    ("(x+1)(x+2)", "(x + 1)*(x + 2)"),
    ("x(x+1)^2", "x*(x + 1)**2"),
    ("2 sin(x) cos(x)", "2*sin(x)*cos(x)"),
    ("x sin x", "x*sin(x)"),
    ("2x^2", "2*x**2"),
    ("2(3)", "2*3"),
    ("(2)x", "2*x"),
    ("x(2)", "x*2"),
    ("x(-2)", "x*(-2)"),
    ("x e^x", "x*e**x"),
    ("2e", "2*e"),
    ("2e x", "2*e*x"),
    ("2e-x", "2*e - x"),
    ("e(x+1)", "e*(x + 1)"),
    ("pi x", "pi*x"),
    # signs and powers
    ("-x^2", "-x**2"),
    ("(-x)^2", "(-x)**2"),
    ("2^-x", "2**(-x)"),
    ("2^3^2", "2**3**2"),
    ("(2^3)^2", "(2**3)**2"),
    ("x^2^3", "x**2**3"),
    ("x^-2", "x**-2"),
    ("x^-2^2", "x**(-2**2)"),
    ("-2**2", "-2**2"),
    ("2^-3^x", "2**(-3**x)"),
    ("+x", "x"),
    ("x + +y", "x + y"),
    ("x^+2", "x**2"),
    ("--x", "-(-x)"),
    ("-+-x", "-(-x)"),
    ("a--b", "a - (-b)"),
    ("a*-b", "a*(-b)"),
    ("a/-b", "a/(-b)"),
    ("2*-x^2", "2*(-x**2)"),
    ("a^b c", "a**b*c"),
    ("x^2x", "x**2*x"),
    ("x^2(x+1)", "x**2*(x + 1)"),
    # from left to right
    ("a-b-c", "a - b - c"),
    ("a-(b-c)", "a - (b - c)"),
    ("a/b/c", "a/b/c"),
    ("a/(b/c)", "a/(b/c)"),
    ("a/b*c", "a/b*c"),
    ("1/2*x", "1/2*x"),
    ("1/(2x)", "1/(2*x)"),
    ("-a*b", "-a*b"),
    ("-a/b", "-a/b"),
    ("x//2*3", "floor(x/2)*3"),
    ("3*x//2", "floor(3*x/2)"),
    ("-x//2", "floor(-x/2)"),
    # functions, with and without brackets
    ("sin x", "sin(x)"),
    ("sin x cos x", "sin(x)*cos(x)"),
    ("sin x sin y sin z", "sin(x)*sin(y)*sin(z)"),
    ("sin x + 1", "sin(x) + 1"),
    ("log_5(x)", "log(x)/log(5)"),
    ("log_3 x", "log(x)/log(3)"),
    ("log₅(x)", "log(x)/log(5)"),
    ("log₂(x)", "log2(x)"),
    ("log_10 2x", "log10(2*x)"),
    ("log_b(x)", "log(x)/log(b)"),
    ("log_e(x)", "log(x)"),
    ("2 log_5^2(x) y", "2*(log(x)/log(5))**2*y"),
    ("sin 2x", "sin(2*x)"),
    ("1 + sin 2x + 1", "1 + sin(2*x) + 1"),
    ("sin x * y", "sin(x)*y"),
    ("sin x / cos x", "sin(x)/cos(x)"),
    ("2^sin x y", "2**sin(x*y)"),
    ("√sin x cos x", "sqrt(sin(x))*cos(x)"),
    ("sin(x) y", "sin(x)*y"),
    ("sin (x) y", "sin(x)*y"),
    ("sin cos x", "sin(cos(x))"),
    ("sin -x", "sin(-x)"),
    ("exp -x^2", "exp(-x**2)"),
    ("tan y^3", "tan(y**3)"),
    ("sin x^2", "sin(x**2)"),
    ("sin(x)^2", "sin(x)**2"),
    ("sin^2(x)", "sin(x)**2"),
    ("sin**2(x)", "sin(x)**2"),
    ("sin**2 x", "sin(x)**2"),
    ("sin² x", "sin(x)**2"),
    ("sin^2x", "sin(x)**2"),
    ("sin^n x", "sin(x)**n"),
    ("sin^2 x cos^2 x", "sin(x)**2*cos(x)**2"),
    ("e^sin x", "e**sin(x)"),
    ("sin|x|", "sin(abs(x))"),
    ("sin x!", "sin(factorial(x))"),
    ("sin(x)!", "factorial(sin(x))"),
    # what a keyboard lacks
    ("|x|", "abs(x)"),
    ("2|x|+1", "2*abs(x) + 1"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("||x|-1|", "abs(abs(x) - 1)"),
    ("|x - |y||", "abs(x - abs(y))"),
    ("x|y|", "x*abs(y)"),
    ("|sin x|", "abs(sin(x))"),
    ("-|x|^2", "-abs(x)**2"),
    ("√x", "sqrt(x)"),
    ("√(x+1)", "sqrt(x + 1)"),
    ("√x²", "sqrt(x**2)"),
    ("-√x", "-sqrt(x)"),
    ("x√y", "x*sqrt(y)"),
    ("∛x", "cbrt(x)"),
    ("x²", "x**2"),
    ("x²y³", "x**2*y**3"),
    ("x⁻¹²", "x**-12"),
    ("x₁ + x₁₂", "x1 + x12"),
    ("2×x·y÷z−1", "2*x*y/z - 1"),
    ("π", "pi"),
    ("2πr", "2*pi*r"),
    ("αβ", "alpha*beta"),
    ("ω₀t", "omega0*t"),
    ("Δ x", "Delta*x"),
    ("x!", "factorial(x)"),
    ("-x!^2", "-factorial(x)**2"),
    ("2x!", "2*factorial(x)"),
    ("2^x!", "2**factorial(x)"),
    ("x +\n1\r\n", "x + 1"),
    ("x\u00a0+\t1", "x + 1"),
    # constants and logarithms
    ("e", "e"),
    ("xe^x", "x*e**x"),
    ("log_2(x)", "log2(x)"),
    ("e^x", "e**x"),
    ("2e^x", "2*e**x"),
    ("tau", "2*pi"),
    ("ln x", "log(x)"),
    ("log(x)", "log(x)"),
    ("log(x, 2)", "log2(x)"),
    ("log(x, 10)", "log10(x)"),
    ("log(x, 3)", "log(x)/log(3)"),
    ("log2(x)", "log2(x)"),
    ("log10(x)", "log10(x)"),
    ("exp(x) + sqrt(x) + cbrt(x)", "exp(x) + sqrt(x) + cbrt(x)"),
    ("root(x, n)", "root(x, n)"),
    ("arcsin(x) + asin(x)", "asin(x) + asin(x)"),
    ("abs(x) + Abs(x)", "abs(x) + abs(x)"),
    ("arctan(x)", "atan(x)"),
    ("exp2(x)", "exp2(x)"),
    ("sigmoid(x)", "sigmoid(x)"),
    ("relu(x)", "relu(x)"),
    ("pow(x,2)", "x**2"),
    ("Max(0,x)", "max(0, x)"),
    ("min(x, y, 1)", "min(x, y, 1)"),
    # conditions
    ("Piecewise((x**2, x > 0), (0, True))", "if(x > 0, x**2, 0)"),
    ("Piecewise((1, x > 1), (x, x > 0))", "Piecewise((1, x > 1), (x, x > 0))"),
    ("where(x > 0, x**2, 0)", "if(x > 0, x**2, 0)"),
    ("if(x > 0, x**2, 0)", "if(x > 0, x**2, 0)"),
    ("if(0<x and x<1, x, 0)", "if(0 < x and x < 1, x, 0)"),
    ("if(0<x<=1, x, 0)", "if(0 < x and x <= 1, x, 0)"),
    ("if(not x>0 or x==0, 1, 0)", "if(not x > 0 or x == 0, 1, 0)"),
    ("if(not (x>0 or x==0), 1, 0)", "if(not (x > 0 or x == 0), 1, 0)"),
    ("if(x>0 or y>0 and z>0, 1, 0)", "if(x > 0 or y > 0 and z > 0, 1, 0)"),
    ("if((x>0 or y>0) and z>0, 1, 0)", "if((x > 0 or y > 0) and z > 0, 1, 0)"),
    ("if(x≠0, if(x≥1, 1, 2), 3)", "if(x != 0, if(x >= 1, 1, 2), 3)"),
    ("2if(x>0, 1, x)^2", "2*if(x > 0, 1, x)**2"),
    # names
    ("u+v+4uv", "u + v + 4*u*v"),
    ("x1**2+x2**2", "x1**2 + x2**2"),
    ("y0*x", "y0*x"),
    ("t1*x", "t1*x"),
    ("theta1", "theta1"),
    ("x_1 + α_2", "x_1 + alpha_2"),
    ("2x3", "2*x3"),
    ("I + S + N + O + Q + C", "I + S + N + O + Q + C"),
    ("beta*gamma*zeta*lambda", "beta*gamma*zeta*lambda"),
    ("gamma(gamma)", "gamma(gamma)"),
    ("lambda(x+1)", "lambda*(x + 1)"),
    ("lamda*x", "lamda*x"),
    # numbers, exactly
    ("1", "1"),
    (".5", "0.5"),
    ("1.", "1"),
    ("1.5e-3", "0.0015"),
    ("1.5e−3", "0.0015"),
    ("2E–3x", "0.002*x"),
    ("1e3x", "1000*x"),
    ("0.1", "0.1"),
    ("1.10", "1.1"),
    ("2.5E+2", "250"),
    # the tree keeps its shape
    ("x/x", "x/x"),
    ("0*log(x)", "0*log(x)"),
    ("sqrt(x)**2", "sqrt(x)**2"),
    ("exp(log(x))", "exp(log(x))"),
    ("x - x", "x - x"),
    ("x**1", "x**1"),
    ("x**0", "x**0"),
    ("1*x + 0", "1*x + 0"),
    ("y + x", "y + x"),
    ("x*2*x*3", "x*2*x*3"),
    ("abs(-x)", "abs(-x)"),
]


@each(("text", "canonical"), READ)
def test_what_is_read(text: str, canonical: str) -> None:
    expression = parse(text)
    assert expression.canonical_text == canonical
    assert not expression.notes


@each("canonical", sorted({canonical for _, canonical in READ}))
def test_the_canonical_text_reads_as_itself(canonical: str) -> None:
    assert parse(canonical).text == canonical


TRICKY = """
    (x^2)^-1      (x^y)^-1     (x^-1)^-1   (x+y)^-1    sqrt(x)^-1    x^y^-1        1/(x^-1)     1/(x^2)      1/x^2
    -1*(x*x)      -1*-1*x      -1*0*x      -1*(2/3)    x--1*y        x--(y*z)      x-1*0*y      -(1/2)*x     -(2*x)
    (-2)^2*x      (-1/2)^2+x   (1/2)^x     (1/3)^-1*x  x^(1/3)       x^(-1/2)      -(2^x)       2^(-1)*x     0.5^-x
    x/(y*z)       x/(y/z)      x*(y/z)     (x*y)/z     x-(y-z)       x-(-y)        -(-x)        -(x+y)       -(x-y)*z
    (x/y)^2       (-x)^2       (x!)!       x!^y!       (x^y)!        |x|^-1        1/|x|        x*(-1)       (-1)*x/y
    1.5e-7*x      1e21*x       123456789012345678*x    1e-30+x       2/3^x         (2/3)^x      x^0.1        0.1^x
    -1*0          x^(-1*2)     x+-1*-1     sqrt(-1*-4) (-1*-1)^-x    -(-1)         2*-3         x--3         -(-1*x)
    if(x>y,x,y)^2 -if(x>y,x,y) 2^if(x<1,2,3)           (x+y)!        x//y//z       x//(y//z)    -(x//y)      (x-y)//z
""".split()


@each("text", TRICKY)
def test_the_echo_means_what_was_typed(text: str) -> None:
    canonical = parse(text).text
    assert parse(canonical).text == canonical
    at = {name: value for name, value in {"x": 1.75, "y": 0.625, "z": 2.5}.items() if name in parse(text).variables}
    values = [derive(written, at, check=False).value[0] for written in (text, canonical)]
    assert values[0] == pytest.approx(values[1], rel=1e-14)


def test_definitions_are_named_and_expanded() -> None:
    expression = parse("z^2 + w", let={"w": "2x", "z": "w + y"})
    assert expression.canonical_text == "z**2 + w"
    assert [definition.text for definition in expression.definitions] == ["2*x", "w + y"]
    assert set(expression.variables) == {"x", "y"}


@pytest.mark.parametrize("text", ["0.1", "1e-1", ".1", "0.10"])
def test_decimals_are_exact(text: str) -> None:
    assert parse(text).tree == sympy.Rational(1, 10)


SHAPES = [
    ("x/x", (sympy.Mul, sympy.Symbol, sympy.Pow)),
    ("0*log(x)", (sympy.Mul, sympy.Integer, sympy.log)),
    ("sqrt(x)**2", (sympy.Pow, sympy.Pow, sympy.Integer)),
    ("exp(log(x))", (sympy.exp, sympy.log)),
    ("x + x + x", (sympy.Add, sympy.Symbol, sympy.Symbol, sympy.Symbol)),
    ("x*y*z*2", (sympy.Mul, sympy.Symbol, sympy.Symbol, sympy.Symbol, sympy.Integer)),
]


@each(("text", "kinds"), SHAPES)
def test_the_tree_keeps_its_shape(text: str, kinds: Sequence[type]) -> None:
    tree = parse(text).tree
    for node, kind in zip((tree, *tree.args), kinds, strict=True):
        assert isinstance(node, kind)
    assert all(symbol.is_real for symbol in tree.free_symbols)
