"""Refusals of a line that holds what belongs into several, or that means another line, each with that line."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivcli.cli.shell.option_words import options
from derivcli.errors import DerivError, EquationError, Span
from derivcli.language.lexer.tokens import EQUATION

_COMMAND = re.compile(r"(?:^|\s):([A-Za-z][\w-]*)")
_COMPARED = re.compile(r"([^\W\d_]\w*)\s*(==)\s*([^=<>]+)")
_SIGN = re.compile(r"(?<![<>=!])=(?!=)")


def check_single(line: str, commands: Collection[str]) -> None:
    """Refuse several statements in a line, one of these commands behind a formula, and a comparison that sets."""
    place = line.find(";")
    if place >= 0:
        raise DerivError("a line is one formula or one assignment", line, Span(place, place + 1), "write one line each")
    found = next((each for each in _COMMAND.finditer(line) if each[1] in commands), None)
    if found is not None:
        raise _behind(line, found)
    compared = _COMPARED.fullmatch(line)
    if compared is not None:
        hint = f"to set {compared[1]} write {compared[1]} = {compared[3].strip()}"
        raise EquationError(EQUATION, line, Span(*compared.span(2)), hint)


def check_signs(line: str) -> None:
    """Refuse a line that is no assignment and has several signs of equality outside of brackets."""
    signs = [each.span() for each in _SIGN.finditer(line) if _is_outside(line[: each.start()])]
    if len(signs) > 1:
        raise DerivError("a line has one '='", line, Span(*signs[1]), "write one line each")


def _behind(line: str, found: re.Match[str]) -> DerivError:
    """The refusal of a command that stands behind a formula."""
    formula, command = line[: found.start()].strip(), line[found.start(1) - 1 :].strip()
    option = options().get(found[1])
    if not formula or (option is not None and option.stays):
        hint = f"write {command} on a line of its own, before this one"
    else:
        hint = f"write it before the formula, as in {command} {formula}"
    return DerivError(f":{found[1]} begins a line", line, Span(found.start(1) - 1, found.end(1)), hint)


def _is_outside(before: str) -> bool:
    return before.count("(") <= before.count(")")
