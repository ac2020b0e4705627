"""SVG files whose text is text, with the fonts that it needs, and with a title and a description to be read aloud."""

from __future__ import annotations

import base64
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple
from xml.sax.saxutils import escape

MAX_DESCRIPTION = 2000
"""Letters; what is longer is no description."""

_TEXT = re.compile(r'<(text|tspan)\b[^>]*?style="([^"]*)"[^>]*>([^<]+)</\1>')
_FAMILY = re.compile(r"font-family: ([^;]*)")
_ROOT = re.compile(r"<svg\b[^>]*>")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


class Face(NamedTuple):
    """A font by its family and whether it is italic and bold."""

    family: str
    italic: bool
    bold: bool


def accessible(picture: bytes, title: str, description: str) -> bytes:
    """The picture with its title and description, and with the letters that it uses of each of its fonts."""
    text = _TITLE.sub("", picture.decode(), count=1)
    root = _ROOT.search(text)
    assert root is not None, "Matplotlib writes a root element."
    opening = root[0][:-1] + ' role="img" aria-labelledby="picture-title picture-description">'
    parts = [
        opening,
        f' <title id="picture-title">{escape(title)}</title>',
        f' <desc id="picture-description">{escape((description or title)[:MAX_DESCRIPTION])}</desc>',
        f' <style type="text/css">{"".join(_font_faces(text))}</style>',
    ]
    return (text[: root.start()] + "\n".join(parts) + text[root.end() :]).encode()


def _font_faces(picture: str) -> Iterable[str]:
    letters: dict[Face, set[str]] = defaultdict(set)
    for _, style, shown in _TEXT.findall(picture):
        family = _FAMILY.search(style)
        for name in re.findall(r"'([^']*)'", unescape(family[1])) if family else ():
            letters[Face(name, "italic" in style, "bold" in style or "700" in style)] |= set(unescape(shown))
    for face, used in sorted(letters.items()):
        data = _subset(face, used)
        if data:
            slope, weight = ("italic" if face.italic else "normal"), ("bold" if face.bold else "normal")
            source = f"url(data:font/woff;base64,{base64.b64encode(data).decode()}) format('woff')"
            yield f"@font-face{{font-family:'{face.family}';font-style:{slope};font-weight:{weight};src:{source}}}"


def _subset(face: Face, letters: Iterable[str]) -> bytes:
    """The font with these letters alone, as WOFF, or nothing where it has none of them."""
    from fontTools import subset  # type: ignore[import-untyped]
    from matplotlib.font_manager import FontProperties, findfont

    properties = FontProperties(family=[face.family])
    properties.set_style("italic" if face.italic else "normal")
    properties.set_weight("bold" if face.bold else "normal")
    options = subset.Options(flavor="woff", hinting=False, layout_features=[], notdef_outline=False, name_IDs=[])
    options.recalc_timestamp = False
    options.drop_tables += ["FFTM"]  # the day on which a font was made
    stream = io.BytesIO()
    with subset.load_font(str(findfont(properties)), options) as font:
        codes = {ord(letter) for letter in letters} & set(font.getBestCmap() or ())
        if not codes - {0x20, 0xA0}:
            return b""
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=sorted(codes))
        subsetter.subset(font)
        subset.save_font(font, stream, options)
    return stream.getvalue()
