"""Names typeset: our LaTeX in the forms that Matplotlib's mathtext knows, and plain text where it knows none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from derivcli.pictures.scene import Name

SPELLINGS = {
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\bmod": r"\;\mathrm{mod}\;",
    r"\tfrac": r"\frac",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\underline": r"\underbar",
}
"""Commands that mathtext lacks, and what says the same there."""

_COMMAND = re.compile(r"\\[A-Za-z]+")
_CASES = re.compile(r"\\begin\{cases\}((?:(?!\\begin).)*?)\\end\{cases\}", re.DOTALL)
_UNDERLINE = re.compile(r"\^\{\\underline\{(.*?)\}\}$")

CASE_GAP = 0.9
"""Between a branch and its condition, in widths of the letter m."""


def typeset(name: Name) -> dict[str, Any]:
    """The arguments of a text of Matplotlib that shows a name."""
    formula = mathtext(name.latex) if name.latex else ""
    return {"text": f"${formula}$", "parse_math": True} if formula else plain(name.text)


def plain(text: str) -> dict[str, Any]:
    """The arguments of a text in which every sign means itself."""
    return {"text": text, "parse_math": False}


@lru_cache(maxsize=512)
def mathtext(latex: str) -> str:
    r"""A formula in LaTeX as mathtext writes it, or "" where it has no form for it; \begin{cases} becomes a stack."""
    formula = _COMMAND.sub(lambda found: SPELLINGS.get(found[0], found[0]), latex)
    while (found := _CASES.search(formula)) is not None:
        formula = formula[: found.start()] + _cases(found[1]) + formula[found.end() :]
    return formula if _width(formula) is not None else ""


def _cases(body: str) -> str:
    """Branches below each other behind a brace, with their conditions in a column.

    A stack centres its lines, so that those that are narrower are filled up to the widest.
    """
    rows = [[cell.strip() for cell in row.split("&")] for row in body.split(r"\\")]
    unit = _width("m") or 1.0
    for column in range(max(map(len, rows))):
        cells = [row for row in rows if column < len(row)]
        widths = [_width(row[column]) or 0.0 for row in cells]
        for row, width in zip(cells, widths, strict=True):
            gap = CASE_GAP if column + 1 < len(row) else 0.0
            row[column] += rf"\hspace{{{(max(widths) - width) / unit + gap:.3f}}}"
    stack = r" \\ ".join("".join(row) for row in rows)
    return rf"\left\{{\substack{{{stack}}}\right."


@lru_cache(maxsize=512)
def _width(formula: str) -> float | None:
    """How wide mathtext sets a formula, or None where it cannot read it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    try:
        return float(MathTextParser("agg").parse(f"${formula}$", 72, FontProperties(size=100))[2])
    except (ValueError, RecursionError):
        return None
