"""What a picture says in words: notes on what its axes do not say, and its description for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from derivcli.pictures.functions.names import listed, short, shown
from derivcli.pictures.functions.panels import is_cut
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.functions.special_marks import tip_of
from derivcli.pictures.scene import Name, Panel
from derivcli.render.captions import direction_line
from derivcli.render.labels import raised
from derivcli.render.study_texts import special_points
from derivcli.result import ALONG

NOTE_LETTERS = 96

MOST_TOLD = 12
"""Of more special points of one function the description says how many there are."""


def notes(shown_: Shown, panels: Sequence[Panel]) -> Iterator[str]:
    """Definitions, constants, unusual scales, values out of sight."""
    drawn = shown_.drawn
    definitions = [f"{part.name} = {part.text}" for each in drawn.expressions for part in each.definitions]
    yield from dict.fromkeys(short(each, NOTE_LETTERS) for each in definitions)
    yield from (f"{name} = {shown(value)}" for name, value in drawn.fixed.items())
    if any(ALONG in partial for partial in drawn.partials):
        yield direction_line(drawn.judge({shown_.variable: np.array([shown_.low])}))
    units = {"horizontal": panels[0].x.unit} if panels[0].x.unit else {}
    yield from (f"{way} unit 10{raised(unit)}" for way, unit in units.items())
    yield from dict.fromkeys(f"vertical unit 10{raised(panel.y.unit)}" for panel in panels if panel.y.unit)
    if any(panel.y.logarithmic for panel in panels):
        yield "logarithmic scale"
    upright = any(line.vertical for panel in panels for line in panel.asymptotes)
    if not upright and any(is_cut(curve) for panel in panels for curve in panel.curves if curve.role != "tangent"):
        yield "values beyond the axis are cut off"


def description(shown_: Shown, titles: Sequence[Name], panels: Sequence[Panel]) -> str:
    """The picture in sentences."""
    names = [curve.name.text for panel in panels for curve in panel.curves if curve.role == "derivative"]
    what = listed([each.text for each in titles])
    beside = f" with {listed(names)}" if names else ""
    interval = f"for {shown_.variable} from {shown(shown_.low)} to {shown(shown_.high)}"
    sentences = [f"The graph of {what}{beside} {interval}."]
    if len(panels) > 1:
        sentences.append(f"It has {len(panels)} panels below each other.")
    for role, word in (("tangent", "tangent"), ("polynomial", "Taylor polynomial")):
        found = [curve.name.text for panel in panels for curve in panel.curves if curve.role == role]
        sentences += [f"The {word}{'s are' if len(found) > 1 else ' is'} {listed(found)}."] if found else []
    for number, title in enumerate(titles):
        sentences += _happens(shown_, number, title.text.partition(" = ")[0])
    return " ".join(sentences)


def _happens(shown_: Shown, number: int, name: str) -> Iterator[str]:
    """What is known of a function in sight."""
    study = shown_.known[number].study
    if study is None:
        return
    lists = ("zeros", "critical", "inflections", "breaks")
    found = [each for each in special_points(study, lists) if shown_.low <= each.x.value <= shown_.high]
    if len(found) > MOST_TOLD:
        yield f"{name} has {len(found)} special points there."
    elif found:
        yield f"{name}: {'; '.join(map(tip_of, found))}."
