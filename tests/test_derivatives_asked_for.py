"""What a text asks for by the sign of a derivative: every command and option understands the same by it."""

from __future__ import annotations

from derivcli import derive, parse
from tests.support import deriv


def test_the_options_may_say_the_same_and_nothing_else() -> None:
    for text, options in (
        ("d/dx (x*y)", "--wrt x"),
        ("d^2/dx^2 (x*y)", "--wrt x --order 2"),
        ("d^2/dx^2 (x*y)", "--order 2"),
        ("∂²/∂x∂y (x*y)", "--mixed x,y"),
        ("d/dx (x*y)", "--mixed x"),
    ):
        assert deriv(text, *options.split()).stdout == deriv(text).stdout
    for text, options, named in (
        ("d/dx (x*y)", "--wrt y", "--wrt"),
        ("d/dx (x*y)", "--wrt x,y", "--wrt"),
        ("d/dx x^2", "--order 2", "--order"),
        ("d^2/dx^2 x^3", "--order 3", "--order"),
        ("∂²/∂x∂y (x*y)", "--mixed y,x", "--mixed"),
        ("∂²/∂x∂y (x*y)", "--order 2", "--order"),
        ("d/dx (x*y)", "--hessian", "--hessian"),
        ("d/dx (x*y)", "--along x=1,y=2", "--along"),
    ):
        told = deriv(text, *options.split(), status=2).stderr
        assert f"and {named} for another" in told
        assert "^" * len(text) in told


def test_several_formulas_ask_for_the_same() -> None:
    assert deriv("d/dx x^2", "d/dx x^3").stdout == deriv("x^2", "x^3").stdout
    told = deriv("d/dx x^2", "x^3", status=2).stderr
    assert "this asks for a derivative that another formula does not" in told


def test_every_command_takes_what_is_asked_for() -> None:
    for command, text, plain in (
        ("steps", "d^2/dx^2 x^3", "x^3 --order 2"),
        ("steps", "∂²/∂x∂y (x^2 y)", "x^2*y --mixed x,y"),
        ("answer", "d/dx x^2 2x", ""),
        ("explain", "d/dx x^2 --at x=2", "x^2 --at x=2"),
    ):
        words = [text, "2x"] if command == "answer" else [text.split(" --")[0], *_options(text)]
        words[0] = words[0].replace(" 2x", "")
        told = deriv(command, *words).stdout
        if plain:
            assert told == deriv(command, plain.split(" --")[0], *_options(plain)).stdout
        else:
            assert "yes: proved" in told
    assert deriv("d/dx x^2", "--at", "x=2", "--code").stdout == deriv("x^2", "--at", "x=2", "--code").stdout
    told = deriv("d/dx sin(x)", "--series", "4", "--at", "x=0", "--format", "value").stdout
    assert told == deriv("cos(x)", "--series", "4", "--at", "x=0", "--format", "value").stdout
    assert "first derivatives" in deriv("explain", "d^2/dx^2 x^3", "--at", "x=2", status=2).stderr
    assert deriv("z", "--let", "z=d/dx x^3", "--at", "x=2", "--format", "value").stdout.split() == ["12"]


def _options(text: str) -> list[str]:
    first = text.partition(" --")
    return (first[1] + first[2]).split()


def test_python_takes_what_is_asked_for() -> None:
    result = derive("d^2/dx^2 x^3", at={"x": 2})
    assert {key: values[0] for key, values in result.derivatives.items()} == {"x,x": 12}
    assert derive(parse("d/dx x^3"), at={"x": 2}).derivatives["x"][0] == 12
    assert derive("(x^3)'").derivatives["x"].canonical_text == "3*x**2"
