r"""LaTeX as people paste it means what the same formula in plain notation means, or is refused at its place."""

from __future__ import annotations

import random

import pytest

from derivcli import DerivError, derive, implicit, parse
from derivcli.errors import Span
from tests.support import deriv, each, hint_of, no_hang

MEANINGS = {
    # fractions, roots, coefficients
    r"\frac{x^2+1}{\sin x}": "(x^2+1)/sin(x)",
    r"\dfrac{x}{1+x}": "x/(1+x)",
    r"\tfrac{1}{2}x": "1/2*x",
    r"\cfrac{1}{1+\cfrac{1}{x}}": "1/(1+1/x)",
    r"\frac12 x": "1/2*x",
    r"\frac1{x+1}": "1/(x+1)",
    r"\frac xy": "x/y",
    r"\frac{\frac{a}{b}}{\frac{c}{x}}": "(a/b)/(c/x)",
    r"\frac{a}{b}\frac{c}{x}": "a/b*(c/x)",
    r"2\frac{x}{3}": "2*(x/3)",
    r"\frac{x}{2}^2": "(x/2)^2",
    r"-\frac{1}{x}": "-1/x",
    r"x^{\frac{1}{2}}+x^\frac12": "x^(1/2)+x^(1/2)",
    r"\frac{x}{2}!": "(x/2)!",
    r"2\cdot\frac{1}{2}x+\ln{}x": "2*(1/2)*x+ln(x)",
    r"\frac{x²+1}{x₁}": "(x^2+1)/x1",
    r"\sqrt{x+1}": "sqrt(x+1)",
    r"\sqrt x y": "sqrt(x)*y",
    r"\sqrt2 x": "sqrt(2)*x",
    r"\sqrt[3]{x}": "cbrt(x)",
    r"\sqrt[4]{x}": "root(x, 4)",
    r"\sqrt\frac{x}{2}": "sqrt(x/2)",
    r"\sqrt{x}^3": "sqrt(x)^3",
    r"\binom{n}{2}+\dbinom{n}{3}": "binomial(n, 2)+binomial(n, 3)",
    # exponents and indices
    "x^{2n}": "x^(2n)",
    "a^{x^2}": "a^(x^2)",
    "e^{-x}": "e^(-x)",
    "xe^{-x}": "x*e^(-x)",
    "x^{y^{z}}": "x^(y^z)",
    "{x}^2": "x^2",
    r"x^\alpha": "x^alpha",
    r"x^-1+\pi": "x^-1+pi",
    r"\left(x+1\right)^{n+1}": "(x+1)^(n+1)",
    "x_{1}^2+x_2": "x1^2+x2",
    "x_1^2 x_{12}{y}": "x1^2*x12*y",
    r"x^2_1+\theta_{2}": "x1^2+theta2",
    r"a_{1}b_{1}": "a1*b1",
    r"\alpha_1\beta_2": "alpha1*beta2",
    # signs
    r"a\cdot b\times c\ast d": "a*b*c*d",
    r"a\div b": "a/b",
    r"a\,b\;c\quad d\!e": "a*b*c*d*e",
    "a~b{}": "a*b",
    r"2\pi r": "2*pi*r",
    r"\pi r^2h": "pi*r^2*h",
    r"5\cdot 10^{-20}x": "5e-20*x",
    r"3\cdot 10^{2}x": "3*10^2*x",
    r"a / \left(b c\right)": "a/(b c)",
    # brackets
    r"\left(x+1\right)\left(x-1\right)": "(x+1)(x-1)",
    r"\bigl(x+1\bigr)^2": "(x+1)^2",
    r"\left[x+1\right]y": "(x+1)*y",
    r"[x+1]\cdot(x-1)": "(x+1)*(x-1)",
    r"\left|x-1\right|": "|x-1|",
    r"|x|\,|y|": "|x|*|y|",
    r"|x-|y||^{2}": "|x-|y||^2",
    r"\lvert x\rvert^3": "|x|^3",
    r"\vert x\vert": "|x|",
    r"\lfloor x\rfloor+\left\lceil x\right\rceil": "floor(x)+ceil(x)",
    # functions
    r"\sin x\cos x": "sin(x)*cos(x)",
    r"\sin(x)\,y": "sin(x)*y",
    r"\sin\left(x\right)^2": "sin(x)^2",
    r"\sin^2 x+\cos^{2}(3x)": "sin(x)^2+cos(3x)^2",
    r"\sin^n x": "sin(x)^n",
    r"\sin^{2n}(x)": "sin(x)^(2n)",
    r"\sin 2x": "sin(2x)",
    r"\sin x^2": "sin(x^2)",
    r"\sin\omega t": "sin(omega t)",
    r"\sin 2\pi x": "sin(2 pi x)",
    r"\sin -x": "sin(-x)",
    r"\sin{x}\cos{y}": "sin(x)*cos(y)",
    r"\sin^{2}{\left(x \right)}": "sin(x)^2",
    r"\arctan\frac{y}{x}": "atan(y/x)",
    r"\sin\frac{x}{2}\cos\frac{x}{2}": "sin(x/2)*cos(x/2)",
    r"\sin\frac{1}{2}x": "sin(1/2*x)",
    r"\cos\frac{2\pi}{3}x": "cos(2pi/3*x)",
    r"\sin 2\sqrt{x}": "sin(2*sqrt(x))",
    r"\sin|x|": "sin(|x|)",
    r"\ln\ln x": "ln(ln(x))",
    r"\ln x+1": "ln(x)+1",
    r"\ln\left|x\right|": "ln(|x|)",
    r"\exp\left(-\frac{x^2}{2}\right)": "exp(-x^2/2)",
    r"\exp{-x}": "exp(-x)",
    r"\log_{2} x+\log_2(x)": "log2(x)+log2(x)",
    r"\log_b x+\log_{10}{x}+\lg x": "log(x, b)+log10(x)+log10(x)",
    r"\log_{x+1}(y)": "log(y, x+1)",
    r"\log_{2}^{3}\left(x\right)": "log2(x)^3",
    r"\sinh x+\coth x+\operatorname{sech} x": "sinh(x)+coth(x)+sech(x)",
    r"\mathrm{sgn}(x)+\text{ReLU}(x)": "sign(x)+relu(x)",
    r"\operatorname{leaky\_relu}(x)": "leaky_relu(x)",
    r"\max(a,b)+\min\{a,b\}": "max(a, b)+min(a, b)",
    r"\max\left(a,b\right)\cdot x": "max(a, b)*x",
    r"sin x+{y}": "sin(x)+y",
    r"exp(x)\cdot log2(x)": "exp(x)*log2(x)",
    r"\erf(x)+\arcsinh x": "erf(x)+asinh(x)",
    # letters
    r"\varepsilon+\varphi+\vartheta": "epsilon+phi+theta",
    r"α\cdot β": "alpha*beta",
    r"\Delta\cdot x": "Delta*x",
    r"\mathrm{e}^{x}+\mathrm e": "e^x+e",
    r"\gamma(x+1)+\gamma": "gamma*(x+1)+gamma",
    r"\beta\left(x+1\right)": "beta*(x+1)",
    r"j_0\cdot(x+1)": "j0*(x+1)",
    # choices
    r"\begin{cases}x^2 & x>0\\ -x & x\le 0\end{cases}": "Piecewise((x^2, x > 0), (-x, x <= 0))",
    r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}": "if(x > 0, x, 0)",
    r"\begin{cases} x, & 0 \leq x < 1, \\ 1, & \text{else.} \end{cases}": "if(0 <= x < 1, x, 1)",
    r"\begin{dcases} \frac{1}{x} & x \neq 0 \\[2pt] 0 & x = 0 \end{dcases}": "Piecewise((1/x, x != 0), (0, x == 0))",
    r"\left\{\begin{array}{ll} x & x>0 \\ 0 & \text{otherwise}\end{array}\right.": "if(x > 0, x, 0)",
    r"\begin{cases} x \text{ if } x>0 \\ 0 \text{ otherwise} \end{cases}": "if(x > 0, x, 0)",
    r"2\begin{cases} x & x>0 \land x<1 \lor x=5 \\ 0 & \lnot (x>2) \end{cases}": (
        "2*Piecewise((x, x > 0 and x < 1 or x == 5), (0, not (x > 2)))"
    ),
    # around a formula
    "$x^2$": "x^2", "$$x^2$$": "x^2", r"\(x^2\)": "x^2", r"\[ x^2. \]": "x^2",
    r"\begin{equation} x^2 \label{eq:1} \end{equation}": "x^2",
    "\\begin{equation}\n\\begin{aligned}\nx^2 \\\\\n\\end{aligned}\n\\end{equation}": "x^2",
    r"\displaystyle x^{2} \\": "x^2",
    # sums, products, integrals
    r"\sum_{k=1}^{4} k x^k": "sum(k*x^k, k, 1, 4)",
    r"x\sum\limits_{k=1}^4\frac{x^k}{k}": "x*sum(x^k/k, k, 1, 4)",
    r"\prod_{k=1}^{3}(x+k)": "product(x+k, k, 1, 3)",
    r"\sum_{i=1}^2\sum_{j=1}^2 x^{i j}": "sum(sum(x^(i j), j, 1, 2), i, 1, 2)",
    r"\int_0^x e^{-t^2}\,dt": "integral(e^(-t^2), t, 0, x)",
    r"\int_{0}^{x} t^2+1 \, \mathrm{d}t": "integral(t^2+1, t, 0, x)",
    r"\int_1^x\frac{dt}{t}": "integral(1/t, t, 1, x)",
    r"2\int_0^x\sin t\,dt+1": "2*integral(sin(t), t, 0, x)+1",
    r"\int_0^x\int_0^u t u\,dt\,du": "integral(integral(t*u, t, 0, u), u, 0, x)",
    # functions known by their print
    r"\Gamma(x)+\Gamma(s,x)": "gamma(x)+uppergamma(s, x)",
    r"\operatorname{erf}^{-1}(x)": "erfinv(x)",
    r"\ln\Gamma\left(x\right)": "loggamma(x)",
    r"\operatorname{J}_{0}(x)+\operatorname{J}_{n}\left(x\right)": "j0(x)+besselj(n, x)",
    r"\psi^{(2)}(x)+\psi'(x)": "polygamma(2, x)+trigamma(x)",
    r"{\left(x\right)}^{\overline{k}}": "rf(x, k)",
    r"f\left(x\right)g(x)": "f(x)*g(x)",
}  # fmt: skip


@each("text", MEANINGS)
def test_what_is_read(text: str) -> None:
    plain = MEANINGS[text]
    found, meant = parse(text), parse(plain)
    assert found.canonical_text == meant.canonical_text
    assert set(found.variables) == set(meant.variables)
    assert found.source == text


REFUSED = [
    # text, what the caret stands under, a part of the message, a part of the way out
    (r"\sin x^23", "23", "first digit", "x^{23}"),
    (r"\frac{x}23", "23", "first digit", "braces"),
    (r"x_12+\pi", "12", "first digit", "x_{12}"),
    (r"\sqrt12", "12", "first digit", "braces"),
    (r"x^{2}^3", "^", "a second '^'", "x^{2^3}"),
    (r"x^{2}!", "!", "factorial", "\\left(x^{2}\\right)!"),
    (r"x2+\pi", "x2", "product to TeX", "x_{2}"),
    (r"\pi+2e-3", "2e-3", "number to some", "10^{-3}"),
    (r"{x+1}^2", "{x+1}^2", "not seen", "\\left(x+1\\right)"),
    (r"2{x+1}", "{x+1}", "not seen", "\\left(x+1\\right)"),
    (r"x_{n+1}", "+", "index", "x_{max}"),
    (r"\sin^{-1} x", r"\sin^{-1}", "ambiguous", "asin(x)"),
    (r"\Gamma^{-1}(x)", r"\Gamma^{-1}", "ambiguous", "behind the bracket"),
    (r"P_0(1+r)^{t}", "P_0(1+r)^{t}", "factor to some", r"P_0 \cdot (1+r)"),
    (r"\sum_{k=1}^{3} k + k^2", "+", "its index goes on", "brackets"),
    (r"\sum_k k^2", r"\sum_k", "both bounds", r"\sum_{k=1}^{5}"),
    (r"\sum_{k<5}^{3} k", "{k<5}", "named below", r"\sum_{k=1}^{5}"),
    (r"\sum_{k=1}^{3}", r"\sum_{k=1}^{3}", "missing", "behind its bounds"),
    (r"\int x\,dx", r"\int", "without bounds", r"\int_{0}^{x}"),
    (r"\int_0^x t", r"\int_0^x", "by what", "dx"),
    (r"\iint x", r"\iint", "no such integrals", r"\int"),
    (r"\lim_{x\to0} x", r"\lim", "limits", "`--at x=0`"),
    (r"x\pm 1", r"\pm", "two formulas", "each"),
    (r"\infty", r"\infty", "not a finite number", "finite"),
    (r"1+\dots+x", r"\dots", "not read here", "in full"),
    (r"\lVert x\rVert", r"\lVert", "norm", r"\sqrt"),
    (r"\left.x\right|_{0}", r"\left.", "bracket", "`--at x=0`"),
    (r"\hat{x}", r"\hat", "marks", "x_1"),
    (r"\mathbf{x}", r"\mathbf", "marks", "x_1"),
    (r"x^2\text{ if }x", r"\text{ if }", "choice", r"\begin{cases}"),
    (r"x \text{ for all } y", r"\text{ for all }", "words", r"\begin{cases}"),
    ("frac{1}{x}", "frac", "the backslash of", "frac(x) for the part behind the point"),
    ("2 sqrt[3]{x}", "sqrt", "the backslash of", r"write \sqrt"),
    ("x cdot e^{x}", "cdot", "the backslash of", r"write \cdot"),
    (r"\begin{cases} x \\ 0 \end{cases}", " x ", "value and its condition", "otherwise"),
    (r"\begin{cases} x & x>0 \ 0 & x<0 \end{cases}", " x ", "value and its condition", "in single quotes"),
    (r"\begin{matrix} x \end{matrix}", r"\begin{matrix}", "not read here", "one formula"),
    (r"x^2 \\ x^3", r"\\", "more than one line", "one formula"),
    (r"x & y^{2}", "&", "columns", "cases"),
    (r"x\bmod 2", r"\bmod", "remainder", "mod}(x, y)"),
    (r"a\over b", r"\over", "before its parts", r"\frac{a}{b}"),
    (r"50% \cdot x", "%", "comment", r"\%"),
    (r"\unknowncommand{x}", r"\unknowncommand", "not known", "functions"),
    (r"\fraq{x}{2}", r"\fraq", "not known", r"\frac"),
    (r"\sinn x", r"\sinn", "not known", r"\sin"),
    (r"\operatorname{foo}(x)", r"\operatorname{foo}", "unknown function", "did you mean"),
    (r"\operatorname{sinn} x", r"\operatorname{sinn}", "unknown function", "sin"),
    (r"\mathrm{speed}(x+1)", r"\mathrm{speed}", "unknown function", "product"),
    (r"\sin x\,\mathrm{d}x", r"\mathrm{d}x", "no factor", "leave out dx"),
    (r"x^{2}\,dx", "dx", "no factor", "leave out dx"),
    (r"3{,}14x", "{,}", "without commas", "point"),
    (r"2\frac{1}{2}x", r"\frac{1}{2}", "two ways", r"(2 + \frac{1}{2})"),
    (r"\Delta x", r"\Delta x", "difference", "such as h"),
    (r"\phi+\varphi", r"\varphi", "one variable", "index"),
    (r"\frac{x}", "", "argument of \\frac", "braces"),
    (r"\frac{x", "{", "never closed", "}"),
    (r"\left(x\right]", r"\right]", "is due here", "kind"),
    (r"\left(x", r"\left(", "never closed", ")"),
    (r"x\right)", r"\right)", "nothing is open", r"\left"),
    (r"\begin{cases} x & x>0", r"\begin{cases}", "never closed", "close it"),
    (r"|x+\frac{1}{2}", "|", "never closed", "|"),
    (r"{x}}", "}", "nothing is open", "remove"),
    (r"^{2}x", "^", "nothing stands before", "before it"),
    (r"\{x\}+1", r"\{x\}", "set", "frac"),
    (r"$x^2", "$", "'$'", "without it"),
    (r"$x$ and $y$", "$", "'$'", "without it"),
    (r"\sqrt{x^2+\sinn(x)}", r"\sinn", "not known", r"\sin"),
    (r"\frac{1}{speed}", "speed", "unknown name", "declare"),
    *((f"\\{name} x", f"\\{name}", "runs no TeX", "alone") for name in (
        "def", "newcommand", "input", "include", "write", "csname", "catcode", "immediate", "usepackage", "let",
    )),
]  # fmt: skip


@each(("text", "under", "message", "hint"), REFUSED)
def test_what_is_refused(text: str, under: str, message: str, hint: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(text)
    error = caught.value
    assert error.span is not None
    assert error.source == text
    assert text[error.span.start : error.span.stop] == under
    assert message in error.message
    assert hint in hint_of(error) or hint in error.way_out


NOTED = {
    r"e^xy\,z": "(e^(x))*y",
    r"1/2\pi x": "1/(2*pi)",
    r"e^{-x^2/2\sigma^2}": "/(2*sigma^2)",
    r"\sin x/2+\pi": "sin(x/2)",
    r"\sin x(x+1)+\pi": "sin(x*(x+1))",
    r"\sin\frac{x}{2}y": "another argument",
    r"\sin x\sqrt{y}": "another argument",
    r"J_{0}(x)": r"J_{0} \cdot (x)",
    r"\gamma(x)": r"the product of \gamma and the bracket",
    r"2\beta\left(x+1\right)": r"the product of \beta and the bracket",
    r"\sigma(x)": r"\sigma \cdot (x)",
    r"\sum_{k=1}^{3} k x + 1": "brackets",
    r"e^{-t/\tau}": r"for the number tau write 2\pi",
}


@each("text", NOTED)
def test_two_readings_have_a_note_at_their_place(text: str) -> None:
    notes = parse(text).notes
    assert any(NOTED[text] in note.message for note in notes), [note.message for note in notes]
    assert all(note.source == text for note in notes)


@each("text", [text for text in MEANINGS if not {"f(", "''"} & {MEANINGS[text][:2], MEANINGS[text][1:3]}])
def test_one_reading_has_no_note_of_latex(text: str) -> None:
    assert not [note.message for note in parse(text).notes if "here; for a product" in note.message]


def test_a_declared_name_stays_one() -> None:
    assert parse(r"e^{-t/\tau}").variables == ("t", "tau")
    assert parse(r"\frac{ab}{2}", declared=["ab"]).canonical_text == "ab/2"
    assert parse(r"x_1+\pi", declared=["x_1"]).canonical_text == "x_1 + pi"
    assert parse(r"x_{max}+\mathrm{speed}").variables == ("x_max", "speed")
    assert parse(r"\sigma(x+1)", declared=["sigma"]).canonical_text == "sigma*(x + 1)"
    assert parse(r"\sigma^2+\sigma(x-1)").canonical_text == "sigma**2 + sigma*(x - 1)"
    assert parse(r"J_{0}(x)", declared=["J0"]).canonical_text == "J0*x"
    assert parse(r"\Gamma(x)", declared=["gamma"]).canonical_text == "gamma(x)"
    with pytest.raises(DerivError, match="is a variable here"):
        parse(r"\sqrt{x}", declared=["sqrt"])


BOMBS = {
    "fractions": r"\frac{" * 10_000 + "x" + "}{y}" * 10_000, "braces": "{" * 1_000_000, "commands": r"\frac" * 200_000,
    "roots": r"\sqrt" * 200_000, "exponents": "x^{" * 100_000, "bars": "|" * 500_000 + "{", "dollars": "$" * 1_000_000,
    "choices": r"\begin{cases}" * 50_000, "fences": r"\left(" * 100_000, "words": r"\text{" * 100_000,
    "lines": "\\" * 1_000_000, "closing": "{x" + "}" * 100_000, "sums": r"\sum_{k=1}^{2}" * 2_000 + "k",
    "functions": r"\sin " * 100_000 + "x", "indices": "x_{" * 50_000,
    "differentials": r"\int_0^x " * 2_000 + "dx" * 2_000,
    "digits": r"\pi " + "1" * 900_000, "length": "{x}" + "+x" * 500_000,
}  # fmt: skip


@each("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    with no_hang(20), pytest.raises(DerivError):
        parse(BOMBS[name])


def test_needless_braces_are_read() -> None:
    assert parse("{" * 150 + "x" + "}" * 150).canonical_text == "x"
    assert parse("x^" + "{" * 150 + "2" + "}" * 150).canonical_text == "x**2"


def test_every_command_reads_it() -> None:
    assert derive(r"\frac{x^2}{2}", at={"x": 3}).derivatives["x"][0] == 3
    assert implicit(r"$\frac{x^2}{4}+y^{2}=1$", at={"x": 0, "y": 1}, dependent="y").derivatives["x"][0] == 0
    assert deriv("answer", r"\sin^2 x", r"2\sin x\cos x").stdout.endswith("proved\n")
    assert deriv("answer", r"\frac{x^2}{2}", r"2\cdot x", status=1).stdout
    assert deriv(r"x^{2}", "--at", r"x=\frac{\pi}{2}", "--format", "value").stdout.startswith("3.14159265")
    assert deriv(r"\frac{z}{2}", "--let", r"z=\sqrt{x}", "--at", "x=4", "--format", "value").stdout == "0.125\n"


def test_a_caret_stands_under_what_was_typed() -> None:
    assert deriv(r"\frac{x}{\sinn x}", status=2).stderr.splitlines()[1:3] == [
        r"  \frac{x}{\sinn x}",
        "           ^^^^^",
    ]


def test_hundreds_of_drawn_texts_are_read_or_refused() -> None:
    dice = random.Random(5)
    pieces = r"\frac \sqrt { } ^ _ x 2 ( ) | \left( \right) \sin + \cdot & \\ $ \sum_{k=1}^{2} \int_0^x dt '".split()
    pieces += [
        r"\begin{cases}",
        r"\end{cases}",
        ",",
        "=",
        "k",
        r"\Gamma",
        "J",
        r"\operatorname{J}",
        "!",
        "%",
        "[",
        "]",
        r"\text{",
    ]
    for _ in range(1500):
        text = "".join(dice.choices(pieces, k=dice.randrange(1, 12)))
        spans = [Span(0, 0)]
        try:
            parse(text)
        except DerivError as error:
            spans.append(error.span or Span(0, 0))
        assert 0 <= spans[-1].start <= len(text), text


WITHOUT_VALUE = [
    # text, points, definitions, message, what the caret stands under
    (r"\alpha+x", {"x": 1}, {}, "'alpha' has no value", r"\alpha"),
    (r"$x\alpha$", {"x": 1}, {}, "'alpha' has no value", r"\alpha"),
    (r"$f(x)$", {"x": 1}, {}, "f is not known", "f"),
    (r"\theta_{0}(t)+1", {"t": 1}, {}, "theta0 is not known", r"\theta_{0}(t)+1"),
    (r"y_{0} = f(x)", {"x": 1}, {}, "f is not known", "f"),
    (r"$x f$", {"x": 1}, {"f(u)": "u"}, "'f' is a function here", "f"),
    ("“f(x)”", {"x": 1}, {}, "f is not known", "f"),
]


@each(("text", "at", "let", "message", "under"), WITHOUT_VALUE)
def test_what_has_no_value_is_named_in_another_notation_too(
    text: str, at: dict[str, float], let: dict[str, str], message: str, under: str
) -> None:
    with pytest.raises(DerivError) as caught:
        derive(text, at=at, let=let)
    assert message in caught.value.message
    assert caught.value.span is not None
    assert text[caught.value.span.start : caught.value.span.stop] == under
