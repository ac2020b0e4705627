"""Functions of the user's own that stand in packages, in whole files, or are no classes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from derivcli import DerivError, derive, parse
from derivcli.custom.loading.custom_function import custom_function
from derivcli.custom.loading.load import find, find_all, load
from tests.support import deriv

LAYERS = Path(__file__).parent / "golden" / "data" / "layers.py"
SQUARE = """
class SQ(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        ctx.save_for_backward(i)
        return FACTOR * i ** 2
    @staticmethod
    def backward(ctx, grad_output):
        {late}
        return FACTOR * grad_output * 2 * ctx.saved_tensors[0]
"""
RELATIVE = "from .. import FACTOR\nfrom ..numbers_of_acme import other\nimport torch"
ABSOLUTE = "from acme_of_test import FACTOR\nfrom acme_of_test.numbers_of_acme import other\nimport torch"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the current folder, whose own file prints that it is run."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "acme_of_test"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("print('run')\nFACTOR = 3\n")
    (folder / "numbers_of_acme.py").write_text("other = 1\n")
    (folder / "inner" / "__init__.py").write_text("")
    return folder


def derivative(use: str) -> float:
    found: float = derive(parse("f(x)", use=load([f"f={use}"])), {"x": 1.0}, check=False).derivatives["x"].item()
    return found


@pytest.mark.parametrize("head", [RELATIVE, ABSOLUTE, f"{RELATIVE}\n{ABSOLUTE}"], ids=["relative", "absolute", "both"])
@pytest.mark.parametrize("use", ["acme_of_test/inner/layers.py:SQ", "acme_of_test.inner.layers:SQ"])
def test_a_file_in_a_package(head: str, use: str, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (package / "inner" / "layers.py").write_text(head + SQUARE.format(late=""))
    before = list(sys.path)
    assert derivative(use) == 6
    assert capsys.readouterr().out == "run\n"
    assert sys.path == before
    (package / "__init__.py").write_text("FACTOR = 5 + 0\n")
    assert derivative(use) == 10
    assert not list(package.rglob("__pycache__"))


def test_an_import_within_a_call(package: Path) -> None:
    late = "from ..numbers_of_acme import other; assert other"
    (package / "inner" / "layers.py").write_text("from .. import FACTOR\nimport torch" + SQUARE.format(late=late))
    assert derivative("acme_of_test/inner/layers.py:SQ") == 6


def test_a_folder_is_a_package_where_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "numbers_of_plain.py").write_text("FACTOR = 2\n")
    head = "from .numbers_of_plain import FACTOR\nimport torch"
    (tmp_path / "plain" / "layers.py").write_text(head + SQUARE.format(late=""))
    assert derivative(f"{tmp_path}/plain/layers.py:SQ") == 4


def test_the_file_of_a_package_is_not_run_without_need(package: Path) -> None:
    (package / "__init__.py").write_text("raise SystemExit('a trap')")
    (package / "inner" / "layers.py").write_text("import torch\nFACTOR = 1" + SQUARE.format(late=""))
    assert derivative("acme_of_test/inner/layers.py:SQ") == 2


def test_what_is_installed_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("torch", "colorsys"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('a trap')")
    assert find("torch.nn:Softplus")[1] is torch.nn.Softplus
    assert find("colorsys:rgb_to_hsv")[0] == "rgb_to_hsv"
    (tmp_path / "torch" / "__init__.py").write_text("FACTOR = 7")
    (tmp_path / "torch" / "layers.py").write_text("from . import FACTOR\nimport torch" + SQUARE.format(late=""))
    assert derivative("torch/layers.py:SQ") == 14
    assert "torch.nn" in sys.modules


@pytest.mark.parametrize("name", ["nowhere.layers:SQ", "torch.nowhere:SQ", "torch.nn:Nothing", "__main__:Nothing"])
def test_modules_without_it(name: str) -> None:
    with pytest.raises(DerivError):
        find(name)


def test_a_whole_file() -> None:
    assert [name for name, _ in find_all(str(LAYERS))] == ["HardShrink", "Blocks.Tanh", "ByNameOnly"]
    assert find_all(f"{LAYERS}:swish")[0][0] == "swish"
    assert list(load([str(LAYERS)])) == ["HardShrink", "Tanh"]  # no formula could call the other
    assert list(load([f"own={LAYERS}:Blocks.Tanh", str(LAYERS)])) == ["own", "HardShrink", "Tanh"]


def test_a_file_with_a_sign_of_equality_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=1.py").write_text(LAYERS.read_text())
    assert list(load(["a=1.py:swish", "gate=a=1.py:swish"])) == ["swish", "gate"]
    assert len(load(["a=1.py"])) == 2


def test_names_that_are_imported_are_not_the_file_s(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(f"import sys; sys.path.insert(0, {str(LAYERS.parent)!r})\nfrom layers import HardShrink\n")
    with pytest.raises(DerivError, match=r"defines no torch\.autograd\.Function"):
        find_all(str(path))
    sys.path.remove(str(LAYERS.parent))


def test_names_like_the_one_that_is_missing() -> None:
    for name, meant in (("Hardshrink", "HardShrink"), ("Block.Tanh", "Blocks.Tanh"), ("swsh", "swish")):
        with pytest.raises(DerivError) as caught:
            find(f"{LAYERS}:{name}")
        assert caught.value.hint == f"did you mean {meant}?"


def test_a_list_of_them() -> None:
    rows = deriv("functions", "--use", str(LAYERS), "--format", "json").json
    assert [(row["signature"], row["arguments"]) for row in rows] == [
        ("HardShrink(input, lambd=0.5)", ["input_", "lambd"]), ("Tanh(x)", ["x"]),
    ]  # fmt: skip
    for row in rows:  # the example is one
        words = row["example"].replace('"', "").split()
        assert deriv(*words[1:], "--no-check").stdout.startswith(("x\t", "input\t"))
    assert deriv("functions", "sin", "--use", str(LAYERS)).stdout == deriv("functions", "sin").stdout


def test_a_class_of_a_session() -> None:
    session: dict[str, Any] = {"__name__": "__main__"}
    cell = "import torch\nFACTOR = 1" + SQUARE.format(late="")
    exec(compile(cell, "<cell 1>", "exec"), session)
    found = custom_function("SQ", session["SQ"])
    assert [each.name for each in found.parameters] == ["i"]
    ledger = derive(parse("F(x)", use={"F": session["SQ"]}), {"x": 3.0}, check=False)
    assert ledger.derivatives["x"].tolist() == [6]
