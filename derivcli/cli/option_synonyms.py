"""What people type for an option or a command of ours, as other programs have it or as one would guess."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import Grammar
from derivcli.explain.code.languages import LANGUAGES
from derivcli.render.format_table import FORMATS

MEANT = (
    ("--help", "help h usage man manual docs doc info commands options examples example tutorial demo start"),
    ("deriv --help", "install update upgrade setup config settings menu quit exit"),
    ("deriv --version", "version V v ver"),
    ("--plot slope.png", "p plot plots graph draw image img picture figure fig png svg pdf chart"),
    ("--plot -", "ascii text-plot terminal braille sixel kitty unicode view window"),
    ("--output results.csv", "o out outfile save file write export"),
    ("--order 2", "n nth ord orders deg times"),
    ("--at x=0 --series 5", "taylor taylor-series maclaurin degree expansion polynomial terms"),
    ("--at x=3 --series 1", "linear linearize linearization"),
    ("--at x=3 --tangent", "tangent tangent-line tangents normal normal-line tangent-plane curvature osculating"),
    ("--at x=3", "a point points x0 where eval evaluate subs substitute set value-at given"),
    ("--at x=-3:3:13", "range linspace grid from interval"),
    ("--wrt x", "var vars variable variables by respect with-respect-to respect-to partial"),
    ("--data points.csv", "input in infile load read columns"),
    ("--digits 6", "precision prec decimals places significant round"),
    ("--dtype float32", "float32 float single half"),
    ("--device cuda", "gpu cuda"),
    ("--device cpu", "cpu"),
    ("--along x=1", "direction dir directional vector"),
    ("--gradient", "grad nabla steepest ascent"),
    ("--div", "divergence"),
    ("--curl", "rot rotation rotor"),
    ("--laplacian", "laplace"),
    ("--differential", "total total-differential exact-differential"),
    ("--implicit y", "implicitly implicit-in"),
    ("--let z=x+1", "define def param parameter const constant"),
    ("--use squares.py:SQ", "import module function custom"),
    ("--at x=3 --check", "verify validate test prove"),
    ("--no-check", "nocheck unchecked fast"),
    ("--at x=3 --code", "script source"),
    ("--show", "solution"),
    ("--column v='Speed (m/s)'", "header"),
)
"""What is to be written, and the words for it; the last word of an option stands for the user's own value."""


def synonyms() -> Iterator[tuple[str, str]]:
    """What is to be written and the words for it, for the options, the formats and the commands."""
    yield from MEANT
    yield from ((f"--format {row.name}", row.synonyms) for row in FORMATS.values())
    for row in LANGUAGES.values():
        yield "--at x=3 --code" if row.needs_points else f"--code {row.name}", f"{row.name} {row.synonyms}"
    yield from ((row.proposal or row.example, f"{row.name} {row.synonyms}") for row in COMMANDS.values())


CHOICES = ("format", "dtype", "device", "code")
"""Options whose values are rows of their own."""

SHORTEST = 4
"""Letters of a word that is compared with those that are known."""


def meaning(name: str, value: str, grammar: Grammar, given: Collection[str]) -> str:
    """What should be written for a word without its dashes, with the value that was given for it; nothing if unknown.

    Of options that only go with others those already `given` are left out.
    """
    folded = name.lower().replace("_", "-")
    known = [text for text, words in synonyms() if name in words.split()] or [
        text for text, words in synonyms() if len(folded) > 1 and folded in words.split()
    ]
    for text in [*known, *_own(folded, grammar), *_alike(folded, grammar)]:
        if grammar.has(text):
            return _filled(text, value, given, grammar)
    return ""


def _own(name: str, grammar: Grammar) -> list[str]:
    """The option of that name, or the only one that begins so."""
    longer = [each for each in grammar.names if each.startswith(name)] if len(name) > 2 else []
    found = [each for each in grammar.names if each == name] or (longer if len(longer) == 1 else [])
    return [_example(each) for each in found]


def _example(name: str) -> str:
    found = (text for text, _ in synonyms() if f"--{name}" in text.split()[-2:] and name not in CHOICES)
    return next(found, f"--{name}")


def _alike(name: str, grammar: Grammar) -> list[str]:
    """What is written almost so, an option of the command before anything else."""
    if len(name) < SHORTEST:
        return []
    own = difflib.get_close_matches(name, grammar.names, n=1, cutoff=0.75)
    words = {word: text for text, words in synonyms() for word in words.split() if len(word) >= SHORTEST}
    return [*map(_example, own), *(words[each] for each in difflib.get_close_matches(name, words, 1, 0.8))]


def _filled(text: str, value: str, given: Collection[str], grammar: Grammar) -> str:
    words = text.split(" ")
    if words[0] == "deriv":
        return text
    if len(words) > 2 and words[0] in given:
        words = words[2:]
    choices = grammar.valued.get(words[0], ())
    if choices and (value in choices or len(words) == 1):
        words = [words[0], value if value in choices else choices[0]]
    elif value and not words[-1].startswith("--"):
        words[-1] = _fitting(words[-1], value) or words[-1]
    return " ".join(words)


def _fitting(example: str, value: str) -> str:
    """The user's value in the place of an example, if it is of that kind."""
    if example.isdigit():
        return value if value.isdigit() else ""
    if example.startswith("x="):
        return value if "=" in value else f"x={value}"
    if "." in example:
        return value if "." in value.strip(".") else ""
    return value if example == "x" and value.replace(",", "").isalnum() else ""
