"""LaTeX says what the formula says."""

import pytest

from derivcli import derive, parse
from derivcli.render.latex_printer import latex_of
from tests.support import each


@each(
    ("text", "expected"),
    [
        ("6x^2+2x+4", "6 x^{2} + 2 x + 4"),
        ("1/x", r"\frac{1}{x}"),
        ("x^-1*3", r"\frac{1}{x} \cdot 3"),
        ("x/2/3", r"\frac{x}{2 \cdot 3}"),
        ("a/b*c", r"\frac{a}{b} c"),
        ("(x+1)/(x-1)", r"\frac{x + 1}{x - 1}"),
        ("1+(-x)/y", r"1 - \frac{x}{y}"),
        ("-2x/y", r"-\frac{2 x}{y}"),
        ("(1-x)/y-(-x+1)/y", r"\frac{1 - x}{y} - \frac{-x + 1}{y}"),
        ("(-x/y)^2", r"\left(-\frac{x}{y}\right)^{2}"),
        ("x*(-x/y)", r"x \left(-\frac{x}{y}\right)"),
        ("a-(b-c)", r"a - (b - c)"),
        ("-x*y", "-x y"),
        ("x*-3", r"x (-3)"),
        ("sin(x)^2", r"\sin^{2}(x)"),
        ("sin(x)^-1", r"\sin(x)^{-1}"),
        ("sqrt(x)", r"\sqrt{x}"),
        ("root(x,3)", r"\sqrt[3]{x}"),
        ("e^-x^2", "e^{-x^{2}}"),
        ("(x^2)^3", r"(x^{2})^{3}"),
        ("x!", "x!"),
        ("besselj(0, x)", r"\operatorname{J}_{0}(x)"),
        ("zeta(x)^2", r"\zeta^{2}(x)"),
        ("airyaiprime(x)^2", r"\operatorname{Ai}'(x)^{2}"),
        ("lambertw(x) + lambertw(x, -1)", r"\operatorname{W}_{0}(x) + \operatorname{W}_{-1}(x)"),
        ("binomial(x, 2)", r"\binom{x}{2}"),
        ("gegenbauer(3, 1/2, x)", r"\operatorname{C}_{3}^{\left(\frac{1}{2}\right)}\left(x\right)"),
        ("elliptic_e(x, t) + elliptic_e(x)", r"\operatorname{E}(x, t) + \operatorname{E}(x)"),
        ("sigmoid(x) + sigmoid(-x)", r"\sigma(x) + \sigma(-x)"),
        ("sigma*sigmoid(x)", r"\sigma \operatorname{sigmoid}(x)"),
        ("sigma*(x+1)", r"\sigma \cdot (x + 1)"),
        ("P_0*(1+r)^t", r"P_{0} \cdot (1 + r)^{t}"),
        ("f*(x+1)", r"f \cdot (x + 1)"),
        ("a*(x+1)", r"a (x + 1)"),
        ("|x|", r"\left|x\right|"),
        ("theta1*x_1", r"\theta_{1} x_{1}"),
        ("Α+Ρ", r"\mathrm{A} + \mathrm{P}"),
        ("1e-20x", r"(1 \cdot 10^{-20}) x"),
        (
            "if(x>0 and x<3, x, 0)",
            r"\begin{cases} x & \text{if } x > 0 \text{ and } x < 3 \\ 0 & \text{otherwise} \end{cases}",
        ),
        ("if(x>0,1,2)^2", r"\left(\begin{cases} 1 & \text{if } x > 0 \\ 2 & \text{otherwise} \end{cases}\right)^{2}"),
        ("(1/x)*(x+1)^2", r"\frac{1}{x} (x + 1)^{2}"),
        ("3*(1/2)", r"3 \cdot \frac{1}{2}"),
        ("(1/x+1)^2", r"\left(\frac{1}{x} + 1\right)^{2}"),
        ("leaky_relu(x)", r"\operatorname{leaky\_relu}(x)"),
    ],
)
def test_latex(text: str, expected: str) -> None:
    assert latex_of(parse(text).tree) == expected


@pytest.mark.parametrize(("text", "plain", "latex"), [
    ("6x^2 - x/3", "12*x - 1/3", r"12 x - \frac{1}{3}"),
    ("-x/3", "-1/3", r"-\frac{1}{3}"),
    ("x^2 + 1/x", "2*x - 1/x**2", r"2 x - \frac{1}{x^{2}}"),
])  # fmt: skip
def test_a_fraction_is_subtracted(text: str, plain: str, latex: str) -> None:
    found = derive(text).derivatives["x"]
    assert found.canonical_text == plain == parse(plain).text
    assert latex_of(found.tree) == latex
