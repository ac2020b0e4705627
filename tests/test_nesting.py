"""What makes a formula deep counts against the limit of nesting, and brackets that change nothing do not."""

from __future__ import annotations

import random

import pytest

from derivcli import DerivError, derive, parse
from derivcli.language import limits
from tests.support import each, no_hang

LAYERS = {
    "a sum": ("(1 + x*", ")"),
    "a sum on the left": ("(", " + 1)*x"),
    "a quotient": ("1/(1 + ", ")"),
    "a function": ("sin(", ")"),
    "a value": ("|2*", "|"),
    "a choice": ("if(x > 0, x, ", ")"),
    "a minus": ("-(", ")"),
    "a square": ("(", " - x)^2"),
}
"""What deepens the tree by being around something, each by one."""


def wrapped(layers: list[tuple[str, str]], draw: random.Random, needless: int) -> str:
    """A variable in layers, with a bracket and up to so many that change nothing around what stands in each."""
    text = "x"
    for before, after in reversed(layers):
        more = 1 + draw.randint(0, needless)
        text = before + "(" * more + text + ")" * more + after
    return text


@pytest.mark.parametrize("seed", range(12))
def test_needless_brackets_change_nothing(seed: int) -> None:
    draw = random.Random(seed)
    layers = [draw.choice(list(LAYERS.values())) for _ in range(draw.randint(1, 40))]
    plain, bracketed = wrapped(layers, random.Random(seed), 0), wrapped(layers, draw, 20)
    assert len(bracketed) > len(plain)
    assert parse(bracketed).tree == parse(plain).tree
    assert parse(bracketed).canonical_text == parse(plain).canonical_text


@each("layer", LAYERS.values())
def test_the_limit_counts_what_deepens(layer: tuple[str, str]) -> None:
    for needless in (0, 5):
        draw = random.Random(needless)
        assert derive(wrapped([layer] * 99, draw, needless), at={"x": 0.5}, check=False).value.shape == (1,)
        with pytest.raises(DerivError, match="deeper than the limit of 100"):
            parse(wrapped([layer] * 102, draw, needless))


@each("count", [150, limits.MAX_BRACKETS - 1])
def test_needless_brackets_in_hundreds_are_read(count: int) -> None:
    assert parse("(" * count + "x" + ")" * count).canonical_text == "x"
    pair = "(" * count + "x + 1" + ")" * count
    assert parse(f"{pair}{pair}/{pair}").canonical_text == "(x + 1)*(x + 1)/(x + 1)"
    assert parse(f"sin({pair})^2").canonical_text == "sin(x + 1)**2"
    assert derive(pair, at={"x": 2}).value[0] == 3


@each("opening", ["(", "((1+", "(((", "sin((", "2(", "-((", "|(", "1+(", "if((", "√(", "x^("])
def test_no_depth_is_hostile(opening: str) -> None:
    """Whether closed or not, each is refused at once, by one of the two limits or as a bracket that stays open."""
    count = 300_000 // len(opening)
    for text in (opening * count, opening * 20_000 + "x" + ")" * 20_000 * opening.count("(")):
        with no_hang(), pytest.raises(DerivError) as caught:
            parse(text)
        assert "limit of 100" in caught.value.message or "1,000 brackets" in caught.value.message
        assert caught.value.span
        assert caught.value.span.start < 10 * limits.MAX_BRACKETS
