"""What a name means: a declared variable first, then a function, a constant, a variable, a product of letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from derivcli.errors import DerivError, UnknownNameError
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANT_FORMULAS, CONSTANTS, vocabulary
from derivcli.language.lexer import letter_runs
from derivcli.language.lexer.derivative_words import is_differential
from derivcli.language.lexer.tokens import GREEK_NAMES, Token
from derivcli.language.lexer.unsupported_operations import DIFFERENTIATES, OPERATIONS

KEYWORDS = frozenset(("and", "or", "not"))
CAPITALS = {word.upper(): word for word in KEYWORDS}
"""How spreadsheets write them, which are names where nothing is compared."""
TRUTHS = {"True": True, "False": False, "true": True, "false": False, "otherwise": True, "else": True}

_VARIABLE = re.compile(rf"(?:[A-Za-z]|{'|'.join(sorted(GREEK_NAMES, key=len, reverse=True))})[0-9]*(?:_[0-9]+)?")
NOT_FINITE = frozenset(("nan", "NaN", "inf", "Inf", "oo", "zoo", "infinity", "Infinity"))
_USUAL_VARIABLES = frozenset("txyzuv")
_BASED = re.compile(r"(?:log|ln)(?:_([A-Za-z]|[0-9]+)|([0-9]+))")

_MAX_GUESS_CHARACTERS = 40
"""Longer names are not compared with the table."""


@lru_cache(maxsize=4_096)
def is_variable_name(name: str) -> bool:
    """Whether an undeclared name is one variable: a letter or a Greek name, with an index perhaps."""
    return name not in CONSTANTS and _VARIABLE.fullmatch(name) is not None


def always_means_itself(name: str) -> bool:
    """Whether an undeclared name is a function, a constant or a variable, called or not, and no sign of anything."""
    is_sign = name[0] in "dD" or name in CAPITALS
    return not is_sign and (is_variable_name(name) or _is_known(name))


@lru_cache(maxsize=4_096)
def _is_known(name: str) -> bool:
    return not may_be_run(name, (), (), called=False)


def may_be_run(name: str, declared: Collection[str], custom: Collection[str], called: bool) -> bool:
    """Whether a name could be letters and functions side by side: it means nothing else."""
    if (is_differential(name) and "d" not in declared) or name in KEYWORDS or name in TRUTHS:
        return False
    known = name in declared or is_function_name(name, custom, called) or name in CONSTANTS
    known = known or name in CONSTANT_FORMULAS
    return not known and not is_variable_name(name)


def holds_known_word(name: str, declared: Collection[str], custom: Collection[str]) -> bool:
    """Whether a function of the user's or a declared name of several letters is in a name, or perhaps meant by it."""
    words = [word for word in declared if len(word) > 1]
    return any(word in name for word in (*words, *custom)) or bool(words and _like(name, words))


def is_function_name(name: str, custom: Collection[str], called: bool) -> bool:
    """Whether the name is a function here: what is a variable's name too (gamma, j0) is a variable unless called.

    Functions of the user's `custom` are no less known than those of the table.
    """
    if name in custom:
        return called
    if name in vocabulary() or name in forms():
        return called or not (is_variable_name(name) or _is_only_called(name))
    return bool(base_of(name)) and (called or "_" in name)


def _is_only_called(name: str) -> bool:
    """Whether a name of the table is too short to be more than letters where no bracket follows."""
    row, form = vocabulary().get(name), forms().get(name)
    return (row is not None and name in row.only_called) or (form is not None and form.only_called)


def base_of(name: str) -> str:
    """The base in the name of a logarithm: the 5 of log_5 and log5, nothing for any other name."""
    found = _BASED.fullmatch(name) if name[0] == "l" and name not in vocabulary() else None
    return (found[1] or found[2]) if found else ""


def unknown(token: Token, called: bool, declared: Collection[str] = (), custom: Collection[str] = ()) -> DerivError:
    """The refusal of a name that means nothing, with what was perhaps meant."""
    name = token.text
    shown = name if len(name) <= _MAX_GUESS_CHARACTERS else name[:_MAX_GUESS_CHARACTERS] + "…"
    if name in NOT_FINITE:
        return DerivError(f"'{shown}' is not a finite number", span=token.span, hint="write a finite number")
    if name in TRUTHS:
        return DerivError(f"'{name}' is a condition, not a number", span=token.span, hint="write 1 or 0")
    if name in OPERATIONS:
        message, hint = OPERATIONS[name]
        return DerivError(message, span=token.span, hint=hint)
    if name[0] == "d" and is_variable_name(name[1:]):
        return differential(token, name[1:])
    if letter_runs.ends_in_differential(name) and not called:
        return differential(Token("name", name[-2:], token.stop - 2, token.stop), name[-1])
    guess = _guess(name, called) if len(name) <= _MAX_GUESS_CHARACTERS else ""
    if called:
        guess = _like(name, custom) or _numbered(name) or guess
        return DerivError(f"unknown function '{shown}'", span=token.span, hint=guess or "for a product write *")
    like = _like(name, [word for word in declared if len(word) > 1])
    based = f"write log(x, {base_of(name)})" if base_of(name) else ""
    hint = like or guess or based or _ways_out(shown)
    if name[:1] == "d" and name[1:] in {*declared, *_USUAL_VARIABLES}:
        hint = f"leave out {name}, or {hint.rpartition(', or ')[2]}"
    undeclared = "" if like else name
    return UnknownNameError(f"unknown name '{shown}'", span=token.span, hint=hint, undeclared=undeclared, guess=guess)


def differential(token: Token, by: str) -> DerivError:
    """The refusal of the `dx` that ends an integral."""
    hint = f"leave out {token.text}, and name the variable with `--wrt {by}`"
    return DerivError(f"'{token.text}' is no factor of a formula: {DIFFERENTIATES}", span=token.span, hint=hint)


def _numbered(name: str) -> str:
    """What a call of a function's name with a number behind it may mean, or nothing."""
    found = re.fullmatch(r"([A-Za-z]+?)_?([0-9]+)", name)
    if name.startswith("log_"):
        return "write log(x, b) for the logarithm to the base b"
    if found is None or found[1] not in vocabulary():
        return ""
    word, number = found.groups()
    if word in ("root", "log"):
        return f"write {word}(x, {number})"
    return f"write {word}({number}*x) or {word}(x)^{number}" + (f" or root(x, {number})" if word == "sqrt" else "")


def _like(name: str, words: Iterable[str] | None = None) -> str:
    """A question that names the word that was perhaps meant, or nothing."""
    word = nearest(name, words)
    return f"did you mean {word}?" if word else ""


def _ways_out(name: str) -> str:
    """How to say that a name is a variable, or that it is a product."""
    declaring = f"declare it, as in `--at {name}=2 or --wrt {name} or --declared {name}`"
    if not name.isalpha() or len(name) > 8:
        return declaring
    product = f"write {'*'.join(name)}"
    return f"{product}, or {declaring}" if len(name) <= 3 else f"{declaring}, or {product}"


def _guess(name: str, called: bool) -> str:
    """A question that names what was perhaps meant, or nothing."""
    meanings = [] if _is_only_called(name) else letter_runs.meanings(name, called)
    if meanings:
        return f"write {' or '.join(meanings)}"
    words = [word for word in (*vocabulary(), *forms()) if not _is_only_called(word)]
    joined = "|".join(sorted((word for word in words if len(word) > 1), key=len, reverse=True))
    factors = re.findall(rf"([a-z]??)({joined})([{''.join(sorted(_USUAL_VARIABLES))}])", name)
    if factors and not called and "".join(map("".join, factors)) == name:
        calls = (f"{before}{'*' * bool(before)}{word}({argument})" for before, word, argument in factors)
        return f"did you mean {'*'.join(calls)}?"
    for word in sorted(words, key=len, reverse=True):
        rest = name.removeprefix(word)
        if len(word) > 1 and rest != name and is_variable_name(rest.lstrip("0123456789")) and not called:
            return f"did you mean {word}({rest})?"
        rest = name.removesuffix(word)
        if len(word) > 1 and rest != name and rest in _USUAL_VARIABLES:
            return f"did you mean {rest}*{word}{'' if called else '(x)'}?"
    return _like(name) if called else ""


def nearest(name: str, words: Iterable[str] | None = None) -> str:
    """The one of some words that is most like a name, or of all that can be called, or nothing."""
    import difflib

    known = reversed([*vocabulary(), *forms()]) if words is None else words
    folded = {word.lower(): word for word in known}
    close = difflib.get_close_matches(name[:_MAX_GUESS_CHARACTERS].lower(), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else ""
