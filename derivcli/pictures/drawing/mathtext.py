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
    r"\lvert": "∣",
    r"\rvert": "∣",
    r"\bmod": r"\;\mathrm{mod}\;",
    r"\tfrac": r"\frac",
    r"\underline": r"\underbar",
}
"""Commands that mathtext lacks, and what says the same there."""

PRIMES = {"'''": "‴", "''": "″", "'": "′"}
"""As letters, since mathtext raises its own primes too high."""

BARS = {"|": "∣"}
"""The bar of the fonts is as low as a small letter."""

_COMMAND = re.compile(r"\\[A-Za-z]+")
_LETTER = re.compile("[A-Za-z]'*")
_PRIMES = re.compile("'{1,3}")
_SIGN_AFTER_COMMA = re.compile(r",((?:\s|\\[,;: ])*)-")
_BEFORE_FUNCTION = re.compile(
    r"(?<=[\w})])\s+(?=\\(?:operatorname|arc\w+|(?:sin|cos|tan|cot)h?|sec|csc|ln|log|max|min|exp)(?![A-Za-z]))"
)
_CASES = re.compile(r"\\begin\{cases\}((?:(?!\\begin).)*?)\\end\{cases\}", re.DOTALL)
_LAST_CASES = re.compile(_CASES.pattern + r"\s*&\s*\\text\{otherwise\}\s*\\end\{cases\}", re.DOTALL)
"""Cases within the last of others, which are further rows of these."""

_STRETCHED = re.compile(r"\\left(\\[a-z]+|\\?[^\s\w])((?:(?!\\left).)*?)\\right(\\[a-z]+|\\?[^\s\w])")
_HIGH = re.compile(r"\\(?:d?frac|genfrac|sum|prod|int|binom|sqrt)(?![A-Za-z])|\^")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)

CASE_GAP = 0.9
"""Between a branch and its condition, in sizes of the letters."""


def typeset(name: Name, display: bool = False) -> dict[str, Any]:
    """The arguments of a text of Matplotlib that shows a name; on display its fractions are large."""
    formula = mathtext(name.latex or (name.text if _LETTER.fullmatch(name.text) else ""))
    if not formula:
        return plain(name.text)
    return {"text": f"${_displayed(formula) if display else formula}$", "parse_math": True}


def plain(text: str) -> dict[str, Any]:
    """The arguments of a text in which every sign means itself."""
    return {"text": text, "parse_math": False}


@lru_cache(maxsize=512)
def mathtext(latex: str) -> str:
    r"""A formula in LaTeX as mathtext writes it, or "" where it has no form for it; \begin{cases} becomes a stack."""
    if not latex:
        return ""
    formula = _COMMAND.sub(lambda found: SPELLINGS.get(found[0], found[0]), latex)
    formula = _PRIMES.sub(lambda found: PRIMES[found[0]], formula)
    formula = _BEFORE_FUNCTION.sub(r"\\,", formula)
    formula = formula.replace(r"\sqrt[", r"\,\sqrt[")  # the index reaches out to the left
    formula = _SIGN_AFTER_COMMA.sub(r",\1{-}", formula)
    formula = _STRETCHED.sub(_fitted, formula)
    while _LAST_CASES.search(formula):
        formula = _LAST_CASES.sub(r"\1\\end{cases}", formula)
    while (found := _CASES.search(formula)) is not None:
        formula = formula[: found.start()] + _cases(found[1]) + formula[found.end() :]
    return formula if _width(formula) is not None else ""


def _fitted(found: re.Match[str]) -> str:
    """Brackets of their own size around what is no higher than a line: mathtext would make them too small."""
    opening, body, closing = found.groups()
    if _HIGH.search(body) or "." in (opening, closing):
        return found[0]
    return f"{BARS.get(opening, opening)} {body}{BARS.get(closing, closing)}"


def _displayed(formula: str) -> str:
    """The formula with large fractions, but not inside of others or of exponents."""
    depth, parts = 0, []
    for token in _TOKEN.findall(formula):
        depth += (token == "{") - (token == "}")
        parts.append(r"\dfrac" if token == r"\frac" and not depth else token)
    return "".join(parts)


def _cases(body: str) -> str:
    """Branches below each other behind a brace, with their conditions in a column.

    A stack centres its lines, so that those that are narrower are filled up to the widest.
    """
    rows = [[cell.strip() for cell in row.split("&")] for row in body.split(r"\\")]
    unit = (_width(r"x\hspace{1}x") or 1.0) - (_width("xx") or 0.0)
    for column in range(max(map(len, rows))):
        cells = [row for row in rows if column < len(row)]
        widths = [_width(row[column]) or 0.0 for row in cells]
        for row, width in zip(cells, widths, strict=True):
            gap = CASE_GAP if column + 1 < len(row) else 0.0
            row[column] += rf"\hspace{{{(max(widths) - width) / unit + gap:.3f}}}"
    lines = ["".join(row) for row in rows]
    stack = lines.pop()
    while lines:
        stack = rf"\genfrac{{}}{{}}{{0}}{{0}}{{{lines.pop()}}}{{{stack}}}"
    return rf"\left\{{{stack}\right."


@lru_cache(maxsize=512)
def _width(formula: str) -> float | None:
    """How wide mathtext sets a formula, or None where it cannot read it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    try:
        return float(MathTextParser("path").parse(f"${formula}$", 72, FontProperties(size=100))[0])
    except (ValueError, RecursionError):
        return None
