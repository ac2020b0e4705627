"""Pictures by a terminal's own protocols, read back as the terminal does; and terminals that say what they can."""

from __future__ import annotations

import base64
import io
import os
import pty
import re
import select
import sys
import termios
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from derivcli.cli import graphics
from derivcli.cli.graphics import Graphics, graphics_of
from derivcli.cli.picture_output import Destination, Drawing, _fitted, check_display
from derivcli.errors import DerivError
from derivcli.pictures.drawing import window
from derivcli.pictures.look import Look
from derivcli.pictures.scene import Axis, Curve, Mark, Name, Panel, Scene
from derivcli.pictures.terminal.inline import inline_picture
from derivcli.pictures.terminal.text_picture import text_picture
from tests.support import deriv
from tests.test_text_pictures import SCENES

SIXELS, NO_SIXELS = b"\x1b[?62;4;22c", b"\x1b[?62;14;22c"
DARK, LIGHT = b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", b"\x1b]11;rgb:ffff/ffff/dddd\x07"


def png(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="png")
    return stream.getvalue()


def decoded(text: str) -> NDArray[np.float64]:
    """The pixels that sixels show, as percents of red, green and blue; nan where nothing is drawn."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\\n', text, re.DOTALL)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    pixels = np.full((height + 6, width, 3), np.nan)
    palette: dict[int, list[int]] = {}
    color = x = y = 0
    for token in re.finditer(r"#(\d+)(;2;[\d;]+)?|(?:!(\d+))?([?-~])|([$-])", found[3]):
        number, values, count, letter, move = token.groups()
        if values:
            palette[int(number)] = [int(part) for part in values.split(";")[2:]]
        elif number:
            color = int(number)
        elif letter:
            for bit in range(6):
                if (ord(letter) - 63) >> bit & 1:
                    pixels[y + bit, x : x + int(count or 1)] = palette[color]
            x += int(count or 1)
        else:
            x, y = 0, y + 6 * (move == "-")
    assert np.isnan(pixels[height:]).all(), "nothing is drawn below the picture"
    return pixels[:height]


@pytest.mark.parametrize("shape", [(1, 1), (6, 40), (37, 53)])
def test_sixels_are_the_picture(shape: tuple[int, int]) -> None:
    chance = np.random.default_rng(shape[0])
    colors = chance.integers(0, 256, (60, 4), dtype=np.uint8)
    colors[:, 3] = np.where(np.arange(60) % 5 == 0, 0, 255)
    pixels = colors[chance.integers(0, 60, shape)]
    shown = decoded(inline_picture(png(pixels), "sixel"))
    clear = pixels[:, :, 3] == 0
    assert (np.isnan(shown).any(axis=2) == clear).all()
    assert np.nanmax(np.abs(shown - pixels[:, :, :3] / 2.55), initial=0) <= 1.0
    if shape[0] > 6:
        assert np.nanmax(np.abs(shown[::-1] - pixels[:, :, :3] / 2.55)) > 10, "an upside-down picture is found out"


def test_other_protocols_carry_the_file() -> None:
    data = png(np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8))
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text := inline_picture(data, "kitty"))
    assert "".join(f"\x1b_G{keys};{part}\x1b\\" for keys, part in chunks) + "\n" == text
    assert base64.b64decode("".join(part for _, part in chunks)) == data
    assert {"a=T", "f=100"} <= set(chunks[0][0].split(","))
    assert [keys[-3:] for keys, _ in chunks] == ["m=1"] * (len(chunks) - 1) + ["m=0"]
    assert len(chunks) > 2
    assert max(len(part) for _, part in chunks) <= 4096
    found = re.fullmatch(r"\x1b\]1337;File=inline=1;size=(\d+):([^\x07]*)\x07\n", inline_picture(data, "iterm"))
    assert found is not None
    assert (int(found[1]), base64.b64decode(found[2])) == (len(data), data)


class Answering:
    """A terminal that answers a question with some bytes, as often as it is asked."""

    def __init__(self, answer: bytes) -> None:
        self.far, self.near = pty.openpty()
        self.answer, self.asked, self.ends = answer, b"", False
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while not self.ends:
            if select.select([self.far], [], [], 0.01)[0]:
                self.asked += os.read(self.far, 1024)
                if self.asked.endswith(b"c"):
                    os.write(self.far, self.answer)

    def close(self) -> None:
        self.ends = True
        self.thread.join()
        os.close(self.far)
        os.close(self.near)


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[Answering]:
    terminal = Answering(request.param)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("answering", "environment", "kind", "is_dark"),
    [
        (SIXELS, {"TERM": "xterm"}, "sixel", False),
        (DARK + SIXELS, {"TERM": "foot"}, "sixel", True),
        (LIGHT + NO_SIXELS, {"TERM": "xterm-256color"}, "braille", False),
        (DARK + NO_SIXELS, {"TERM": "xterm-kitty"}, "kitty", True),
        (NO_SIXELS, {"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty", False),
        (NO_SIXELS, {"TERM": "tmux-256color", "TMUX": "/tmp/x", "KITTY_WINDOW_ID": "1"}, "braille", False),
        (SIXELS, {"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, "sixel", False),
        (NO_SIXELS, {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "iterm", False),
        (NO_SIXELS, {"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "braille", False),
        (b"", {"TERM": "xterm"}, "braille", False),
        (b"garbage", {"TERM": "xterm"}, "braille", False),
    ],
    indirect=["answering"],
)
def test_a_terminal_says_what_it_can(
    answering: Answering, environment: dict[str, str], kind: str, is_dark: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphics, "ANSWER_SECONDS", 5 if answering.answer.endswith(b"c") else 0.1)
    before = termios.tcgetattr(answering.near)
    found = graphics_of(environment, answering.near, unicode=True, color=True)
    assert (found.kind, found.is_dark) == (kind, is_dark)
    assert termios.tcgetattr(answering.near) == before, "the terminal is as it was"
    assert answering.asked, "it was asked"


@pytest.mark.parametrize("answering", [SIXELS], indirect=True)
def test_what_is_typed_ahead_is_not_lost(answering: Answering) -> None:
    os.write(answering.far, b"next line\n")
    assert graphics_of({"TERM": "xterm"}, answering.near, unicode=True, color=True).kind == "braille"
    assert os.read(answering.near, 100) == b"next line\n"


@pytest.mark.parametrize("answering", [SIXELS], indirect=True)
def test_no_terminal_is_asked_where_it_does_not_matter(answering: Answering) -> None:
    near = answering.near
    assert graphics_of({"TERM": "xterm"}, None, unicode=True, color=True).kind == "braille"
    assert graphics_of({"TERM": "xterm"}, near, unicode=True, color=False).kind == "braille"
    assert graphics_of({"TERM": "xterm"}, near, unicode=False, color=False).kind == "ascii"
    assert graphics_of({"TERM": "linux"}, near, unicode=True, color=True).kind == "ascii"
    for kind in (*graphics.TEXTS, *graphics.PROTOCOLS):
        assert graphics_of({"TERM": "xterm", "DERIV_PICTURES": kind}, near, unicode=True, color=True).kind == kind
    assert graphics_of({"TERM": "xterm", "DERIV_PICTURES": "text"}, near, unicode=True, color=True).kind == "braille"
    with pytest.raises(DerivError, match="DERIV_PICTURES is 'gif'"):
        graphics_of({"DERIV_PICTURES": "gif"}, near, unicode=True, color=True)
    assert not answering.asked


@pytest.mark.parametrize("answering", [SIXELS], indirect=True)
def test_a_terminal_that_cannot_be_read_from_is_not_asked(answering: Answering) -> None:
    writer = os.open(os.ttyname(answering.near), os.O_WRONLY | os.O_NOCTTY)
    assert graphics_of({"TERM": "xterm"}, writer, unicode=True, color=True).kind == "braille"
    os.close(writer)
    assert not answering.asked


@pytest.mark.parametrize("color", [False, True])
def test_no_text_in_a_picture_acts_on_a_terminal(color: bool) -> None:
    hostile = Name("\x1b[8m\x1b]0;owned\x07\x9b2J\u202e\r\n")
    marks = (Mark(1, 1, "dot", hostile), *(Mark(0, 0, "zero", hostile) for _ in range(3)))
    panel = Panel(Axis(hostile, 0, 2), Axis(hostile, 0, 2), (Curve(hostile, (), marks=marks),) * 2, marks=marks)
    scene = Scene((hostile,) * 9, (panel, panel), (hostile.text,))
    text = re.sub(r"\x1b\[[39]\dm|\x1b\[0m", "", text_picture(scene, 80, 24, color))
    assert not re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_the_command_draws_where_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DERIV_PICTURES", raising=False)
    tree = deriv("explain", "x^2", "--at", "x=2", "--format", "tree", columns=60).stdout
    assert deriv("explain", "x^2", "--at", "x=2", "--plot", "-", columns=60).stdout == tree
    for words in (["x^2"], ["study", "x^2"]):
        drawn = deriv(*words, "--plot", "-", columns=60)
        assert max(map(len, drawn.stdout.splitlines())) <= 60
        assert "└" in drawn.stdout
        assert drawn.stderr == ""
    assert deriv("shell", stdin=b":plot - x^2\n").stdout == deriv("x^2", "--plot", "-").stdout
    both = deriv("x^2", "--at", "x=1", "--plot", "-", "--format", "tsv", "--output", "out.tsv", status=2).stderr
    assert "not made in one go" in both
    assert deriv("x^2", "--at", "x=1", "--plot", "-", "--format", "value").stdout.endswith("\n2\n")
    monkeypatch.setenv("DERIV_PICTURES", "sixel")
    assert deriv("x^2", "--plot", "-").stdout.startswith("\x1bP0;1;0q")


@pytest.mark.parametrize(("inches", "size"), [(3, (432, 264)), (40, (720, 440)), (40, (80, 80))])
def test_a_picture_is_no_wider_than_the_screen(inches: int, size: tuple[int, int]) -> None:
    drawn: list[Look] = []

    def file(suffix: str, look: Look) -> bytes:
        drawn.append(look)
        return png(np.zeros((2, inches * look.dpi, 3), dtype=np.uint8))

    drawing = Drawing(file, str, Look())
    with Image.open(io.BytesIO(_fitted(drawing, Graphics("kitty", is_dark=True), Destination(None), size))) as shown:
        assert shown.width <= size[0] or drawn[-1].dpi == 40
    assert {look.theme for look in drawn} == {"dark"}
    asked = Destination(None, has_theme=True, has_size=True)
    _fitted(drawing, Graphics("kitty", is_dark=True), asked, size)
    assert drawn[-1] == Look()


@pytest.mark.parametrize(
    ("environment", "words"),
    [({}, "display here"), ({"SSH_CONNECTION": "1"}, "display over ssh"), ({"DISPLAY": ""}, "display here")],
)
def test_a_window_needs_a_display(environment: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(DerivError, match=words) as refused:
        check_display(environment)
    assert "in the terminal" in str(refused.value.hint)


def test_a_window_needs_a_toolkit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "TOOLKITS", (("no_such_toolkit", "qtagg"),))
    with pytest.raises(DerivError, match="no toolkit"):
        check_display({"DISPLAY": ":0"})


def test_a_window_shows_the_picture_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    def new_manager(figure: Any, number: int) -> Any:
        did.append(f"{len(figure.axes)} axes")
        return SimpleNamespace(
            num=number, show=lambda: did.append("shown"), start_main_loop=lambda: did.append("closed"),
            set_window_title=did.append, canvas=SimpleNamespace(figure=figure),
        )  # fmt: skip

    backend = SimpleNamespace(FigureCanvas=SimpleNamespace(new_manager=new_manager))
    monkeypatch.setattr(window, "TOOLKITS", (("sys", "imaginary"),))
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_imaginary", backend)
    window.show_window(SCENES["one"], Look())
    assert did == ["1 axes", "f(x) = x³ − 3x", "shown", "closed"]

    def failing(figure: Any, number: int) -> Any:
        raise RuntimeError("couldn't connect to display")

    backend.FigureCanvas.new_manager = failing
    with pytest.raises(DerivError, match="no window opens: couldn't connect"):
        window.show_window(SCENES["one"], Look())
