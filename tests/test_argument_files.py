"""Formulas, definitions and values from files: what they hold stands where the name of the file stood."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support import deriv, each


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("formulas.txt").write_text("# the model\nloss = (y - model(x))^2   # squares\n\ng = (x +\n  y)\n")
    Path("lets.txt").write_text("model(x) = a*exp(-k*x)\n")
    Path("parameters.toml").write_text("a = 2.5   # amplitude\nk = 0.1\nunused = 1\n")
    return tmp_path


def test_formulas_definitions_and_values_come_from_files(folder: Path) -> None:
    words = ["--let", "@lets.txt", "--at", "@parameters.toml", "--at", "x=1,y=2", "--wrt", "a,k", "--format", "value"]
    found = deriv("@formulas.txt", *words)
    typed = deriv(
        *("loss = (y - model(x))^2", "g = (x + y)", "--let", "model(x) = a*exp(-k*x)"),
        *("--at", "a=2.5,k=0.1,x=1,y=2", "--wrt", "a,k", "--format", "value"),
    )
    assert found.stdout == typed.stdout
    assert found.stderr == "deriv: note: 'unused' of the file of parameters is not used\n"


def test_files_and_words_go_together_in_their_order(folder: Path) -> None:
    words = ["x*y", "@formulas.txt", "--let", "@lets.txt", "--at", "@parameters.toml", "--at", "x=1,y=2"]
    assert [each["source"] for each in deriv(*words, "--format", "json").json["functions"]] == [
        *("x*y", "loss = (y - model(x))^2", "g = (x + y)")
    ]


def test_a_typed_value_and_a_column_win(folder: Path) -> None:
    assert deriv("k^2", "--at", "@parameters.toml", "--at", "k=3", "--format", "value").stdout == "6\n"
    Path("rows.csv").write_text("k\n4\n")
    found = deriv("k^2*a", "--data", "rows.csv", "--at", "@parameters.toml", "--format", "csv")
    assert found.stdout.splitlines()[1].startswith("4,2.5,40,")
    assert "'k' is the column of the file here" in found.stderr


def test_what_is_not_used_need_not_be_a_value(folder: Path) -> None:
    texts = {
        "p.toml": 'x = 3\ntitle = "my # run"\nflag = true\nday = 1979-05-27\nu = inf\n[more]\nz = 4\n',
        "p.json": '{"x": 3, "title": "my run", "none": null, "list": [[1]], "more": {"z": 4}}',
        "p.txt": "x = 3\ntitle = my run\nu = 1/0\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text)
        found = deriv("x^2", "--at", f"@{name}", "--format", "value")
        assert found.stdout == "6\n"
        assert "'title'" in found.stderr
        assert "not used" in found.stderr
    assert "title" in deriv("x*title", "--at", "@p.txt", status=2).stderr


def test_several_values_of_a_line_are_each_taken(folder: Path) -> None:
    Path("p.txt").write_text("x = 1,2, y = 4 # two\n")
    assert deriv("x+10y", "--at", "@p.txt", "--format", "csv").stdout.splitlines()[1:] == ["1,4,41,1,10", "2,4,42,1,10"]
    assert deriv("x+10y", "--at", "@p.txt", "--at", "x=5", "--format", "csv").stdout.splitlines()[1] == "5,4,45,1,10"
    assert deriv("x+10y", "--at", "@p.txt", "--at", "y=5", "--format", "value").stdout == "1 10\n1 10\n"


def test_names_are_those_of_formulas(folder: Path) -> None:
    Path("p.txt").write_text("α = 3\n∆t = 2\n")
    assert "'alpha' of the file" in deriv("Δt^2", "--at", "@p.txt").stderr
    assert deriv("Δt*α", "--at", "@p.txt", "--at", "α=5", "--format", "value").stdout == "5 2\n"


def test_numbers_of_toml_are_taken_as_it_writes_them(folder: Path) -> None:
    Path("p.toml").write_text("x = 1_000.5\ny = 0x10\nz = +2.5\n")
    assert deriv("x*y*z", "--at", "@p.toml", "--format", "json").json["at"] == {"x": [1000.5], "y": [16], "z": [2.5]}


def test_other_commands_take_values_of_files(folder: Path) -> None:
    Path("p.txt").write_text("x = 2\n")
    assert deriv("explain", "x^2", "--at", "@p.txt").stdout == deriv("explain", "x^2", "--at", "x=2").stdout
    Path("p.txt").write_text("\nx = 2+\n")
    assert "p.txt, line 2: " in deriv("explain", "x^2", "--at", "@p.txt", status=2).stderr
    Path("p.toml").write_text("x = true\n")
    said = deriv("explain", "x^2", "--at", "@p.toml", status=2).stderr
    assert "p.toml, line 1: this is no value of the variable 'x'" in said


def test_nothing_used_gives_formulas(folder: Path) -> None:
    assert "2*x" in deriv("x^2", "--at", "@parameters.toml").stdout


def test_other_commands_read_files_too(folder: Path) -> None:
    Path("one.txt").write_text("x^2*sin(x)\n")
    for words in (["steps"], ["study"], ["explain", "--at", "x=1"]):
        assert deriv(*words, "@one.txt").stdout == deriv(*words, "x^2*sin(x)").stdout


def test_standard_input_is_a_file(folder: Path) -> None:
    assert deriv("@-", "--at", "x=3", "--format", "value", stdin=b"# one\nx^2\n").stdout == "6\n"


def test_values_are_read_exactly_and_in_every_notation(folder: Path) -> None:
    draw = random.Random(3)
    for _ in range(10):
        values = {name: f"{draw.randint(-99, 99)}.{draw.randint(0, 999):03d}" for name in "xyz"}
        texts = {
            "p.toml": "".join(f"{name} = {value}\n" for name, value in values.items()),
            "p.json": "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}",
            "p.txt": "".join(f"{name}={value} # {name}\n" for name, value in values.items()),
        }
        typed = ",".join(f"{name}={value}" for name, value in values.items())
        want = deriv("x+2y+z^2", "--at", typed, "--exact", "--format", "json").json["at"]
        for name, text in texts.items():
            (folder / name).write_text(text)
            assert deriv("x+2y+z^2", "--at", f"@{name}", "--exact", "--format", "json").json["at"] == want


@each(
    ("name", "content", "said"),
    [
        ("f.txt", "x^2\n\nsinn(x)\n", "f.txt, line 3: unknown function 'sinn'\n  sinn(x)\n  ^^^^\n"),
        ("f.txt", "# one\nx^2 +\n", "f.txt, line 2: "),
        ("f.txt", "x +* 2 # remark\n", "f.txt, line 1: "),
        ("f.txt", "# nothing\n\n", "f.txt holds no formula\n"),
        ("f.txt", "x\r\n@other.txt\n", "f.txt, line 2: a file names no other file\n"),
        ("f.txt", "x\n\ty \nsinn(x)", "f.txt, line 3: "),
        ("f.txt", "(x +\n1\n", "f.txt, line 1: "),
        ("f.txt", b"\xff\xfe", "f.txt is not written in UTF-8: it has the byte FF\n"),
        ("other.txt", "", "cannot read f.txt: No such file or directory\n"),
    ],
)
def test_refusals_name_the_line(
    name: str, content: str | bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert deriv("@f.txt", "--at", "x=1", status=2).stderr.startswith(f"deriv: {said}")


@each(
    ("name", "content", "said"),
    [
        ("p.toml", 'x = 3\ny = "abc def"\n', "p.toml, line 2: "),
        ("p.toml", "x = 3\ny = \n", "p.toml, line 2 is no TOML"),
        ("p.toml", "y = 1\n[x]\na = 1\n", "p.toml: this is no value of the variable 'x'"),
        ("p.toml", "x = true\n", "p.toml, line 1: this is no value of the variable 'x'"),
        ("p.toml", "y = 1\nx = [[1, 2], [3, 4]]\n", "p.toml, line 2: this is no value of the variable 'x'"),
        ("p.toml", "x = []\n", "p.toml, line 1: this is no value of the variable 'x'"),
        ("p.toml", 'x = "3, y=4"\n', "p.toml, line 1: this is no value of the variable 'x'"),
        ("p.toml", f"x = {'1' * 5000}\n", "p.toml has a whole number of thousands of digits"),
        ("p.toml", f"x = 0x{'f' * 5000}\n", "p.toml, line 1: this is no value of the variable 'x'"),
        ("p.toml", "Δt = 3\n", "p.toml, line 1 is no TOML"),
        ("p.toml", "# nothing\n", "p.toml holds no value\n"),
        ("p.txt", "# nothing\n", "p.txt holds no value\n"),
        ("p.txt", "x = 3\n\nx = 4\n", "p.txt, line 3: 'x' has a value in p.txt, line 1 too\n  x=4\n  ^^^\n"),
        ("p.txt", "Δt=3\n∆t=4\n", "p.txt, line 2: 'Deltat' has a value in p.txt, line 1 too"),
        ("p.txt", "x = 3\x0c\ny = +\n", "p.txt, line 2: "),
        ("p.json", '{"x": 3, "x": 4}', "p.json gives 'x' twice\n"),
        ("p.json", '{"x": 3, "y": null}', "p.json, line 1: this is no value of the variable 'y'"),
        ("p.json", '{"x": 3,\n}', "p.json, line 2 is no JSON"),
        ("p.json", "[1]", "p.json holds no names with values"),
        ("p.txt", "x = 3\n4\n", "p.txt, line 2: a value has a name\n  4\n  ^\n"),
        ("p.txt", "x = 1e999999999\n", "p.txt, line 1: "),
        ("p.txt", "x = 3\n" * 1_000_000, "p.txt has more than 4 MiB"),
    ],
)
def test_refusals_of_values_name_the_line(
    name: str, content: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(content)
    assert deriv("x+y", "--at", f"@{name}", "--at", "z=1", status=2).stderr.startswith(f"deriv: {said}")


def test_a_name_is_due() -> None:
    assert "a file of formulas has a name" in deriv("@", status=2).stderr
