"""Studies as people and programs see them: tables of variations read back from the screen, JSON, lines, LaTeX."""

import copy
import json
import math
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from derivcli import DerivError, Extent, Number, Study, study
from derivcli.render.blocks import Style
from derivcli.render.documents.study import study_document
from derivcli.render.format_table import write
from tests import studies
from tests.support import deriv, each

WIDTHS = (40, 60, 80, 120, 200)
FRAMED = re.compile(r"[│|] +(\S*) [│|] ?(.*?) ?[│|]$")
WORD = re.compile(r"[^\s↗↘→+−?║╱│|/\\]+|[↗↘→+−?║╱│]|\|\||/+|\\")
"""What stands apart in a line of a table: numbers, and signs."""

Lines = dict[str, list[str]]


def shown(found: Study, form: str = "table", width: int = 80, unicode: bool = True) -> str:
    """A study in a format."""
    style = Style(width=width, unicode=unicode)
    return write(study_document(found, style), form, style)


def bands(text: str) -> list[Lines]:
    """The table of variations as it stands on the screen: in each band the lines of the rows x, f', f and f''."""
    lines = text.splitlines()
    starts = [
        place for place, line in enumerate(lines[:-9]) if re.match(r"[│|] +f'\(", lines[place + 2]) and "x" in line
    ]
    bodies = [re.split(r"[│|]", line, maxsplit=2)[-1][1:-1] for line in lines]
    return [
        {
            "x": bodies[at : at + 1],
            "f'": bodies[at + 2 : at + 3],
            "f": bodies[at + 4 : at + 7],
            "f''": bodies[at + 8 : at + 9],
        }
        for at in starts
    ]


def numbers_in(line: str) -> list[tuple[int, float]]:
    """The numbers in a line, each with the place of its middle."""
    words = [
        (match.start() + len(match[0]) // 2, match[0]) for match in re.finditer(r"[^\s║│↗↘→╱?+−|]*\d\S*|[+-]∞", line)
    ]
    return [(place, math.inf * (1 if word[0] == "+" else -1) if "∞" in word else value(word)) for place, word in words]


def value(word: str) -> float:
    """The number that a short formula is."""
    names = {"exp": math.exp, "sqrt": math.sqrt, "sin": math.sin, "pi": math.pi}
    return float(eval(word, {"__builtins__": {}}, names))


def contradictions(band: Lines) -> list[str]:
    """Arrows that do not lead from a value to a higher or a lower one, and values that stand at a wrong height.

    Only what can be seen is judged: between two neighbouring values one of which stands left of an arrow and the other
    right of it, the arrow says which is larger, and what is larger does not stand lower.
    """
    placed = sorted(
        (place, height, number) for height, line in enumerate(band["f"]) for place, number in numbers_in(line)
    )
    arrows = [(match.start(), match[0]) for line in band["f"] for match in re.finditer("[↗↘→]", line)]
    wrong = []
    for place, arrow in arrows:
        left = [each for each in placed if each[0] < place][-1:]
        right = [each for each in placed if each[0] > place][:1]
        if not left or not right:
            continue  # the value there is not known
        (_, from_height, before), (_, to_height, after) = left[0], right[0]
        if {"↗": before < after and to_height <= from_height, "↘": before > after and to_height >= from_height}.get(
            arrow, before == after
        ):
            continue
        wrong.append(f"{before} {arrow} {after}")
    return wrong


HAND_MADE = [(name, width) for name in studies.ALL for width in WIDTHS]


@each(("name", "width"), HAND_MADE)
def test_tables_of_variations_fit_the_screen_and_do_not_contradict_themselves(name: str, width: int) -> None:
    text = shown(studies.ALL[name](), width=width)
    found = bands(text)
    assert found
    assert max(map(len, text.splitlines())) <= width
    assert [wrong for band in found for wrong in contradictions(band)] == []
    for one, other in pairwise(found[:2]):
        assert one["x"][0].split()[-1] == other["x"][0].split()[0]


def test_the_reader_of_tables_sees_a_wrong_arrow() -> None:
    text = shown(studies.bump())
    assert contradictions(bands(text)[0]) == []
    assert contradictions(bands(text.replace("↗", "↘"))[0]) == ["0.0 ↘ 0.36787944117144233"]


def test_bars_stand_under_each_other() -> None:
    (band,) = bands(shown(studies.poles()))
    columns = [[match.start() for match in re.finditer("║", line)] for rows in band.values() for line in rows]
    assert columns[0] == []
    assert columns[1:] == [columns[1]] * 5
    assert len(columns[1]) == 2


def test_a_sign_stands_between_each_two_points() -> None:
    (band,) = bands(shown(studies.bump(), width=120))
    assert WORD.findall(band["f'"][0]) == ["+", "0", "−", "−"]
    assert WORD.findall(band["f''"][0]) == ["−", "−", "0", "+"]
    assert WORD.findall(band["x"][0]) == ["0", "1", "2", "5"]


def test_screens_without_unicode_get_none_of_it() -> None:
    for made in studies.ALL.values():
        assert shown(made(), unicode=False).isascii()
    assert "+inf" in shown(studies.poles(), unicode=False)


def test_points_are_told_with_all_digits_formulas_and_kinds() -> None:
    text = shown(studies.root(), width=120) + shown(studies.bump(), width=120)
    for said in (
        "zero, edge of the domain, global minimum", "jump: sqrt(2) left, 3 right", "corner: slopes 0 and -1",
        "cusp: slopes -∞ and +∞", "hole: limit 2.5", "0.27067056647322538  = 2*exp(-2) │ inflection",
        "✓ no others on [0, 5]: proved", "range: [0, exp(-1)]",
    ):  # fmt: skip
        assert said in text


def test_what_no_float64_holds_is_not_called_infinite() -> None:
    large = Number(math.inf, sys.float_info.max, math.inf, "1.8435182706774469e421")
    made = replace(studies.bump(), range=Extent(studies.number("0"), large, has_low=True, has_high=True))
    assert "range: [0, 1.8435182706774469e421]" in shown(made)
    assert "range: [0, +∞)" in shown(
        replace(made, range=Extent(studies.number("0"), studies.number("inf"), True, False))
    )


def test_gaps_part_a_range() -> None:
    assert "range: (-∞, -1] ∪ [0.125, +∞)\n" in shown(studies.poles())


@each(
    ("slopes", "kinds", "said"),
    [
        ("++", "corner", "f rises throughout [0, 2]: proved"),
        ("--", "vertical", "f falls throughout [0, 2]: proved"),
        ("+-", "corner", ""),
        ("++", "jump", ""),
        ("+0", "corner", ""),
        ("+?", "corner", ""),
    ],
)
def test_a_function_rises_throughout_only_where_it_does(slopes: str, kinds: str, said: str) -> None:
    rows = [f"0 1 + {slopes[0]} +", f"1 2 + {slopes[1]} +"]
    found = studies.study("x", ("0", "2"), breaks=(studies.point("1", kinds, "1"),), pieces=studies.pieces(*rows))
    text = shown(found)
    assert (said in text) if said else "throughout" not in text


def test_what_is_undecided_is_named_and_not_called_complete() -> None:
    found = studies.undecided()
    text = shown(found, width=200)
    assert "not decided from -0.707111 to -0.707099: where f'' changes its sign (1024 bits" in text
    assert "no others on" not in text
    assert "elsewhere on (-∞, +∞) there are no others: proved" in text
    everywhere = replace(found, undecided=(replace(found.undecided[0], low=found.low, high=found.high),))
    assert "no others" not in shown(everywhere)
    row = shown(found, "tsv").splitlines()[-1].split("\t")
    assert row == ["inflections", "-0.70711:-0.7071", "", "undecided", *[""] * 6, found.undecided[0].why]
    assert json.loads(shown(found, "json"))["complete"] is False


def test_very_many_points_are_folded_for_people_and_whole_for_programs() -> None:
    found = studies.waves()
    text = shown(found)
    assert len(text.splitlines()) < 70
    assert "304 points are left out here" in text
    assert "160 zeros, 159 critical points, 159 inflections" in text
    data = json.loads(shown(found, "json"))
    assert [len(data[name]) for name in ("zeros", "critical", "inflections")] == [160, 159, 159]
    assert len(shown(found, "tsv").splitlines()) == 1 + 160 + 159 + 159 + 159 + 2


@each("name", list(studies.ALL))
def test_json_holds_every_number_so_that_it_reads_back(name: str) -> None:
    found = studies.ALL[name]()
    data = json.loads(shown(found, "json"))
    for key in ("zeros", "critical", "inflections", "breaks", "extrema", "ends"):
        points = getattr(found, key)
        assert [float(row["x"]) for row in data[key]] == [point.x.value for point in points]
        assert [row["digits"] for row in data[key]] == [point.x.text for point in points]
        assert {row["verdict"] for row in data[key]} <= {"proved"}
        values = [None if row["value"] is None else float(row["value"]) for row in data[key]]
        assert values == [None if point.value is None else point.value.value for point in points]
    assert len(data["pieces"]) == len(found.pieces)


def environments(text: str) -> list[str]:
    """The arrays of a text in LaTeX; each is checked: columns, brackets, and that commands are well known."""
    arrays = re.findall(r"\\begin\{array\}(.*?)\\end\{array\}", text, re.DOTALL)
    for array in arrays:
        columns, _, body = array.partition("\n")
        count = len(re.sub("[{}|]", "", columns))
        rows = [row for row in body.replace(r"\hline", "").split(r"\\") if row.strip()]
        assert {row.count("&") for row in rows} == {count - 1}
    assert text.count("{") == text.count("}")
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    return arrays


@each("name", list(studies.ALL))
def test_latex_has_an_arrow_for_each_piece(name: str) -> None:
    found = studies.ALL[name]()
    text = shown(found, "latex")
    arrays = environments(text)
    (first, *_) = arrays
    if name == "bump":
        assert first.count(r"\nearrow") == 1
        assert first.count(r"\searrow") == 2
    assert set(re.findall(r"\\[a-zA-Z]+", text)) <= {
        *(r"\begin", r"\end", r"\hline", r"\nearrow", r"\searrow", r"\rightarrow", r"\Vert", r"\vert", r"\phantom"),
        *(r"\frac", r"\sqrt", r"\sin", r"\infty", r"\text", r"\approx", r"\left", r"\right", r"\cup", r"\cdot"),
    }
    assert shown(found, "markdown").count("$$") == 2 * (1 + len(arrays))


def test_notebooks_show_a_table_in_which_nothing_is_markup_of_a_user() -> None:
    found = studies.root()
    html = found._repr_html_()
    assert html is not None
    assert html.count("<tr>") >= 6
    assert "visibility:hidden" in html
    assert html.count("<table") == html.count("</table>")
    latex = found._repr_latex_()
    assert latex is not None
    assert latex.startswith("$$")
    assert repr(found).startswith("<Study sqrt(x) on [-1, 6]; zeros: 1, breaks: 5")
    assert str(found.pieces[0]) == "<Piece (-1, 0): undefined>"


@each("change", [copy.copy, copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))])
def test_studies_travel(change: Callable[[Study], Study]) -> None:
    found = studies.poles()
    assert change(found) == found
    assert change(found) != studies.bump()


@each(
    "on", ["x=0:2", "0:2", (0, 2), {"x": (0, 2)}, {"x": "0:2"}, {"x": (Fraction(0), 2.0)}, {"x": ("1 - 1", "sqrt(4)")}]
)
def test_intervals_are_given_in_many_ways(on: str) -> None:
    found = study("x^3 - 3x", on)
    assert isinstance(found, Study)
    assert [point.x.value for point in found.critical] == [1.0]
    assert (found.low.value, found.high.value) == (0, 2)


@each(
    ("on", "said"),
    [
        ((0,), "on is a pair of numbers or texts"),
        ({}, "on names no variable"),
        ({"x": 3}, "on is a pair of numbers or texts"),
        ((0, None), "on is a pair of numbers or texts"),
        ((2, 0), "an interval goes up from one number to another"),
        ((0, math.nan), "'nan' is"),
    ],
)
def test_no_intervals_are_refused(on: object, said: str) -> None:
    with pytest.raises(DerivError, match=re.escape(said)):
        study("x^2", on)  # type: ignore[arg-type]


def test_an_interval_is_chosen_where_none_is_given() -> None:
    found = study("x^3 - x")
    assert isinstance(found, Study)
    assert [point.x.value for point in found.zeros] == [-1, 0, 1]
    assert found.complete


def test_the_command_prints_lines_where_nobody_looks() -> None:
    rows = [line.split("\t") for line in deriv("study", "t^2", "--on", "t=-1:1").stdout.splitlines()]
    assert rows[0][:4] == ["list", "x", "x exact", "kind"]
    assert {tuple(row[:2]) for row in rows[1:]} >= {("zeros", "0"), ("critical", "0"), ("ends", "-1")}


def lines_of(text: str) -> Sequence[str]:
    """The lines of a text that are not empty."""
    return [line for line in text.splitlines() if line]


def test_a_function_of_no_variable_is_studied_in_x() -> None:
    assert lines_of(deriv("study", "3", "--on", "x=0:1", columns=80).stdout)[0] == "f(x) = 3"
