"""The refusal of what came along with a formula and is no part of it."""

from __future__ import annotations

from collections.abc import Collection

from derivcli.errors import DerivError
from derivcli.language.lexer.derivative_words import MAX_CHARACTERS
from derivcli.language.notations.pasted_signs import pasted_in
from derivcli.language.parser.parser import Parser


def check_notation(text: str, declared: Collection[str]) -> None:
    """Refuse quotes around a formula, degree signs and differences."""
    for found in pasted_in(text, declared):
        hint = (
            found.hint or f"write {found.name if _is_formula(found.name, declared) else 'the formula without quotes'}"
        )
        raise DerivError(found.message, text, found.span, hint)


def _is_formula(text: str, declared: Collection[str]) -> bool:
    try:
        if len(text) < MAX_CHARACTERS and next(pasted_in(text, declared), None) is None:
            Parser(text, declared).run()
            return True
    except DerivError:
        pass
    return False
