"""Draw the gallery: `python docs/gallery.py` runs every command in it, and writes the pictures and their page.

With names, as in `python docs/gallery.py tan floor`, only those pictures are drawn. `--check` says whether the page
names what the table holds, and draws nothing.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import scipy.special
from numpy.typing import NDArray

from derivcli.cli import app

Floats: TypeAlias = NDArray[np.float64]

FOLDER = Path(__file__).parent / "gallery"
TABLE = FOLDER / "pictures.txt"
PAGE = FOLDER / "README.md"
DPI = "110"
POINTS = 100
"""The points of a plain picture, as tutorials take them."""


class Picture(NamedTuple):
    """A picture: the name of its file, what it shows, and the command's words without the file."""

    name: str
    shows: str
    words: str


class Hard(NamedTuple):
    """A famous hard plot: the command's words, and what NumPy joins for the same."""

    name: str
    shows: str
    words: str
    ends: tuple[float, float]
    plain: Callable[[Floats], Floats]


HARD = (
    Hard("hard-tan", "tan(x)", '"tan(x)" --on x=-5:5', (-5, 5), np.tan),
    Hard("hard-sine", "sin(1/x)", '"sin(1/x)" --on x=-1:1', (-1, 1), lambda x: np.sin(1 / x)),
    Hard("hard-inverse", "1/x", '"1/x" --on x=-3:3', (-3, 3), lambda x: 1 / x),
    Hard("hard-damped", "x sin(1/x)", '"x*sin(1/x)" --on x=-0.5:0.5', (-0.5, 0.5), lambda x: x * np.sin(1 / x)),
    Hard("hard-floor", "floor(x)", '"floor(x)" --on x=-3:3', (-3, 3), np.floor),
    Hard("hard-modulus", "|sin x|", '"|sin x|" --on x=-7:7', (-7, 7), lambda x: np.abs(np.sin(x))),
    Hard("hard-power", "x^x", '"x^x" --on x=0:2', (0, 2), lambda x: x**x),
    Hard("hard-gamma", "gamma(x)", '"gamma(x)" --on x=-4:4', (-4, 4), scipy.special.gamma),
    Hard("hard-flat", "exp(-1/x^2)", '"exp(-1/x^2)" --on x=-3:3', (-3, 3), lambda x: np.exp(-1 / x**2)),
    Hard("hard-hole", "sin(x)/x", '"sin(x)/x" --on x=-3:3', (-3, 3), lambda x: np.sin(x) / x),
)
"""Ten of them."""


def groups() -> dict[str, list[Picture]]:
    """The pictures by their headings, from their table."""
    found: dict[str, list[Picture]] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            found[line.removeprefix("## ")] = []
        elif line and not line.startswith("#"):
            name, shows, words = (part.strip() for part in line.split(" | "))
            found[[*found][-1]].append(Picture(name, shows, words))
    return found


def command(picture: Picture | Hard) -> str:
    """The command line that draws it."""
    return f"deriv {picture.words} --plot {picture.name}.png"


def page() -> str:
    """The gallery's page."""
    lines = [
        "# Gallery",
        "",
        "Each picture comes from the command under it. `make gallery` draws all of them anew.",
        "",
    ]
    for heading, pictures in groups().items():
        lines += [f"## {heading}", ""]
        for picture in pictures:
            lines += [picture.shows, "", f"![{picture.shows}]({picture.name}.png)", "", "```sh"]
            lines += [command(picture), "```", ""]
    lines += ["## Before and after", ""]
    lines += [f"On the left {POINTS} points of `numpy.linspace`, joined by Matplotlib; on the right `deriv`.", ""]
    lines += ["| f | `linspace` | `deriv` |", "| --- | --- | --- |"]
    lines += [
        f"| `{each.shows.replace('|', chr(92) + '|')}` | ![joined samples](plain-{each.name}.png) "
        f"| ![{each.shows.replace('|', chr(92) + '|')}]({each.name}.png) |"
        for each in HARD
    ]
    return "\n".join(lines) + "\n"


def draw(picture: Picture | Hard) -> int:
    """Run its command, as a user does; gives back the exit status."""
    words = [*shlex.split(picture.words), "--plot", str(FOLDER / f"{picture.name}.png"), "--dpi", DPI]
    return int(app.run(words))


def draw_plain(hard: Hard) -> None:
    """What plain samples joined by lines give: the function and differences for its slope."""
    from matplotlib.figure import Figure

    x = np.linspace(*hard.ends, POINTS)
    with np.errstate(all="ignore"):
        y = hard.plain(x)
        slope = np.gradient(y, x)
    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    axes.plot(x, y, label="f")
    axes.plot(x, slope, label="f'")
    axes.legend()
    axes.set_title(hard.shows, parse_math=False)
    figure.savefig(FOLDER / f"plain-{hard.name}.png", dpi=int(DPI), metadata={"Software": None})


def main(words: list[str]) -> int:
    """Draw all, or those that are named; or check the page."""
    if "--check" in words:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    drawn: list[Picture | Hard] = [picture for pictures in groups().values() for picture in pictures]
    failed = []
    for picture in [*drawn, *HARD]:
        if words and picture.name not in words:
            continue
        if draw(picture):
            failed.append(picture.name)
        if isinstance(picture, Hard):
            draw_plain(picture)
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
