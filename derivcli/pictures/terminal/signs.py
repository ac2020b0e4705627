"""The signs that a picture of text is made of: in Braille, in blocks, and in ASCII, a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from derivcli.errors import inert


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands for a line, a mark or a level.

    A cell has `dots` across and down, drawn by plotext's marker `line`, or each function by one of `letters`. `marks`
    has the sign for each kind of mark. `shades` go from the lowest level to the highest; nothing but `faint` stands for
    the lowest where there are places without a value. `arrows` point to the right and then every 45 degrees against the
    clock. `across` and `down` are for asymptotes, `half` for cells of two colors.
    """

    dots: tuple[int, int]
    line: str
    letters: str
    marks: Mapping[str, str]
    shades: str
    arrows: Sequence[str]
    across: str
    down: str
    half: str = ""
    faint: str = "."

    @property
    def is_unicode(self) -> bool:
        """Whether texts beside them may have any sign."""
        return bool(self.half)


_KINDS = (
    *("closed", "open", "isolated", "dot", "touch", "zero", "minimum", "maximum", "flat", "saddle", "source", "sink"),
    *("degenerate", "inflection", "corner", "node", "start"),
)


def _marks(signs: str) -> Mapping[str, str]:
    return dict(zip(_KINDS, signs, strict=True))


_BRAILLE = Signs((2, 4), "braille", "", _marks("●○●•◆●▼▲■✕⊙⊗?◇◆◉◎"), " ░▒▓█", "→↗↑↖←↙↓↘", "┈", "┊", "▀▄", "·")
_BLOCKS = Signs((2, 2), "hd", "", _marks("●○●•♦●▼▲■xøØ?◊♦◘◙"), " ░▒▓█", "→/↑\\←/↓\\", "-", "¦", "▀▄", "·")
_ASCII = Signs((1, 1), "", "*+#%&=", _marks("@o@.@@v^=XOQ?~@@S"), " .:-=+*#%@", ">/^\\</v\\", "-", ":")

SIGNS = {"braille": _BRAILLE, "blocks": _BLOCKS, "ascii": _ASCII}
"""The ways to draw, the finest first."""

FRAME = str.maketrans("┌┐└┘├┤┬┴┼─│", "+++++++++-|")
"""What plotext's frames are in ASCII."""

SPELLING = str.maketrans(
    {
        **{"′": "'", "″": "''", "‴": "'''", "−": "-", "·": "*", "×": "x", "π": "pi", "∞": "inf", "≤": "<=", "≥": ">="},
        **{"→": "->", "√": "sqrt", "…": "...", "≈": "~", "∂": "d", "°": "deg", "∇": "grad ", "τ": "tau", "θ": "theta"},
        **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
        **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", [*(f"^{digit}" for digit in range(10)), "^-"], strict=True)),
    }
)
"""How texts are spelled in ASCII."""

Shown = TypeVar("Shown")


def spelled(shown: Shown, is_unicode: bool) -> Shown:
    """What is shown, with texts that act on no terminal, and in ASCII where there is nothing else."""
    changed: Any = shown
    if isinstance(shown, str):
        text = inert(shown)
        changed = text if is_unicode else text.translate(SPELLING).encode("ascii", "backslashreplace").decode()
    elif isinstance(shown, tuple):
        changed = tuple(spelled(each, is_unicode) for each in shown)
    elif is_dataclass(shown) and not isinstance(shown, type):
        parts = {each.name: spelled(getattr(shown, each.name), is_unicode) for each in fields(shown)}
        changed = replace(shown, **parts)
    return cast("Shown", changed)
