"""A scene as one page for a browser: all that it needs stands in it, and it asks for nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.util
import json
import re
from functools import cache
from pathlib import Path

from derivcli.pictures.html.scene_data import scene_data
from derivcli.pictures.look import Look
from derivcli.pictures.scene import Scene

ASSETS = Path(__file__).parent / "assets"

LIBRARIES = ("bokeh.min.js", "bokeh-api.min.js")
"""What draws: Bokeh's browser half comes inside its Python package, so that no other tool has to fetch it.

It has axes, ranges, gestures and fast canvas glyphs in 1.4 MB; its MathJax alone would be larger than that.
"""

SCRIPTS = tuple(f"{name}.js" for name in "numbers ticks figures fields levels riders words gestures page".split())
"""The page's own program, in the order in which its parts are read."""


def page(scene: Scene, look: Look) -> str:
    """The whole page. The same scene gives the same text."""
    scripts = [*map(_library, LIBRARIES), _program()]
    data = json.dumps(scene_data(scene, look), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    title = ", ".join(name.text for name in scene.titles) or "deriv"
    parts = {
        "policy": _policy(scripts),
        "title": html.escape(title),
        "style": _asset("page.css"),
        "data": data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    return re.sub(r"@([a-z]+)@", lambda found: parts[found[1]], _asset("page.html"))


def _policy(scripts: list[str]) -> str:
    """What the browser may do: run these very scripts, and load nothing."""
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def _program() -> str:
    return "(() => {\n'use strict'\n" + "\n".join(map(_asset, SCRIPTS)) + "})()"


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def _library(name: str) -> str:
    found = importlib.util.find_spec("bokeh")
    origin = found and found.origin
    assert origin, "Bokeh is installed with deriv"
    text = (Path(origin).parent / "server" / "static" / "js" / name).read_text(encoding="utf-8")
    return re.sub(r"</(script)", r"<\\/\1", re.sub(r"\n//# sourceMappingURL=.*", "", text), flags=re.IGNORECASE)
