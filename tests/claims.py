"""Claims about functions in pieces, with kinks, filled holes and clipped parts, and an oracle of their own.

Every formula is made twice, as text and as a function on mpmath's numbers. The oracle takes quotients of differences
of f beside a point in 80 digits, and looks where by construction something happens.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import mpmath
from mpmath import mp, mpf

DIGITS = 80
STEPS = tuple(mpf(10) ** -power for power in (20, 24, 28))
SAME = mpf(10) ** -18
AT = mpf(10) ** -60
"""A point is one that a condition singles out if it is no further from it than this."""

Number: TypeAlias = Any
Body: TypeAlias = Callable[[Number], Number]


@dataclass(frozen=True)
class F:
    """A formula in x as text, and its value."""

    text: str
    value: Body


@dataclass(frozen=True)
class Claim:
    """A function, what is claimed for its derivative, and the points at which something may happen."""

    f: F
    claim: F
    places: tuple[F, ...] = field(default=())
    what: str = ""


PLACES = (
    *(("0", 0), ("1", 1), ("2", 2), ("-1", -1), ("3/2", "1.5"), ("0.3", "0.3"), ("-0.7", "-0.7"), ("1.25", "1.25")),
    *(("1/7", None), ("-2/3", None), ("pi", None), ("sqrt(2)", None), ("log(2)", None), ("e", None), ("pi/3", None)),
    *(("-sqrt(3)", None), ("2^(1/3)", None), ("exp(-2)", None), ("sqrt(2)+1", None)),
)
KNOWN: dict[str, Callable[[], Number]] = {
    "1/7": lambda: mpf(1) / 7, "-2/3": lambda: -mpf(2) / 3, "pi": lambda: +mp.pi, "sqrt(2)": lambda: mp.sqrt(2),
    "log(2)": lambda: mp.log(2), "e": lambda: +mp.e, "pi/3": lambda: mp.pi / 3, "-sqrt(3)": lambda: -mp.sqrt(3),
    "2^(1/3)": lambda: mpf(2) ** (mpf(1) / 3), "exp(-2)": lambda: mp.exp(-2), "sqrt(2)+1": lambda: mp.sqrt(2) + 1,
}  # fmt: skip


def place(draw: random.Random) -> F:
    """A number as text, and its value."""
    text, value = draw.choice(PLACES)
    number = KNOWN[text]() if value is None else mpf(value)
    return F(f"({text})", lambda x: number)


def constant(draw: random.Random) -> F:
    number = draw.choice((2, 3, -1, 5, -4, 7))
    return F(str(number) if number > 0 else f"({number})", lambda x: mpf(number))


SMOOTH: tuple[tuple[F, F], ...] = (
    (F("x^2", lambda x: x**2), F("2x", lambda x: 2 * x)),
    (F("x^3-x", lambda x: x**3 - x), F("3x^2-1", lambda x: 3 * x**2 - 1)),
    (F("sin(x)", mp.sin), F("cos(x)", mp.cos)),
    (F("cos(2x)", lambda x: mp.cos(2 * x)), F("-2sin(2x)", lambda x: -2 * mp.sin(2 * x))),
    (F("exp(x)", mp.exp), F("exp(x)", mp.exp)),
    (F("exp(-x^2)", lambda x: mp.exp(-x * x)), F("-2x*exp(-x^2)", lambda x: -2 * x * mp.exp(-x * x))),
    (F("1/(1+x^2)", lambda x: 1 / (1 + x * x)), F("-2x/(1+x^2)^2", lambda x: -2 * x / (1 + x * x) ** 2)),
    (F("x*sin(x)", lambda x: x * mp.sin(x)), F("sin(x)+x*cos(x)", lambda x: mp.sin(x) + x * mp.cos(x))),
    (F("atan(x)", mp.atan), F("1/(1+x^2)", lambda x: 1 / (1 + x * x))),
    (F("5x-2", lambda x: 5 * x - 2), F("5", lambda x: mpf(5))),
    (F("log(x^2+1)", lambda x: mp.log(x * x + 1)), F("2x/(x^2+1)", lambda x: 2 * x / (x * x + 1))),
)

FILLED: tuple[tuple[str, str, str, Body, Body, str, str], ...] = (
    ("sin({u})/{u}", "cos({u})/{u}-sin({u})/{u}^2", "1", lambda u: mp.sin(u) / u,
     lambda u: mp.cos(u) / u - mp.sin(u) / u**2, "1", "0"),
    ("(exp({u})-1)/{u}", "({u}*exp({u})-exp({u})+1)/{u}^2", "1", lambda u: (mp.exp(u) - 1) / u,
     lambda u: (u * mp.exp(u) - mp.exp(u) + 1) / u**2, "1", "1/2"),
    ("(1-cos({u}))/{u}", "(sin({u})*{u}-1+cos({u}))/{u}^2", "0", lambda u: (1 - mp.cos(u)) / u,
     lambda u: (mp.sin(u) * u - 1 + mp.cos(u)) / u**2, "0", "1/2"),
    ("atan({u})/{u}", "1/((1+{u}^2)*{u})-atan({u})/{u}^2", "1", lambda u: mp.atan(u) / u,
     lambda u: 1 / ((1 + u * u) * u) - mp.atan(u) / u**2, "1", "0"),
    ("{u}^2*sin(1/{u})", "2*{u}*sin(1/{u})-cos(1/{u})", "0", lambda u: u**2 * mp.sin(1 / u),
     lambda u: 2 * u * mp.sin(1 / u) - mp.cos(1 / u), "0", "0"),
    ("{u}^2/{u}", "1", "0", lambda u: u, lambda u: mpf(1), "0", "1"),
)  # fmt: skip


def at(p: F, here: F, else_: F) -> F:
    """One formula at a point, and another one elsewhere."""
    return F(
        f"if(x=={p.text},{here.text},{else_.text})",
        lambda x: here.value(x) if abs(x - p.value(x)) < AT else else_.value(x),
    )


def below(p: F, left: F, right: F, mark: str = "<") -> F:
    """One formula on the left of a point, and another one on the right, where mark says which is at the point."""

    def value(x: Number) -> Number:
        distance = x - p.value(x)
        is_left = (mark == "<=") if abs(distance) < AT else distance < 0
        return left.value(x) if is_left else right.value(x)

    return F(f"if(x{mark}{p.text},{left.text},{right.text})", value)


def put(f: F, p: F) -> F:
    """A formula's value at a point, as a constant formula."""
    return F(f.text.replace("exp", "EXP").replace("x", p.text).replace("EXP", "exp"), lambda x: f.value(p.value(x)))


def plus(f: F, more: str) -> F:
    return F(f"({f.text}+{more})", lambda x: f.value(x) + mpf(more))


def times(c: F, f: F) -> F:
    return F(f"{c.text}*({f.text})", lambda x: c.value(x) * f.value(x))


def number(text: str) -> F:
    value = mpf(text.split("/")[0]) / mpf((text + "/1").split("/")[1])
    return F(text, lambda x: value)


def known(value: Number) -> F:
    """A number that no formula holds as text."""
    return F("", lambda x: value)


def special_value(draw: random.Random) -> Claim:
    """A smooth function and a claim with a value of its own at one point."""
    (f, d), p = draw.choice(SMOOTH), place(draw)
    here = draw.choice((put(d, p), plus(put(d, p), draw.choice(("1", "-3", "0.001", "1e-12"))), constant(draw)))
    return Claim(f, at(p, here, d), (p,), "special value")


def special_in_f(draw: random.Random) -> Claim:
    """A smooth function that is given at one point by itself, and a claim by branches, right or not."""
    (f, d), p = draw.choice(SMOOTH), place(draw)
    value = draw.choice((put(f, p), put(f, p), plus(put(f, p), "1")))
    claim = draw.choice((d, at(p, number("0"), d), at(p, put(d, p), d)))
    return Claim(at(p, value, f), claim, (p,), "special in f")


def kinked(draw: random.Random) -> Claim:
    """Absolute values and signs."""
    p, c = place(draw), constant(draw)
    u = f"(x-{p.text})"

    def s(x: Number) -> Number:
        distance = x - p.value(x)
        return mpf(0) if abs(distance) < AT else mp.sign(distance)

    pairs = [
        (F(f"abs({u})", lambda x: abs(x - p.value(x))), F(f"sign({u})", s)),
        (F(f"{u}*abs({u})", lambda x: (x - p.value(x)) * abs(x - p.value(x))),
         F(f"2*abs({u})", lambda x: 2 * abs(x - p.value(x)))),
        (F(f"abs({u})^3", lambda x: abs(x - p.value(x)) ** 3),
         F(f"3*{u}^2*sign({u})", lambda x: 3 * (x - p.value(x)) ** 2 * s(x))),
        (F(f"{u}*sign({u})^2", lambda x: x - p.value(x)), F(f"sign({u})^2", lambda x: s(x) ** 2)),
        (F(f"abs({u})*sign({u})", lambda x: x - p.value(x)), F("1", lambda x: mpf(1))),
        (F(f"cbrt({u})^3", lambda x: x - p.value(x)), F("1", lambda x: mpf(1))),
        (F(f"sqrt({u}^4)", lambda x: (x - p.value(x)) ** 2), F(f"2*{u}", lambda x: 2 * (x - p.value(x)))),
        (F(f"max({u},0)^2", lambda x: max(x - p.value(x), mpf(0)) ** 2),
         F(f"2*max({u},0)", lambda x: 2 * max(x - p.value(x), mpf(0)))),
        (F(f"relu({u})", lambda x: max(x - p.value(x), mpf(0))), F(f"heaviside({u})", lambda x: (1 + s(x)) / 2)),
    ]  # fmt: skip
    f, d = draw.choice(pairs)
    claim = draw.choice((d, d, at(p, c, d), at(p, number("0"), d)))
    return Claim(times(c, f), times(c, claim), (p,), "kinked")


def filled(draw: random.Random) -> Claim:
    """A hole that is filled, with the right value or not."""
    p = place(draw)
    text, slope, limit, f, d, _, at_hole = draw.choice(FILLED)
    u = f"(x-{p.text})"
    made = F(text.format(u=u), lambda x: f(x - p.value(x)))
    derived = F(slope.format(u=u), lambda x: d(x - p.value(x)))
    value = draw.choice((number(limit), number(limit), number(limit), plus(number(limit), "1")))
    claimed = draw.choice((number(at_hole), number(at_hole), number("0"), constant(draw)))
    return Claim(at(p, value, made), at(p, claimed, derived), (p,), "filled")


def glued(draw: random.Random) -> Claim:
    """Two pieces that meet smoothly, at a corner or at a jump."""
    p, a, m = place(draw), constant(draw), constant(draw)
    u = f"(x-{p.text})"
    left = F(f"({a.text}*{u}+{m.text})*{u}", lambda x: (a.value(x) * (x - p.value(x)) + m.value(x)) * (x - p.value(x)))
    d_left = F(f"2*{a.text}*{u}+{m.text}", lambda x: 2 * a.value(x) * (x - p.value(x)) + m.value(x))
    k = draw.choice((m, m, m, constant(draw)))
    jump = draw.choice(("0", "0", "0", "1"))
    right = F(f"{k.text}*{u}+{u}^3+{jump}", lambda x: k.value(x) * (x - p.value(x)) + (x - p.value(x)) ** 3 + mpf(jump))
    d_right = F(f"{k.text}+3*{u}^2", lambda x: k.value(x) + 3 * (x - p.value(x)) ** 2)
    f = below(p, left, right, draw.choice(("<", "<=")))
    plain = below(p, d_left, d_right, draw.choice(("<", "<=")))
    claim = draw.choice((plain, plain, at(p, constant(draw), plain), at(p, m, plain)))
    return Claim(f, claim, (p,), "glued")


def clipped(draw: random.Random) -> Claim:
    """A function that stays where it leaves an interval."""
    p, c = place(draw), constant(draw)
    u = f"(x-{p.text})"
    one = F(f"({p.text}+1)", lambda x: p.value(x) + 1)
    f = F(f"clamp({u},0,1)^2", lambda x: min(max(x - p.value(x), mpf(0)), mpf(1)) ** 2)
    d = F(f"if({u}<0,0,if({u}<1,2*{u},0))", lambda x: 2 * (x - p.value(x)) if 0 <= x - p.value(x) < 1 - AT else mpf(0))
    claim = draw.choice((d, d, at(p, c, d), at(one, c, d), at(p, number("0"), d)))
    return Claim(f, claim, (p, one), "clipped")


def two_points(draw: random.Random) -> Claim:
    """A polynomial condition with two roots, at which a claim is another formula."""
    (f, d), c = draw.choice(SMOOTH), draw.choice((2, 3, 5, 4))
    roots = [known(sign * mp.sqrt(c)) for sign in (1, -1)]
    wrong = draw.choice((plus(d, "1"), d, times(number("2"), d)))

    def value(x: Number) -> Number:
        return wrong.value(x) if min(abs(x - root.value(x)) for root in roots) < AT else d.value(x)

    return Claim(f, F(f"if(x^2=={c},{wrong.text},{d.text})", value), tuple(roots), "two points")


EQUATIONS: tuple[tuple[str, tuple[Callable[[], Number], ...]], ...] = (
    ("sinh(x)==1", (lambda: mp.asinh(1),)),
    ("tanh(x)==1/3", (lambda: mp.atanh(mpf(1) / 3),)),
    ("atan(x)==1", (lambda: mp.tan(1),)),
    ("asinh(x)==1", (lambda: mp.sinh(1),)),
    ("cosh(x)==2", (lambda: mp.acosh(2), lambda: -mp.acosh(2))),
    ("x+1/x==4", (lambda: 2 - mp.sqrt(3), lambda: 2 + mp.sqrt(3))),
    ("x+1/x==1000", (lambda: 500 - mp.sqrt(249999), lambda: 500 + mp.sqrt(249999))),
    ("sin(x)==1/3", (lambda: mp.asin(mpf(1) / 3), lambda: mp.pi - mp.asin(mpf(1) / 3))),
    ("cos(x)==1/3", (lambda: mp.acos(mpf(1) / 3), lambda: -mp.acos(mpf(1) / 3))),
    ("x==sqrt(2)+sqrt(3)", (lambda: mp.sqrt(2) + mp.sqrt(3),)),
    ("x+exp(x)==3", (lambda: 3 - mp.lambertw(mp.exp(3)).real,)),
    ("x+atan(x)==1000", (lambda: mp.findroot(lambda x: x + mp.atan(x) - 1000, 998.4),)),
    ("x-sin(x)==200", (lambda: mp.findroot(lambda x: x - mp.sin(x) - 200, 199.1),)),
    ("x^3+x==10^9", (lambda: mp.findroot(lambda x: x**3 + x - mpf(10) ** 9, 1000),)),
)
"""Equations with their roots: irrational ones, some of them far from 0."""


def equation(draw: random.Random) -> Claim:
    """A claim that is another formula at the roots of an equation, or one with a sign that is 0 there."""
    moderate = [pair for pair in SMOOTH if "exp" not in pair[0].text]  # of which no number at 1000 hides another
    (f, d), (text, made) = draw.choice(moderate), draw.choice(EQUATIONS)
    roots = tuple(known(root()) for root in made)
    here = draw.choice((constant(draw), d, plus(d, "1"), d))

    def is_root(x: Number) -> bool:
        return any(abs(x - root.value(x)) < AT for root in roots)

    if draw.random() < 0.3:
        left, right = text.split("==")
        step = F(f"{d.text}+1-sign({left}-({right}))^2", lambda x: d.value(x) + (1 if is_root(x) else 0))
        return Claim(f, step, roots, "equation")
    claim = F(f"if({text},{here.text},{d.text})", lambda x: here.value(x) if is_root(x) else d.value(x))
    return Claim(f, claim, roots, "equation")


def periodic(draw: random.Random) -> Claim:
    """Conditions that hold at endlessly many points."""
    (f, d), c = draw.choice(SMOOTH), constant(draw)
    places = tuple(known(k * mp.pi) for k in range(-2, 3))
    here = draw.choice((c, d))

    def value(x: Number) -> Number:
        return here.value(x) if abs(mp.sin(x)) < AT else d.value(x)

    return Claim(f, F(f"if(sin(x)==0,{here.text},{d.text})", value), places, "periodic")


def elsewhere(draw: random.Random) -> Claim:
    """A claim that is wrong on a stretch, however short."""
    (f, d), p = draw.choice(SMOOTH), place(draw)
    width = draw.choice(("1", "0.01", "0.0001"))
    end = F(f"({p.text}+{width})", lambda x: p.value(x) + mpf(width))
    middle = F("", lambda x: p.value(x) + mpf(width) / 2)
    wrong = below(p, d, below(end, plus(d, "1"), d))
    return Claim(f, wrong, (p, end, middle), "elsewhere")


def sums(draw: random.Random) -> Claim:
    """A sum or a product of two functions of other kinds, at points of their own."""
    one, two = (draw.choice((special_value, special_in_f, kinked, filled, glued, clipped))(draw) for _ in range(2))
    places, (f, c), (g, d) = (*one.places, *two.places), (one.f, one.claim), (two.f, two.claim)
    if draw.random() < 0.6:
        f_g = F(f"({f.text})+({g.text})", lambda x: f.value(x) + g.value(x))
        return Claim(f_g, F(f"({c.text})+({d.text})", lambda x: c.value(x) + d.value(x)), places, "sum")
    f_g = F(f"({f.text})*({g.text})", lambda x: f.value(x) * g.value(x))
    text = f"({c.text})*({g.text})+({f.text})*({d.text})"
    claim = F(text, lambda x: c.value(x) * g.value(x) + f.value(x) * d.value(x))
    return Claim(f_g, claim, places, "product")


MAKERS: Sequence[Callable[[random.Random], Claim]] = (
    *(special_value, special_in_f, kinked, filled, glued, clipped, two_points, periodic, elsewhere, sums, equation),
)


def claims(count: int, seed: int) -> list[Claim]:
    """Claims of all kinds, the same for the same seed."""
    draw = random.Random(seed)
    with mp.workdps(DIGITS):
        return [MAKERS[number % len(MAKERS)](draw) for number in range(count)]


def derivative(f: F, p: Number) -> Number | None:
    """The derivative of f from values beside a point; None where there is none."""
    try:
        here = f.value(p)
        beside = [[(f.value(p + sign * step) - here) / (sign * step) for step in STEPS] for sign in (1, -1)]
    except (ZeroDivisionError, ValueError):
        return None
    found = [each[-1] for each in beside]
    if any(abs(each[-1] - each[-2]) > SAME * (1 + abs(each[-1])) for each in beside):
        return None
    return found[0] if abs(found[0] - found[1]) <= SAME * (1 + abs(found[0])) else None


def wrong_places(claim: Claim) -> list[Number]:
    """The points at which a claim is wrong, of those where something may happen."""
    found = []
    with mp.workdps(DIGITS):
        for each in claim.places:
            p = +each.value(mpf(0))
            truth = derivative(claim.f, p)
            if truth is None:
                continue
            try:
                claimed = claim.claim.value(p)
            except ZeroDivisionError:
                continue
            if abs(claimed - truth) > 10 * SAME * (1 + abs(truth)):
                found.append(p)
    return found


FUNCTIONS = "sqrt log exp sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()


def number_of(text: str) -> Number:
    """A coordinate as an answer gives it."""
    with mp.workdps(DIGITS):
        names = {name: getattr(mp, name) for name in FUNCTIONS} | {"pi": +mp.pi, "e": +mp.e}
        exact = re.sub(r"\b\d+(?:\.\d+)?(?:e[+-]?\d+)?", r"mpf('\g<0>')", text.replace("^", "**"))  # 1/3 is no float
        return mpmath.mpmathify(eval(exact, {"__builtins__": {}, "mpf": mpf}, names))
