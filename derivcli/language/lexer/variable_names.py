"""The names that a text uses as variables, found without reading it as a formula, since it may be unfinished."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derivcli.errors import DerivError, UnknownNameError
from derivcli.language.definitions.unknown_functions import unknown_functions
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.derivative_words import is_differential
from derivcli.language.lexer.token_stream import TokenStream
from derivcli.language.lexer.tokens import SUBSCRIPTS, Token
from derivcli.language.notations.notations import transcribed

MAX_CHARACTERS = 4_000
"""A longer text is looked at up to here."""
MAX_NAME_CHARACTERS = 40


def variable_names(text: str, declared: Collection[str] = ()) -> list[str]:
    """The variables in their order, each as it is first written, up to a place that cannot be read.

    A name that would be a variable if it were declared counts, but not one that is probably mistyped.
    """
    # An equation has no token for its sign.
    text = _in_our_notation(text[:MAX_CHARACTERS], declared)
    stream = TokenStream(text.replace("==", "= ").replace("=", ","), declared)
    functions = _functions(text, declared)
    found: dict[str, str] = {}
    seen: set[tuple[str, bool]] = set()
    for token in _names(stream):
        name, called = token.text, stream.is_called(token)
        if name not in functions and (name, called) not in seen and _is_variable(token, called, declared):
            found.setdefault(name, stream.text[token.start : token.stop].translate(SUBSCRIPTS))
        seen.add((name, called))
    return list(found.values())


def _in_our_notation(text: str, declared: Collection[str]) -> str:
    """A text in our notation, or as it stands where it cannot be read yet."""
    try:
        written = transcribed(text, declared)
    except DerivError:
        return text
    return text if written is None else written.text


def _functions(text: str, declared: Collection[str]) -> Collection[str]:
    """The names that a text uses as functions without saying what they are."""
    try:
        return unknown_functions(text, declared, ())
    except DerivError:
        return ()


def _names(stream: TokenStream) -> Iterator[Token]:
    try:
        while (token := stream.take()).kind != "end":
            if token.kind == "name" and not token.prefix:
                yield token
    except DerivError:
        return


def _is_variable(token: Token, called: bool, declared: Collection[str]) -> bool:
    name = token.text
    if name in declared:
        return True
    if name in name_resolution.KEYWORDS or name_resolution.is_function_name(name, (), called) or name in CONSTANTS:
        return False
    if name_resolution.is_variable_name(name):
        return True
    if is_differential(name) or len(name) > MAX_NAME_CHARACTERS:
        return False
    error = name_resolution.unknown(token, called, declared)
    return isinstance(error, UnknownNameError) and bool(error.undeclared) and not error.guess
