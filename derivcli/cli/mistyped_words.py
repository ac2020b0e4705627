"""Words that look like expressions and are none: mistyped options, words for other commands, names of files."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath

from derivcli.cli.argv import Words
from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import Grammar
from derivcli.cli.option_synonyms import SHORTEST, meaning, synonyms
from derivcli.errors import DerivError, Span, file_name, visible
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.name_resolution import is_variable_name
from derivcli.language.lexer.tokens import GREEK_NAMES, canonical_name, letters_alone
from derivcli.language.lexer.unsupported_operations import OPERATIONS
from derivcli.pictures.picture_files import SUFFIXES as PICTURES
from derivcli.points.files.formats import COMPRESSIONS, ENDINGS
from derivcli.render.format_table import format_of_suffix

_DASHED = re.compile(r"([-\u2010-\u2015\u2212]{1,3})([A-Za-z][A-Za-z0-9_-]*)(?:=(.*))?", re.DOTALL)
"""An option, if it is one: its dashes, which a word processor may have changed, its name and its value."""

_BARE = re.compile(r"[A-Za-z][A-Za-z-]*")
_NUMBER = re.compile(r"[\d.]+")
_VARIABLE = re.compile(r"[A-Za-z][0-9]*")
_PATH = re.compile(r"(?:[^()*^|,=\s]*/)?[^()*^|,=/\s]*\.([A-Za-z][A-Za-z0-9]*)(:[A-Za-z_.]\w*)?")
"""A name with an ending, and perhaps with the name of a class behind it."""

_LEFT_SIDE = re.compile(r"\s*\w+\s*(\([^()]*\))?\s*=")
"""What is defined, as in f(x) = x^2."""


def check_words(words: Words, grammar: Grammar) -> None:
    """Refuse options that there are not and, among the expressions, what nobody means as one."""
    for name, option in zip(words.given, words.options, strict=True):
        if name not in grammar.valued and name not in grammar.flags:
            raise _no_option(option[0], words, grammar)
        if name in grammar.flags and "=" in option[0]:
            other = f"--no-{name.removeprefix('--')}"
            hint = f"write {name} alone" + (f", or {other}" if other in grammar.flags else "")
            raise DerivError(f"{name} takes no value", hint=hint)
    for place, word in enumerate(words.loose):
        if _is_option(place, words, grammar):
            raise _no_option(word, words, grammar)
        if grammar.formulas:
            _check_file(word, words, grammar)
            _check_command(place, words, grammar)


def _is_option(place: int, words: Words, grammar: Grammar) -> bool:
    """Whether a word that is no known option was meant as one.

    With one dash it is an expression where one is still due, or where it comes first and no other word explains it.
    """
    word = words.loose[place]
    found = _DASHED.fullmatch(word)
    if found is None:
        return False
    dashes, name, value = found.groups()
    known = name in grammar.names or bool(meaning(name, "", grammar, ()))
    if len(dashes) > 1 or dashes in "–—―":
        return known or dashes.startswith("--") or (place > 0 and grammar.expressions is None)
    count = len(words.expressions)
    if known and len(name) >= SHORTEST:
        return True
    if grammar.expressions is not None:
        return count > grammar.expressions
    return place > 0 or (known and count > 1 and not _stands_in(name, words.others(place)) and value is None)


def _no_option(word: str, words: Words, grammar: Grammar) -> DerivError:
    found = _DASHED.fullmatch(word)
    assert found is not None, "an option is a name behind dashes"
    _, name, value = found.groups()
    if value is None:
        value = _following(word, words)
    meant = _meant(name, value, words, grammar)
    is_readable = is_variable_name(name) or name in CONSTANTS
    whole = _whole(words, grammar) if is_readable and "=" not in word and _fits(words, grammar) else ""
    if meant:
        hint = f"did you mean {', or '.join([*meant, *([f'for a formula {whole}'] if whole else [])])}?"
    elif whole:
        hint = f"for a formula write {whole}"
    else:
        listed = f"{grammar.command} --help lists the options"
        hint = _elsewhere(name, grammar) or "; ".join(OPERATIONS.get(name, [listed]))
    return DerivError(f"no such option: {word}", hint=hint)


def _following(word: str, words: Words) -> str:
    following = words.typed[words.typed.index(word) + 1 :][:1]
    return following[0] if following and re.fullmatch(r"\w[\w.,=:/+-]*", following[0]) else ""


def _meant(name: str, value: str, words: Words, grammar: Grammar) -> list[str]:
    if value.lower().endswith(PICTURES) and name in ("o", "out", "output", "file", "save"):
        name = "plot"
    texts = [_fitted(meaning(name, value, grammar, words.given), words)]
    formulas = _formulas(words)
    spelled = grammar.formulas and _VARIABLE.fullmatch(name)
    if spelled and (any(_stands_in(name, text) for text in formulas) or not (texts[0] or formulas)):
        number = value if re.fullmatch(r"[-+\d.]+", value) else ""
        texts.append(f"--at {name}={number}" if number and "--at" in grammar.valued else f"--wrt {name}")
    return list(dict.fromkeys(text for text in texts if text and grammar.has(text) and not _is_given(text, words)))


def _is_given(text: str, words: Words) -> bool:
    """Whether a point of the same variable was typed, which has only one."""
    point = re.match(r"--at (\w+)=", text)
    typed = " ".join(word for option in words.options if option[0].startswith("--at") for word in option)
    return point is not None and _stands_in(point[1], typed)


def _elsewhere(name: str, grammar: Grammar) -> str:
    own = grammar.command.removeprefix("deriv ")
    if name not in grammar.elsewhere():
        return ""
    if name == "at":
        return f"'{own}' takes no points: leave out --at, or leave out '{own}' for numbers"
    return f"'{own}' has no --{name}: leave it out" + (f", or leave out '{own}'" if grammar.formulas else "")


def _check_file(word: str, words: Words, grammar: Grammar) -> None:
    """Refuse the name of a file, which a shell may have put in the place of a pattern."""
    found = _PATH.fullmatch(word)
    rooted = word.startswith(("./", "../", "~/", "/"))
    path, name = (word[: found.start(2)], found[2]) if found and found[2] else (word, "")
    ending = found[1].lower() if found else ""
    known = ending in (*PICTURES, "py") or f".{ending}" in (*format_of_suffix(), *ENDINGS, *COMPRESSIONS)
    if rooted or (found and (known or os.path.isfile(path))):  # noqa: PTH113 (whatever the name)
        hint = _file_hint(path, name, ending, words, grammar)
        kind = "directory" if path.endswith("/") else "file"
        raise DerivError(f"'{file_name(path)}' is a {kind}, not an expression", hint=hint)


def _file_hint(path: str, name: str, ending: str, words: Words, grammar: Grammar) -> str:
    if "--data" in words.given:
        pattern = shlex.quote(str(PurePath(path).parent / f"*{PurePath(path).suffix}"))
        return f"write a pattern in quotes, as in --data {pattern}, or repeat --data before each file"
    if ending == "py":
        return f"check a function in it with deriv check-fn {shlex.quote(file_name(path))}{name or ':NAME'}"
    option = "plot" if ending in PICTURES else "output" if f".{ending}" in format_of_suffix() else "data"
    if (f".{ending}" in (*ENDINGS, *COMPRESSIONS) or option != "data") and f"--{option}" in grammar.valued:
        is_data = option == "data"  # which is a command too
        text = f"--data {shlex.quote(path)}" if is_data else meaning(option, path, grammar, words.given)
        return f"write --{option} before it, as in {_command_line(text, words, grammar)}"
    return f"write a formula, as in {grammar.command} 'x**2'"


def _check_command(place: int, words: Words, grammar: Grammar) -> None:
    """Refuse a bare word for what is no formula, unless it is declared as a variable or its letters are."""
    word = words.loose[place]
    if not _BARE.fullmatch(word) or _is_declared(place, words):
        return
    due = place == 0 and (len(words.expressions) > 1 or len(word) == SHORTEST - 1)
    if len(word) < SHORTEST and not due and word not in grammar.names:
        return  # a product of its letters
    message, hint = OPERATIONS.get(word, ("", ""))
    if not message and len(word) > 1:
        text = _commanded(word, _following(word, words), grammar, words.given)
        message = f"'{word}' is neither a formula nor a command of deriv"
        hint = f"did you mean {_command_line(text, words, grammar)}?" if text else ""
        if text and set(re.findall(r"--\S+", text)) <= set(words.given) and not text.startswith("deriv"):
            hint = "leave it out"
    if hint:
        raise DerivError(message, word, Span(0, len(word)), hint)


def _is_declared(place: int, words: Words) -> bool:
    word = words.loose[place]
    values = " ".join(value for _, *behind in words.options for value in behind)
    if word in (*vocabulary(), *forms(), *CONSTANTS, *GREEK_NAMES) or letters_alone(values).issuperset(word):
        return True
    has_columns = any(name.startswith(("--data", "--column")) for name in words.given)
    return has_columns or _stands_in(word, values) or (len(word) == 1 and _stands_in(word, words.others(place)))


def _commanded(word: str, value: str, grammar: Grammar, given: Sequence[str]) -> str:
    """What is to be written for a bare word, or nothing."""
    if word in grammar.names or any(word in known.split() for _, known in synonyms()):
        return meaning(word, value if "=" in value or value.isdigit() else "", grammar, given)
    close = difflib.get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.75) if len(word) > SHORTEST else []
    return meaning(close[0], "", grammar, given) if close else ""


def _command_line(text: str, words: Words, grammar: Grammar) -> str:
    text = _fitted(text, words)
    if text.startswith("deriv"):
        return text
    if text == "--help":
        return f"deriv {text}"
    formulas = shlex.join(_formulas(words)[:1] or ["x**2"])
    options = shlex.join(words.option_words)
    return visible(" ".join(filter(None, [grammar.command, formulas, options, text])))


def _fitted(text: str, words: Words) -> str:
    """What was meant, for the formula that was typed and its variables."""
    formulas = _formulas(words)
    if formulas:
        text = text.replace("EXPR", visible(shlex.quote(formulas[0])))
    right = " ".join(_LEFT_SIDE.sub("", formula) for formula in formulas)
    letters = sorted({canonical_name(letter) for letter in letters_alone(right)} - CONSTANTS.keys())
    given = [shlex.join(option) for option in words.options if option[0].startswith("--at")]
    if text.startswith("deriv") and given:
        return text.replace("--at x=2", " ".join(given))
    if letters in ([], ["x"]):
        return text
    first = "x" if "x" in letters else letters[0]
    others = "".join(f",{letter}=1" for letter in letters if letter != first)
    text = re.sub(r"(--at|--along) x=(\S+)", rf"\1 {first}=\2{others}", text)
    return text if "x" in letters else re.sub(r"--wrt x\b", f"--wrt {first}", text)


def _formulas(words: Words) -> list[str]:
    plain = [word for word in words.loose if not _DASHED.fullmatch(word) and not _PATH.fullmatch(word)]
    bare = [word for word in plain if not (_BARE.fullmatch(word) and len(word) > 1)]
    return [*[word for word in bare if not _NUMBER.fullmatch(word)], *words.certain]


def _fits(words: Words, grammar: Grammar) -> bool:
    """Whether all that was typed could be expressions behind `--`."""
    count = len(words.expressions)
    known = all(name.lstrip("-") in grammar.names for name in words.given)
    paths = any(_PATH.fullmatch(word) and not word.replace(".", "").isdigit() for word in words.loose)
    return grammar.formulas and known and not paths and count <= (grammar.alone or grammar.expressions or count)


def _whole(words: Words, grammar: Grammar) -> str:
    return visible(f"{grammar.command} {shlex.join(words.ordered)}")


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z_]){re.escape(name)}(?![A-Za-z0-9_])", text) is not None
