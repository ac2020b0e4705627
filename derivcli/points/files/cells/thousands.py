"""Signs between thousands: 1,234,567.5, where each group but the first has three digits."""

from __future__ import annotations

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from derivcli.language.lexer.tokens import SPELLINGS
from derivcli.points.files.reading import SPACES, THOUSANDS, Cells

_OTHER_SPELLINGS = {" ": SPACES, "'": "'\u2019"}
_SIGNS = re.escape("+-" + "".join(sign for sign, spelled in SPELLINGS.items() if spelled == "-"))


def removed(texts: pa.Array, written: Cells) -> pa.Array:
    """Texts without the signs between thousands; null where these stand anywhere else."""
    sign = _class(written.thousands)
    if written.thousands == " ":
        texts = pc.utf8_trim_whitespace(texts)
    has = pc.match_substring_regex(texts, sign)
    if not pc.any(has).as_py():
        return texts
    good = pc.match_substring_regex(texts, rf"^\s*({_pattern(written.thousands, written.decimal_comma)})\s*$")
    wrong = pc.and_(has, pc.invert(good))
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), sign, "")
    return pc.if_else(wrong, pa.scalar(None, texts.type), bare)


def without_thousands(text: str, written: Cells) -> str:
    """The same of one text, which stays as it is where the signs stand anywhere else."""
    if not written.thousands or not re.fullmatch(_pattern(written.thousands, written.decimal_comma), text.strip()):
        return text
    return re.sub(_class(written.thousands), "", text.strip())


def thousands_in(text: str, decimal_comma: bool) -> str:
    """The sign between the thousands of a text; "" where it has none."""
    signs = [sign for sign in THOUSANDS if sign != (",." if decimal_comma else ".,")[0]]
    return next((sign for sign in signs if re.fullmatch(_pattern(sign, decimal_comma), text.strip())), "")


def _class(sign: str) -> str:
    return f"[{re.escape(_OTHER_SPELLINGS.get(sign, sign))}]"


@lru_cache
def _pattern(sign: str, decimal_comma: bool) -> str:
    """A number with at least one such sign, in the syntax that Python and Arrow share."""
    point = "," if decimal_comma else r"\."
    return rf"[{_SIGNS}]?[0-9]{{1,3}}({_class(sign)}[0-9]{{3}})+({point}[0-9]*)?([eE][+-]?[0-9]+)?"
