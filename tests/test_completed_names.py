"""The variables that shells are offered: which of them, whatever was typed, and what is loaded for it."""

import random
import re
import sys

import pytest

from derivcli import parse
from derivcli.cli.completed_names import completed
from derivcli.errors import DerivError
from derivcli.language.lexer.variable_names import variable_names
from tests.shells import run
from tests.support import each

NAMING, OTHERS = "--wrt --at --let --mixed --along --implicit", "--format --plot"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("u*v --wrt |", "u v"),
        ("u*v --wrt=|", "u v"),
        ("u*v --wrt u,|", "v"),
        ("u*v --wrt u|", "u"),
        ("u*v --wrt u --wrt |", "v"),
        ("u*v --at u=3 --wrt |", "u v"),
        ("u*v --at u=3,4,|", "v"),
        ("u*v --at u=3 --at |", "v"),
        ("u*v --at=u=3 --at=|", "v"),
        ("u*v --let u=t^2 --at |", "v t"),
        ("u*v --at u=3 --let |", "v"),
        ("u*v --along u=1,|", "v"),
        ("u*v --mixed u,u,|", "u v"),
        ("u*v --format json --wrt |", "u v"),
        ("u*v --plot u --wrt |", "u v"),
        ("u w*u v --wrt |", "u w v"),
        ("--zip -u --wrt |", "u"),
        ("z --let z=max(a,b==c) --at |", "a b c"),
        ("z --let z=max(a,b) --let a=t --at |", "b t"),
        ("f(u)*v --let f(x)=x*a+u --at |", "u v a"),
        ("f(u)*v --let f(x,t)=x*b --at f(|", ""),
        ("f(x)*g(t)+h --wrt |", "x t h"),
        ("y'(t)+u_xx(x,t) --wrt |", "t x"),
        ("speed*t --at sp|", "speed"),
        ("speed*t --at speed=3 --wrt |", "speed t"),
        ("2uv+u+v --wrt |", "u v"),
        ("x^2+y^2=25 --implicit |", "x y"),
        ("x_1+α₂+Δt --wrt |", "x_1 α2 Δ t"),
        ("alpha+α --wrt |", "alpha"),
        ("gamma*x+gamma(y)+beta --wrt |", "gamma x y beta"),
        ("sin2x+pi*e^x+sinx --wrt |", "x"),
        ("if(x>0,t,not) --wrt |", "x t"),
        ("x$(y) --wrt |", "x"),
        ("u*v |", ""),
        ("u*v --format |", ""),
        ("u*v --zip |", ""),
        ("u*v -- --wrt |", ""),
        ("--wrt |", ""),
        ("|", ""),
    ],
)
def test_names(line: str, expected: str) -> None:
    assert completed([NAMING, OTHERS, *line.rstrip("|").split(" ")]) == expected.split()


ASKED = """
import os, sys
from derivcli.__main__ import main
def end(status):
    print(status, *{"torch", "sympy", "typer", "numpy", "asyncio", "subprocess"} & sys.modules.keys())
    raise SystemExit
os._exit = end
sys.argv[1:] = ["--complete-names", "--at", "", "αu", "--at", ""]
main()
"""


def test_the_program_prints_them_and_loads_next_to_nothing() -> None:
    assert run(sys.executable, "-c", ASKED) == "α\nu\n0\n"


def test_a_long_text_is_looked_at_in_part() -> None:
    assert completed(["--at", "", "x*" * 3_000 + "y", "--at", ""]) == ["x"]
    assert completed(["--at", "", f"x*{'a' * 300}+y", "--at", ""]) == ["x", "y"]


@each("words", [[], ["--at"], ["--at", ""], ["", "", ""]])
def test_words_that_no_script_gives_are_no_error(words: list[str]) -> None:
    assert completed(words) == []


PIECES = [
    *"x y t u alpha α speed x_1 2 0.5 pi e sin cos gamma log ( ) + - * / ^ ** , | = == <= $ ; ` ' \" \\".split(),
    *"é _ . : # & xy uv".split(), "\n", " ",
]  # fmt: skip


def test_only_letters_digits_underscores_and_greek_are_offered() -> None:
    draw = random.Random(7)
    offered = set()
    for _ in range(2_000):
        text = "".join(draw.choices(PIECES, k=draw.randint(1, 9)))
        offered |= set(completed(["--at --let", "", text, "--let", f"z={text}", "--at", draw.choice(["", "x=1,"])]))
    assert len(offered) > 10
    assert all(re.fullmatch(r"[A-Za-z0-9_\u0391-\u03f5\u00b5]+", name) for name in offered)


def test_they_are_the_variables_of_each_formula_that_can_be_read() -> None:
    draw = random.Random(11)
    pieces = [piece for piece in PIECES if piece not in "$;`'\"\\\n#&:=.é_"]
    read = 0
    for _ in range(6_000):
        text = "".join(draw.choices(pieces, k=draw.randint(1, 7)))
        try:
            variables = parse(text).variables
        except DerivError:
            continue
        read += 1
        assert sorted(name.replace("α", "alpha") for name in variable_names(text)) == sorted(variables), text
    assert read > 300
