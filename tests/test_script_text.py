"""The text of scripts: names, what can get into it, where it goes, and what it does not need."""

from __future__ import annotations

import ast
import keyword
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from derivcli import DerivError, derive, parse, script
from derivcli.custom.loading.load import load
from tests.custom_functions import square as planted_square
from tests.processes import python
from tests.scripts import differences, printed, read, run
from tests.support import deriv, each

ROOT = Path(__file__).parents[1]

TAKEN = ["lambda", "None", "def", "print", "torch", "math", "np", "zip", "derivative", "row", "part", "n", "i"]
AGAIN = ["x_inside", "df_dx", "coefficients", "slope", "y", "f", "t", "grad", "ctx", "Besselj", "polygamma", "zip"]


@each("order", [1, 2])
@each("name", [*TAKEN, *AGAIN, "__x", "alpha", "x_1", "float"])
def test_any_name_will_do(name: str, order: int) -> None:
    if name.startswith("_"):
        with pytest.raises(DerivError):
            script(f"{name}^2", {name: 2})
        return
    text = f"{name}^3 + if({name} > 1, log({name}), 0) + gelu(2*{name}) + besselj(0, {name})*x + gamma({name}) + 1/3"
    at = {name: [1.5, 0.5], "x": [1.0, 2.0]}
    got = printed(script(text, at, paired=True, order=order))
    result = derive(text, at, paired=True, order=order, check=False)
    want = [result.value, *result.derivatives.values()]
    pairs = zip(list(got.values())[2:], want, strict=True)
    assert all(differences(one, other.tolist(), 1e-11) == [] for one, other in pairs)
    assert list(got)[:2] == [name, "x"]


def test_a_renamed_variable_is_told() -> None:
    text = script("lambda^2 + print", "lambda=2,print=3")
    assert "# lambda_ is the variable lambda: Python or this script needs that name" in text
    assert 'print("df/dlambda =", lambda_.grad.item())' in text


@each("name", [*keyword.kwlist, "np", "plt", "scipy", "mpmath"])
def test_names_that_python_keeps(name: str) -> None:
    if name in ("and", "or", "not", "if"):
        return
    try:
        text = script("series_of*2", {"series_of": 2}, let={name: "3"}) if name == "None" else script(name, {name: 2})
    except DerivError:
        return
    assert next(iter(printed(text).values())) in ([2.0], [4.0])


ALLOWED = {"torch", "math", "scipy", "mpmath", "np", "plt", "print", "zip", "range", "enumerate", "float", "max", "abs"}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("besselj(0, x)*zeta(x)+u", {"order": 2}),
        ("if(x>0, log(x), u)", {"mixed": ["x,u"]}),
        ("x*u", {"along": "x=1,u=2"}),
        ("x*u", {"plot": "a'); import os; ('.png"}),
        ("x*u", {"plot": 'a"\n\\\\x.png'}),
    ],
)
def test_nothing_but_our_own_code_gets_in(text: str, options: dict[str, Any]) -> None:
    tree = ast.parse(script(text, "x=1,2,u=3", **options))
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used <= stored | defined | arguments | ALLOWED | {"staticmethod"}
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {*imported} <= {"torch", "math", "scipy.special", "mpmath", "numpy", "matplotlib.pyplot"}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert options.get("plot", "f") in texts


def test_a_script_says_why() -> None:
    plain = script("x^2", "x=3")
    assert "requires_grad" in plain
    assert "allow_unused" not in plain
    assert "torch.where" not in plain
    assert ".sum()" not in plain
    assert "the derivative of their sum" in script("x^2", "x=3,4")
    assert "create_graph" in script("sin(x)", "x=3", order=2)
    assert "allow_unused" in script("x", "x=3", order=2)
    assert "would leak" in script("if(x > 0, log(x), 0)", "x=3")
    assert "would leak" not in script("if(x > 0, x^2, sin(x))", "x=3")


def test_only_what_is_used_is_imported() -> None:
    assert script("sin(x)", "x=3").splitlines()[0] == "import torch"
    assert "import math" in script("sin(x)", "x=pi/2")
    assert "scipy" not in script("erf(x)+loggamma(x)", "x=3")


def test_first_derivatives_need_no_class_for_the_second() -> None:
    assert script("gamma(x)", "x=3").count("class ") == 1
    assert script("gamma(x)", "x=3", order=2).count("class ") == 2


def test_the_device_stands_in_the_script() -> None:
    text = script("besselj(0, x)*x", "x=3,4", device="cuda")
    assert text.count('dtype=torch.float64, device="cuda"') == 2


def test_a_picture_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    assert run(script("a*relu(x)", "x=-3:3:11,a=2", plot="relu.png")) == ""
    assert (tmp_path / "relu.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(DerivError, match="draws over one variable"):
        script("a*relu(x)", "x=1,2,a=3,4", plot="relu.png")
    with pytest.raises(DerivError, match="not drawn"):
        script("sin(x)", "x=1,2", series=3, plot="relu.png")


SQUARE = """
import torch

class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x*x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad*2*x
"""


def test_a_script_runs_by_itself_beside_a_function_of_the_user_s_own(tmp_path: Path) -> None:
    (tmp_path / "squares.py").write_text(SQUARE)
    use = ["--use", f"{tmp_path}/squares.py:Square", "--code", "--output", f"{tmp_path}/s.py"]
    deriv("Square(x)+Square(3)+x*gammainc_a(1, 2, 3)/gammainc_a(1, 2, 3)", "--at", "x=2", *use)
    done = subprocess.run([*python(), "s.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert read(done.stdout) == {"f": [15.0], "f'": [5.0]}


def test_a_function_of_the_user_s_own_beside_a_variable_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "squares.py").write_text(SQUARE)
    square: Any = load([f"{tmp_path}/squares.py:Square"])["Square"].kernel
    text = script(parse("SQ(Square)", declared=["Square"], use={"SQ": square.target}), {"Square": 2})
    assert "from squares import Square as Square_  # run this script beside squares.py" in text
    assert "f = Square_.apply(Square)" in text


SESSION = f"""from derivcli import parse, script
{SQUARE}
print(script(parse("SQ(x)+Square", declared=["Square"], use={{"SQ": Square}}), "x=3,Square=1"))
"""


def test_a_class_of_a_session_is_part_of_its_script(tmp_path: Path) -> None:
    (tmp_path / "session.py").write_text(SESSION)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "session.py"]
    text = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
    ).stdout  # fmt: skip
    assert "import Square" not in text
    assert "\nSquare_ = Square\n" in text
    assert read(run(text)) == {"f": [10.0], "df/dx": [6.0], "df/dSquare": [1.0]}


def test_a_class_without_its_text_is_to_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    square = planted_square(lambda g, i: g * 2 * i)
    monkeypatch.setattr(square, "__module__", "__main__")
    text = script(parse("SQ(x)", use={"SQ": square}), "x=3")
    assert "import torch\n\n# paste the class F here: it was defined in a session\n" in text


def test_a_file_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "my-squares.py").write_text(SQUARE)
    said = deriv("Square(x)", "--at", "x=1", "--use", f"{tmp_path}/my-squares.py:Square", "--code", status=2).stderr
    assert "cannot import" in said


def test_a_script_goes_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    outcome = deriv("1/2x", "--at", "x=3", "--code", "--output", str(path))
    assert outcome.stdout == ""
    assert "wrote" in outcome.stderr
    assert "for the other meaning" in outcome.stderr
    assert path.read_text() == script("1/2x", "x=3")
    assert "it exists" in deriv("x", "--at", "x=3", "--code", "--output", str(path), "--no-clobber", status=2).stderr


@pytest.mark.parametrize("text", ["+".join("x" * 3000), "*".join(["(x+1)"] * 900), "x" + "+gelu(x)" * 300])
def test_long_formulas_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(DerivError, match="too long for a script"):
        script(text, "x=1")


def test_deep_formulas_get_lines_of_their_own() -> None:
    text = "x"
    for _ in range(24):
        text = f"gelu({text})"
    assert len(script(text, "x=1")) < 3_000
    nested = {"z0": "x+1"} | {f"z{i}": f"z{i - 1}*z{i - 1}" for i in range(1, 9)}
    assert differences(printed(script("z8", "x=0.1", let=nested))["f"], [1.1**256], 1e-12) == []
    with pytest.raises(DerivError, match="too long for a script"):
        script("if(x > 0, log(z20), 0)", "x=1", let=nested | {f"z{i}": f"z{i - 1}*z{i - 1}" for i in range(9, 21)})


def test_many_typed_points_are_refused() -> None:
    with pytest.raises(DerivError, match="too many for a script"):
        script("x", {"x": [float(i) for i in range(1001)]})
    assert len(printed(script("x", {"x": [float(i) for i in range(1000)]}))["x"]) == 1000


def test_a_script_has_points() -> None:
    with pytest.raises(TypeError):
        script("x", None)
