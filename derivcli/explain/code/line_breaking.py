"""Long lines of Python, laid out on several: a sum at its signs, a call at its commas."""

from __future__ import annotations

from collections.abc import Callable

MAX_COLUMNS = 100


def folded(name: str, text: str) -> list[str]:
    """The lines that give a text a name."""
    return laid_out(f"{name} = ", text)


def laid_out(start: str, text: str, end: str = "", indent: str = "") -> list[str]:
    """The lines of a text with what stands before and after it; one line where it fits or cannot be taken apart."""
    if len(indent + start + text + end) <= MAX_COLUMNS:
        return [indent + start + text + end]
    terms = _parted(text, lambda place, depth: depth == 0 and text[place : place + 3] in (" + ", " - "))
    if len(terms) > 1:
        return [f"{indent}{start}(", *_joined(terms, f"{indent}    "), f"{indent}){end}"]
    head, _, inside = text.partition("(")
    if not _is_call(text):
        return [indent + start + text + end]
    arguments = _parted(inside[:-1], lambda place, depth: depth == 0 and inside[place] == ",")
    lines = [f"{indent}{start}{head}("]
    for argument in arguments:
        lines += laid_out("", argument.lstrip(", "), ",", f"{indent}    ")
    return [*lines, f"{indent}){end}"]


def _parted(text: str, is_place: Callable[[int, int], bool]) -> list[str]:
    """The pieces of a text between splitting points, which are found by position and depth of brackets."""
    pieces: list[str] = []
    depth = start = 0
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if is_place(place, depth):
            pieces.append(text[start:place])
            start = place
    return [*pieces, text[start:]]


def _joined(terms: list[str], indent: str) -> list[str]:
    """Terms on lines as full as they can be."""
    lines: list[str] = []
    for term in terms:
        if lines and len(lines[-1]) + len(term) < MAX_COLUMNS:
            lines[-1] += term
        else:
            lines += laid_out("", term.strip(), "", indent)
    return lines


def _is_call(text: str) -> bool:
    head, bracket, rest = text.partition("(")
    depth = 1
    for place, character in enumerate(rest):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return bool(bracket) and head.replace(".", "").isidentifier() and place == len(rest) - 1
    return False
