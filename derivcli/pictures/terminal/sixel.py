"""Pictures as sixels: in bands of six lines, color after color, a letter for each column.

picture := ESC "P" "0;1;0q" size { color } { line { "$" line } "-" } ESC "\\"
line := "#" NUMBER { LETTER | "!" COUNT LETTER }
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MAX_COLORS = 255
LINES_PER_BAND = 6
FIRST_LETTER = ord("?")

_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)
"""What is shorter with a count."""


def sixels(data: bytes) -> str:
    """The sixels of a picture in any format that Pillow reads; what is transparent stays so."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGBA")
    alpha = np.asarray(picture)[:, :, 3]
    few = picture.convert("RGB").quantize(MAX_COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    numbers = np.where(alpha < 128, MAX_COLORS, np.asarray(few))
    palette = np.asarray(few.getpalette(), dtype=np.int64).reshape(-1, 3)
    height, width = numbers.shape
    colors = "".join(
        f"#{number};2;{';'.join(str(round(part * 100 / 255)) for part in color)}"
        for number, color in enumerate(palette)
    )
    bands = "-".join("$".join(_band(numbers[top : top + LINES_PER_BAND])) for top in range(0, height, LINES_PER_BAND))
    return f'\x1bP0;1;0q"1;1;{width};{height}{colors}{bands}-\x1b\\'


def _band(numbers: NDArray[np.int64]) -> Iterator[str]:
    """A line for each color in at most six lines of pixels."""
    weights = 1 << np.arange(len(numbers))
    for number in np.unique(numbers):
        if number != MAX_COLORS:
            letters = (weights @ (numbers == number) + FIRST_LETTER).astype(np.uint8).tobytes()
            letters = letters.rstrip(bytes([FIRST_LETTER]))
            yield f"#{number}" + _RUN.sub(_counted, letters).decode("ascii")


def _counted(run: re.Match[bytes]) -> bytes:
    return b"!%d%s" % (len(run[0]), run[1])
