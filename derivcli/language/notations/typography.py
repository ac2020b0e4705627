"""Letters above and below the line, characters that nobody sees, and printed quotes, written in our notation.

eˣ is e^x,  x⁽ⁿ⁺¹⁾ is x^(n+1),  logₐx is log_a x,  “x^2” is x^2
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from derivcli.errors import DerivError, Note, Span
from derivcli.language.lexer.tokens import SUBSCRIPT_LETTERS, canonical_name
from derivcli.language.notations.transcription import Scribe, Transcription

_RAISED_LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ"
_RAISED = {sign: unicodedata.normalize("NFKC", sign) for sign in _RAISED_LETTERS + "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁽⁾"}
_RAISED |= {"⁻": "-", "ᐟ": "/"}
_LOWERED = "".join(SUBSCRIPT_LETTERS)

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2061\u2062"
"""Joiners and other characters without a width, soft hyphens, and the operators of MathML that are not shown."""
_APPLICATION, _TIMES = "\u2061", "\u2062"

_QUOTES = dict(zip("“„«‘‹", ("”", "“”", "»", "’", "›"), strict=True))
"""Printed quotes that open, with those that close them."""
_QUOTE_MARKS = "".join({*_QUOTES, *"".join(_QUOTES.values())}) + "'\"`"

_SIGNS = re.compile(rf"(?P<raised>[{''.join(_RAISED)}]+)|(?P<lowered>[{_LOWERED}₀-₉]+)|(?P<unseen>[{_UNSEEN}]+)")
_NEW = re.compile(rf"[{_RAISED_LETTERS}⁽⁾ᐟ{_LOWERED}]")
"""What is in no exponent and in no index that the parser reads itself."""
_BEHIND = re.compile(r"\s*(!|\^|\*\*|\()")
_MAY_HAVE_SIGNS = re.compile(rf"[{_RAISED_LETTERS}⁽⁾ᐟ{_LOWERED}{_UNSEEN}{''.join(_QUOTES)}]")


def typeset(text: str) -> Transcription | None:
    """A text with such signs in our notation; None for one without them, as most are."""
    if text.isascii() or not _MAY_HAVE_SIGNS.search(text):
        return None
    scribe, names = Scribe(text), dict[str, None]()
    start, stop, notes = _without_quotes(text)
    position = start
    for found in _SIGNS.finditer(text, start, stop):
        scribe.copy(position, found.start())
        position = found.end()
        if not found["unseen"] and not _NEW.search(found[0]):
            scribe.copy(*found.span())
        elif found["raised"]:
            _raise(scribe, found, stop)
        elif found["lowered"]:
            names |= _lower(scribe, found)
        else:
            _leave_out(scribe, found, start, stop)
    scribe.copy(position, stop)
    return replace(scribe.done(), names=tuple(names), own_notes=notes)


def _without_quotes(text: str) -> tuple[int, int, tuple[Note, ...]]:
    """Where a text starts and stops within the quotes around it, and the note on them."""
    inner = text.strip()
    closing = _QUOTES.get(inner[:1], "")
    if len(inner) < 3 or inner[-1] not in closing or not closing or any(mark in inner[1:-1] for mark in _QUOTE_MARKS):
        return 0, len(text), ()
    start = text.find(inner)
    stop = start + len(inner)
    message = "the quotes around the formula are left out"
    return start + 1, stop - 1, (Note(message, text, Span(start, stop)),)


def _raise(scribe: Scribe, found: re.Match[str], stop: int) -> None:
    """Write an exponent."""
    text, span = found.string, Span(*found.span())
    content = "".join(_RAISED[sign] for sign in found["raised"])
    base = re.search(r"[\w.]*\)?$", text[max(0, span.start - 20) : span.start])
    shown = base[0] if base else ""
    behind = _BEHIND.match(text, span.stop, stop)
    following = behind[1] if behind else ""
    doubled = re.search("[A-Za-z][0-9]", content)
    if doubled:
        letters, digits = content[: doubled.end() - 1], content[doubled.end() - 1 :]
        hint = f"write {shown}^({letters}^{digits}) or ({shown}^{letters})^{digits}"
        raise DerivError("what these exponents belong to is not clear", text, span, hint)
    if following in ("!", "^", "**"):
        sign = "!" if following == "!" else "^..."
        hint = f"write ({shown}^{content}){sign} or {shown}^({content}{sign})"
        raise DerivError(f"what '{sign[0]}' belongs to is not clear here", text, span, hint)
    is_bracket = re.fullmatch(r"\([^()]*\)", content) is not None
    if is_bracket and following == "(" and re.fullmatch(r"[^\W\d_]\w*", shown):
        hint = f"write {shown}''(x) for a derivative or {shown}^{content}*(...) for a product"
        raise DerivError("whether this is a derivative or a power is not clear", text, span, hint)
    bare = content.isalnum() and (len(content) == 1 or content.isdigit())
    whole = content if bare or is_bracket else f"({content})"
    scribe.write(f"^{whole}" + _blank_before(text, span.stop, stop), span.start, span.stop)


def _lower(scribe: Scribe, found: re.Match[str]) -> dict[str, None]:
    """Write an index, and give the name that it makes."""
    text, span = found.string, Span(*found.span())
    index = "".join(SUBSCRIPT_LETTERS.get(sign, "") for sign in found["lowered"])
    before = re.search(r"[^\W\d_]$", text[max(0, span.start - 1) : span.start])
    if before is None or len(index) < len(found["lowered"]):
        hint = "write one of letters or of digits, as in x_n and x_1"
        raise DerivError("this index is not read here", text, span, hint)
    scribe.write(f"_{index}" + _blank_before(text, span.stop, len(text)), span.start, span.stop)
    is_base = text[max(0, span.start - 3) : span.start].endswith(("log", "ln"))
    return {} if is_base else {canonical_name(before[0]) + f"_{index}": None}


def _blank_before(text: str, place: int, stop: int) -> str:
    """A blank where a name, a number or a bracket follows, which would go on what stands above or below the line."""
    return " " if re.compile(r"[\w(|⌊⌈√∛∜.]").match(text, place, stop) else ""


def _leave_out(scribe: Scribe, found: re.Match[str], start: int, stop: int) -> None:
    """Leave out what nobody sees, or keep it where it parts or joins something, so that it is refused."""
    text, unseen = found.string, found["unseen"]
    before = text[found.start() - 1] if found.start() > start else " "
    after = text[found.end()] if found.end() < stop else " "
    if _APPLICATION in unseen or _TIMES in unseen:
        scribe.write("" if after == "(" and _TIMES not in unseen else " ", found.start(), found.end())
    elif not (_is_apart(before) or _is_apart(after) or (_in_name(before) != _in_name(after))):
        scribe.copy(found.start(), found.end())


def _is_apart(character: str) -> bool:
    return character.isspace() or character in "(),|"


def _in_name(character: str) -> bool:
    return character.isalnum() or character in "._"
