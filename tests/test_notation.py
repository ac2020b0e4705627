"""Notation of derivatives, primes and quotes is refused with a way out that can be taken; variables stay variables."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from derivcli import DerivError, derive, parse
from tests.support import each, hint_of, no_hang


def refused(text: str, *names: str) -> DerivError:
    with pytest.raises(DerivError) as caught:
        parse(text, declared=names)
    assert caught.value.span is not None
    return caught.value


@each(
    ("text", "words"),
    [
        ("Δx", "write Δ*x for the product"),
        ("2∆x", "write ∆*x for the product"),
        ("(x+δy)", "write δ*y for the product"),
        ("y''", "the formula of y"),
        ("u'v + uv'", "the formula of u"),
        ("u v'", "the formula of v"),
    ],
)
def test_a_difference_or_the_prime_of_a_letter_is_refused(text: str, words: str) -> None:
    assert words in hint_of(refused(text))


LIVE = {
    "a*d + b": "a*d + b", "2d": "2*d", "d^2": "d**2", "d/2": "d/2", "a d": "a*d", "d/x": "d/x", "c/d": "c/d",
    "x d": "x*d", "d*(x^2)": "d*x**2", "D*x": "D*x", "d": "d", "D^2/4": "D**2/4", "sqrt(d)": "sqrt(d)",
    "d1 + d_2": "d1 + d_2", "x/d2": "x/d2", "d1/d2": "d1/d2",
    "d x/D": "d*x/D", "mod(d, x)": "mod(d, x)", "round(x)": "round(x)", "sinh(d)/d": "sinh(d)/d", "1/d x": "1/d*x",
    "a d/(d x)": "a*d/(d*x)", "c d x/(d y)": "c*d*x/(d*y)",
    "delta*x": "delta*x", "Δ x": "Delta*x", "Δ*x": "Delta*x", "δ": "delta",
}  # fmt: skip


@each("text", LIVE)
def test_a_letter_that_asks_for_nothing_is_a_variable(text: str) -> None:
    assert parse(text).canonical_text == LIVE[text]


def test_a_letter_given_a_value_stays_a_variable() -> None:
    assert derive("d(x+1)", at={"d": 2, "x": 1}).value[0] == 4
    assert derive("D(x+1)", at={"x": 1}, let={"D": "3"}).value[0] == 6


@each("text", ["D x^2", "d sin(x)", "d x", "D**2 x", "d |x|", "d√x"])
def test_a_product_that_could_be_a_derivative_has_a_note(text: str) -> None:
    (note,) = parse(text).notes
    assert note.message == f"{text[0]} is read as a variable; for the derivative leave it out"
    assert not parse(text, declared=[text[0]]).notes


@each("text", ["sqrt(D t)", "a/(d x)", "e^(d x)", "|d x|", "x d y", "2 d sin(x)"])
def test_a_product_that_asks_for_nothing_has_no_note(text: str) -> None:
    assert not parse(text).notes


QUOTES = ["''", '""', "``", "””", "’’", "`'"]


@each("quotes", QUOTES)
@each("formula", ["x^2", "(x^2)", "sin(x) + 1"])
def test_quotes_around_a_formula_came_along(quotes: str, formula: str) -> None:
    error = refused(f" {quotes[0]}{formula}{quotes[1]}")
    assert (error.message, hint_of(error)) == ("the quotes came along with the formula", f"write {formula}")
    assert refused(f"{quotes[0]}{formula} +").message == "a quote came along with the formula"


@each("text", ["f('x')", "b'x'", "__import__('os')", "'{0}'.format(x)", 'S("x")', "x + 'a'"])
def test_a_string_is_no_prime(text: str) -> None:
    assert "differentiates" not in refused(text).message


SIGNS = "‰∞∂∇∫∑∏→±∓¬∧∨⌋⌉…′″"


@each("where", ["{}x", "x{}", "x + 2{}", "x {} 2", "({}x)"])
@each("sign", SIGNS)
def test_no_way_out_drops_a_sign_without_a_word(sign: str, where: str) -> None:
    hint = hint_of(refused(where.format(sign)))
    assert hint
    assert "remove it or type it again" not in hint


NESTED = ["d/dx " * 198 + "x", "dx " * 330, "∂/∂x" * 240, "'" * 450 + "x" + "'" * 450, "d(" * 450, "(x)'" * 240]
LONG = ["d(" * 50_000, "d/dx" * 50_000, "x/" + " " * 200_000 + "d", "x/(" + " " * 90_000 + "d", "d x " * 90_000 + "dx",
        "x'" * 100_000, "∂" * 100_000, "x/" + "dx" * 100_000 + "!", "/dx^(" + " " * 200_000, "d " * 10_000 + "/ d",
        "x" + " " * 200_000 + "deg(", "x °" * 50_000, "Δ " * 100_000 + "Δx", "d x/" * 100_000,
        "d2 " * 50_000 + "x/dx2", "d2 x/" + "dx2" * 50_000, "sin" * 300_000, "x->" * 300_000, "x→" * 5_000]  # fmt: skip


@each("text", [*NESTED, *LONG])
def test_no_text_makes_the_search_deep_or_long(text: str) -> None:
    """Each fails or hangs where a way out is looked for within a way out, or from every place to the end."""
    with no_hang(10), suppress(DerivError):
        parse(text)


def test_what_a_way_out_writes_is_read() -> None:
    """Every formula that a way out offers for one that is refused."""
    names = ("sin", "log", "root", "sqrt", "exp")
    texts = [f"{name}{sep}{number}(x)" for name in names for sep in ("", "_") for number in (3, 7)]
    texts += ["cos 60°", "60°", "x°", "(x+1)°", "2½", "½", "½x", "log5 x", "sin^-1(x)", "Δx", "2,5", "xy", "sinx"]
    texts += ["xsinx", "2sinxcosx", "xlnx", "tanx", "xsinycosz"]
    for text in texts:
        hint = _refusal_or_nothing(text)
        for offer in re.split(r",? or | for ", hint.removeprefix("write ").removeprefix("did you mean ").rstrip("?")):
            if re.fullmatch(r"[a-zΔ0-9(]+[(*+./].*", offer) and "..." not in offer:
                assert parse(offer.replace("**n", "**2")).tree is not None, (text, offer)


def _refusal_or_nothing(text: str) -> str:
    try:
        parse(text)
    except DerivError as error:
        return hint_of(error)
    return ""
