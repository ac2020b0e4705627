"""A real terminal that hostile texts reach by every way there is, and on which none of them acts."""

import json
import os
import pty
import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from derivcli.errors import inert
from tests.processes import python

DRIVER = """
import io, json, sys
from derivcli.cli import app, terminal
terminal.open_streams()
for words, stdin in json.load(open(sys.argv[1], encoding="utf-8", errors="surrogatepass")):
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    terminal.show(sys.stdout, "\\n=====\\n")
    sys.stdout.flush()
    app.run(words)
"""

HOSTILE = {
    "title": "\x1b]0;owned\x07",
    "clear": "\x1b[2J\x1b[H",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "hidden": "\x1b[8mno\x1b[5;31m",
    "c1": "\x9b2J\x9d0;owned\x9c",
    "overwritten": "ab\rcd\x08\x08ef\x7f",
    "line": "a\u2028b\u2029c\x85d",
    "bidi": "a\u202eb\u2066c\u200fd",
    "device": "\x1bPq\x1b\\\x1bc\x0e",
}
"""Texts that act on a terminal, by what they do."""

WHOLE = {"whole": "".join(HOSTILE.values())}

COLOR = re.compile(r"\x1b\[(?:(?:[0-3]|2[23]|3[0-79]|9[0-7])(?:;(?=\d)|(?=m)))*m")
"""Bold, dim, italic, the colors, and their ends."""

BROKEN = """
import torch
class Fails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print({text!r})
        return x * x
    @staticmethod
    def backward(ctx, g):
        raise ValueError({text!r})
class Refuses(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        raise OSError({text!r})
    @staticmethod
    def backward(ctx, g):
        return g
"""

Ways = list[tuple[list[str], str]]
"""Command lines, each with what is typed on standard input."""


def from_the_command_line(text: str, folder: Path) -> Ways:
    """Every place of a command line that shows what was typed there."""
    at = ["--at", "x=3"]
    plain = [
        [text], [f"x+{text}"], [f"'{text}'"], [f"./{text}"], [f"{text}.csv"], ["plot", f"x{text}"], ["functions", text],
        ["steps", text], ["steps", "x", text], ["answer", "x", text], ["explain", text, *at], ["check-fn", text],
        ["check-fn", f"{text}.py:F"], ["practice", "--level", text], ["x*z", "--let", f"z=x+{text}"],
        ["x^2+y^2=1", "--implicit", text],
    ]  # fmt: skip
    options = [
        ["--let", text], ["--let", f"{text}=x"], ["--at", f"x=3{text}"], ["--at", text], ["--at", f"{text}=3"],
        ["--wrt", text], [*at, "--mixed", text], [*at, "--along", f"x=1{text}"], ["--order", text], ["--dtype", text],
        [*at, "--series", "2", "--on", f"x={text}"], ["--format", text], [f"--no{text}"], [f"--x={text}"],
        [f"-x={text}"], [f"--zip={text}"], ["--data", "a.csv", f"{text}.csv"], [f"-n={text}"], ["--use", text],
        ["--use", f"{text}.py:F"], [*at, "--device", text],
    ]  # fmt: skip
    lines = plain + [["x", *words] for words in options]
    return [(line, "") for line in lines] + [(["practice", "--count", "1", "--seed", "1"], f"{text}\nquit\n")]


def from_names(text: str, folder: Path) -> Ways:
    """Names of files: written, read, missing, and in the way."""
    home = folder / text
    home.mkdir()
    data, broken = home / f"d{text}.csv", home / f"b{text}.csv"
    data.write_text("x;y\n1;2\n3;4\n")
    broken.write_text("x,y\n1,2\n3\n")
    at = ["--at", "x=1:2:3"]
    lines = [
        ["x^2", *at, "--output", str(home / f"o{text}.csv")],
        ["x^2", *at, "--output", str(home / f"o{text}.md")],
        ["x^2", *at, "--plot", str(home / f"p{text}.svg")],
        ["x^2", *at, "--code", "--output", str(home / f"p{text}.py")],
        ["x^2", *at, "--output", str(home / "none" / f"{text}.csv")],
        ["x^2", *at, "--output", str(home)],
        ["x^2", *at, "--output", str(data), "--no-clobber"],
        ["x^2", "--data", str(data)],
        ["x^2", "--data", str(data), "--data", str(data), "--check"],
        ["x^2", "--data", str(broken)],
        ["x^2", "--data", str(broken), "--on-error", "skip"],
        ["x^2", "--data", str(home / f"none{text}*.csv")],
        ["x^2", "--data", str(home)],
        ["x^2", "--data", str(home / f"{text}.txt")],
        ["x^2", *at, "--plot", str(home / f"p{text}.xyz")],
        [str(data)],
    ]
    return [(line, "") for line in lines]


def from_data(text: str, folder: Path) -> Ways:
    """Headers, cells and keys of data files, shown as they are or refused."""
    quoted = '"' + text.replace('"', '""') + '"'
    table, cells, keys = folder / "headers.csv", folder / "cells.csv", folder / "keys.jsonl"
    table.write_text(f"x,{quoted}\n1,2\n3,4\n", newline="")
    cells.write_text(f"x,y\n1,{quoted}\n3,{quoted}\n", newline="")
    keys.write_text(json.dumps({"x": 1, text: text}) + "\n" + json.dumps({"x": 2, text: 3}) + "\n")
    lines = [[f"{name}", "--data", str(path)] for path in (table, cells) for name in ("x^2", "y", "x*y*q")]
    formats = ("csv", "tsv", "table", "json", "markdown", "value", "latex")
    lines += [["x", "--data", str(table), "--format", name] for name in formats]
    lines += [["x", "--data", str(cells), "--format", name] for name in ("csv", "tsv")]
    lines += [["q", "--data", str(table), "--column", f"q={text}{more}"] for more in ("", "u")]
    lines += [["x", "--data", str(keys)], ["y", "--data", str(keys)], ["x", "--data", str(keys), "--data", str(table)]]
    lines += [["y", "--data", str(cells), "--on-error", "skip"]]
    return [(line, "") for line in lines]


def from_code(text: str, folder: Path) -> Ways:
    """What a user's own code prints and raises."""
    path = folder / "own.py"
    path.write_text(BROKEN.format(text=text))
    (folder / "raises.py").write_text(f"raise RuntimeError({text!r})\n")
    lines = [["check-fn", f"{path}:{name}"] for name in ("Fails", "Refuses", text)]
    lines += [["check-fn", f"{path}:Fails", "--format", name] for name in ("tsv", "json")]
    lines += [[f"{name}(x)", "--use", f"{path}:{name}", "--at", "x=3"] for name in ("Fails", "Refuses")]
    lines += [["x", "--use", f"{folder / 'raises.py'}:F"], ["check-fn", f"{folder / 'raises.py'}:F"]]
    return [(line, "") for line in lines]


def on_a_terminal(ways: Ways, folder: Path, **environment: str) -> bytes:
    """All that command lines write to a terminal."""
    jobs = folder / "jobs.json"
    jobs.write_text(json.dumps(ways))
    return run_on_a_terminal([*python(), "-c", DRIVER, str(jobs)], **environment)


def run_on_a_terminal(command: list[str], **environment: str) -> bytes:
    """All that a process writes to a terminal."""
    master, slave = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    env = clean | {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"} | environment
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    parts = []
    try:
        while part := os.read(master, 65536):
            parts.append(part)
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(master)
    assert process.wait(60) == 0
    return b"".join(parts)


def acting(written: bytes, colored: bool) -> set[str]:
    """The characters that act on a terminal, but for ends of lines, tabs and colors of ours."""
    text = written.replace(b"\r\n", b"\n").decode()
    if colored:
        text = COLOR.sub("", text)
    return {character for character in text if acts(character)}


def acts(character: str) -> bool:
    """Whether a terminal does something else than show the character, by what Unicode says of it."""
    if character in "\n\t":
        return False
    turns = "LRE RLE LRO RLO PDF LRI RLI FSI PDI".split()
    if unicodedata.bidirectional(character) in turns or character in "\u200e\u200f\u061c":
        return True
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


@pytest.mark.parametrize(
    ("ways", "texts", "colored"),
    [
        (from_the_command_line, HOSTILE, True),
        (from_names, WHOLE, True),
        (from_data, WHOLE | {name: HOSTILE[name] for name in ("hidden", "c1")}, True),
        (from_data, WHOLE, False),
        (from_code, WHOLE, True),
    ],
)
def test_nothing_acts_on_a_terminal(
    ways: Callable[[str, Path], Ways], texts: dict[str, str], colored: bool, tmp_path: Path
) -> None:
    found = []
    for name, text in texts.items():
        folder = tmp_path / name
        folder.mkdir()
        found += ways(text, folder)
    written = on_a_terminal(found, tmp_path, **({} if colored else {"NO_COLOR": "1"}))
    bad = {
        json.dumps(found[number][0]): sorted(acting(part, colored))
        for number, part in enumerate(written.split(b"=====")[1:])
        if acting(part, colored)
    }
    assert not bad
    assert written.count(b"=====") == len(found)
    assert b"internal error" not in written
    assert b"\x1b[8m" not in written
    assert written.count(b"\\x1b") > len(found) // 4, "the texts are shown, not lost"


OURS = [
    ["x^x y"], ["tan(x)^2", "--order", "2"], ["x^2", "--at", "x=1:2:3"], ["x^2 y", "--at", "x=1,y=2", "--hessian"],
    ["x", "x*y", "--at", "x=1,y=2"], ["abs(x)", "--at", "x=0"], ["relu(x)-relu(-x)", "--at", "x=0"],
    ["x^2+y^2=25", "--implicit", "y"], ["x^2+y^2=25", "--implicit", "y", "--at", "x=3,y=4"],
    ["exp(x)", "--series", "3", "--at", "x=0", "--on", "x=-1:1"], ["x*y", "--along", "x=1,y=2", "--at", "x=1,y=1"],
    ["steps", "x^2 sin x"], ["answer", "x^2", "2x"], ["answer", "sin(3x)", "cos(3x)"], ["answer", "abs(x)", "1"],
    ["explain", "x*sin(x)", "--at", "x=2"], ["explain", "x*sin(x)", "--at", "x=2", "--format", "tree"],
    ["functions"], ["functions", "gamma"], ["--help"], ["steps", "--help"], ["x^2", "--at", "x=1", "--code"],
    ["x^2", "--at", "x=1", "--format", "latex"], ["sin(x", "--at", "x=1"], ["x", "--at", "y=1"], ["x^1/2"],
]  # fmt: skip
"""A command line for each kind of what is printed."""


def test_no_color_of_ours_is_shown_as_text(tmp_path: Path) -> None:
    """All that we print in color passes the gate that makes the texts of others harmless."""
    ways: Ways = [(line, "") for line in OURS] + [(["practice", "--count", "2"], "1\n?\nhelp\nquit\n")]
    parts = on_a_terminal(ways, tmp_path).split(b"=====")[1:]
    assert len(parts) == len(ways)
    assert [line for (line, _), part in zip(ways, parts, strict=True) if b"\\x1b" in part] == []
    assert sum(b"\x1b[" in part for part in parts) > len(ways) / 2


@pytest.mark.parametrize("variable", ["COLUMNS", "LINES", "TERM", "LANG", "XDG_CACHE_HOME", "HOME", "TZ"])
def test_the_environment_does_not_act_on_a_terminal(variable: str, tmp_path: Path) -> None:
    ways: Ways = [(["x", "--at", "x=0:1:3"], ""), (["sin(x", "--at", "x=1"], "")]
    written = on_a_terminal(ways, tmp_path, **{variable: HOSTILE["clear"] + HOSTILE["title"]})
    assert "f'" in written.decode()
    assert acting(written, colored=True) == set()


def test_what_is_inert_is_what_no_character_of_unicode_acts_on() -> None:
    for character in map(chr, range(0x110000)):
        assert not acts(character) or inert(character) != character, hex(ord(character))
        if character.isalnum() or unicodedata.category(character)[0] in "SPM":
            assert inert(character) == character, hex(ord(character))


def test_pipes_and_files_keep_their_bytes(tmp_path: Path) -> None:
    text = "".join(HOSTILE.values()).replace("\r", "")
    data = tmp_path / "cells.csv"
    data.write_text(f'x,"{text}"\n1,"{text}"\n', newline="")
    command = [*python(), "-m", "derivcli", "x", "--data", str(data)]
    done = subprocess.run([*command, "--format", "csv"], capture_output=True, timeout=60, check=True)
    subprocess.run([*command, "--output", str(tmp_path / "out.csv")], capture_output=True, timeout=60, check=True)
    assert done.stdout.count(text.encode()) == 2
    assert (tmp_path / "out.csv").read_bytes().count(text.encode()) == 2


def test_a_bar_is_drawn_where_nothing_else_can_draw(tmp_path: Path) -> None:
    """The bar moves the cursor; a user's function that prints meanwhile does not."""
    code = (
        "import sys, time; from derivcli.cli import progress, terminal\n"
        "terminal.open_streams(); progress.PATIENCE = 0\n"
        "with progress.progress() as tell:\n"
        "    for done in range(5): tell('differentiating', done, 9); time.sleep(0.15)\n"
        "    print('\\x1b[2J', file=sys.stderr); print('\\x1b[2J')"
    )
    written = run_on_a_terminal([*python(), "-c", code])
    assert b"differentiating" in written
    assert b"\x1b[2K" in written
    assert written.count(b"\\x1b[2J") == 2
    assert b"\x1b[2J" not in written
