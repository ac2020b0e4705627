"""Signs of books: degrees, percent, fractions, floors, roots, dashes, letters above and below the line."""

from __future__ import annotations

import math

import pytest

from derivcli import DerivError, derive, parse
from tests.support import deriv, each, hint_of

DEGREE = math.pi / 180

VALUES = [
    # text, the value and the derivative at x = 1.3, a piece of the note
    ("x + 5°", 1.3 + math.pi / 36, 1, "5° is read as 5*pi/180"),
    ("sin 30°*x", 0.65, 0.5, "30° is read as 30*pi/180"),
    ("2sin 30º + x", 2.3, 1, "30° is read"),
    ("sin(30˚) + x", 1.8, 1, "30° is read"),
    ("60∘ + x", math.pi / 3 + 1.3, 1, "60° is read"),
    ("sin 2x°", math.sin(2.6 * DEGREE), 2 * DEGREE * math.cos(2.6 * DEGREE), "x° is read as x*pi/180"),
    ("cos((x+1)°)", math.cos(2.3 * DEGREE), -DEGREE * math.sin(2.3 * DEGREE), "(x+1)° is read as (x+1)*pi/180"),
    ("x²°", 1.69 * DEGREE, 2.6 * DEGREE, "x²° is read as x²*pi/180"),
    ("-x°^2", -((1.3 * DEGREE) ** 2), -2.6 * DEGREE**2, "x° is read"),
    ("tan 45 deg * x", 1.3, 1, "45 degrees is read"),
    ("tan(45 degrees)*x", 1.3, 1, "45 degrees is read"),
    ("x + 45deg", 1.3 + math.pi / 4, 1, "45 degrees is read"),
    ("50%*x", 0.65, 0.5, "50% is read as 50/100; for the remainder write mod(x, y)"),
    ("x%", 0.013, 0.01, "x% is read as x/100"),
    ("(1 + 5%)^2*x", 1.05**2 * 1.3, 1.05**2, "5% is read as 5/100"),
    ("x - 5% - 3", -1.75, 1, "5% is read"),
    ("2½x", 3.25, 2.5, "2½ is read as 2+1/2"),
    ("x^2½", 1.3**2.5, 2.5 * 1.3**1.5, "2½ is read as 2+1/2"),
    ("1⅓ + x", 4 / 3 + 1.3, 1, "1⅓ is read as 1+1/3"),
]


@each(("text", "value", "slope", "said"), VALUES)
def test_what_has_two_meanings_has_a_note(text: str, value: float, slope: float, said: str) -> None:
    expression = parse(text)
    result = derive(text, at={"x": 1.3}, check=False)
    assert result.value[0] == pytest.approx(value, rel=1e-14)
    assert result.derivatives["x"][0] == pytest.approx(slope, rel=1e-14)
    assert said in expression.notes[0].message
    assert parse(expression.text).tree == expression.tree
    assert not parse(expression.text).notes


def test_an_angle_in_degrees_is_exact() -> None:
    outcome = deriv("cos(x + 60°)", "--at", "x=0", "--format", "json").json
    assert outcome["functions"][0]["value"][0] == 0.5 or math.isclose(outcome["functions"][0]["value"][0], 0.5)
    assert parse("5°").constant == pytest.approx(math.pi / 36, rel=1e-15)


PLAIN = {
    "½x": "(1/2)*x", "x^½": "x**(1/2)", "x^-½": "x**(-(1/2))", "sin ½x": "sin((1/2)*x)", "⅞": "7/8", "1/½": "1/(1/2)",
    "⌊x⌋": "floor(x)", "2⌈x/2⌉²": "2*ceil(x/2)**2", "sin⌊x⌋": "sin(floor(x))", "⌊⌈x⌉+½⌋": "floor(ceil(x) + 1/2)",
    "∜x": "root(x, 4)", "2∜(x+1)": "2*root(x + 1, 4)", "sin ∜x": "sin(root(x, 4))", "x•y∙z": "x*y*z", "x∶y": "x/y",
    "if(x⩽1, x, 2)": "if(x <= 1, x, 2)", "if(1⩾x, x, 2)": "if(1 >= x, x, 2)", "if(x≦1, x, 2)": "if(x <= 1, x, 2)",
    **{f"x{dash}1": "x - 1" for dash in "-−‐‑‒–—―﹣－"}, **{f"{dash}x": "-x" for dash in "−‐‑‒–—―﹣－"},
}  # fmt: skip


@each("text", PLAIN)
def test_what_has_one_meaning_is_read_without_a_note(text: str) -> None:
    expression = parse(text)
    assert expression.text == PLAIN[text]
    assert not expression.notes


REFUSED = [
    ("cos (x+1)°", "write cos((x+1)°) or (cos (x+1))°", 0, 10),
    ("2sin(30)°", "write sin((30)°) or (sin(30))°", 1, 9),
    ("x^2°", "write (x^2)° or x^(2°)", 0, 4),
    ("2^-x°", "write (2^-x)° or 2^(x°)", 0, 5),
    ("20°C", "write the number alone", 2, 3),
    ("60°30", "write (60+30/60)° for 60°30'", 0, 5),
    ("°x", "complete what stands before it", 0, 1),
    ("f∘g", "what it stands for", 1, 2),
    ("5 % 3", "for the remainder write mod(x, y); for percent divide by 100", 2, 3),
    ("x % 2", "for the remainder", 2, 3),
    ("x%y", "for the remainder", 1, 2),
    ("50% x", "for the remainder", 2, 3),
    ("50%(x+1)", "for the remainder", 2, 3),
    ("5 % -3", "for the remainder", 2, 3),
    ("5%-3", "for the remainder", 1, 2),
    ("5%%", "for the remainder", 1, 2),
    ("x^50%", "write (x^50)% or x^(50%)", 0, 5),
    ("x½", "write *(1/2) for the product or ^(1/2) for the power", 0, 2),
    ("(x+1)½", "^(1/2) for the power", 0, 6),
    ("2 ½", "write 2+1/2 or 2*(1/2)", 0, 3),
    ("2.5½", "write 2.5+1/2 or 2.5*(1/2)", 0, 4),
    ("½2", "write * between them", 0, 2),
    ("⌊x⌉", "add the missing '⌋'", 0, 1),
    ("⌊x)", "add the missing '⌋'", 0, 1),
    ("sin(x⌋", "add the missing ')'", 3, 4),
    ("|x⌋|", "close it, or write abs(...)", 0, 1),
    ("x⌋", "remove it or open it before", 1, 2),
    ("2⌈x", "add the missing '⌉'", 1, 2),
    ("⌊x, y⌋", "separate arguments", 2, 3),
]


@each(("text", "hint", "start", "stop"), REFUSED)
def test_what_is_refused(text: str, hint: str, start: int, stop: int) -> None:
    with pytest.raises(DerivError) as refused:
        parse(text)
    assert hint in hint_of(refused.value)
    assert refused.value.span is not None
    assert (refused.value.span.start, refused.value.span.stop) == (start, stop)


def test_a_word_for_degrees_can_be_declared_or_called() -> None:
    assert parse("2 deg", declared=["deg"]).text == "2*deg"
    assert parse("2 degrees(x)").text == "2*rad2deg(x)"
    assert not parse("deg2rad(30)").notes
