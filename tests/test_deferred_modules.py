"""Parts of PyTorch that a cold command does not import: that they are left out, and there as soon as they are needed.

Each test starts from nothing, since PyTorch is imported once in a process.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import sympy

STATE = """
import sys, types
NAMES = (
    *("torch.export", "torch.distributions", "torch._meta_registrations", "torch.distributed._meta_registrations"),
    "torch.utils.data",
)
def whole():
    return [name for name in NAMES if name in sys.modules and len(vars(sys.modules[name])) > 15]
"""


def fresh(code: str, *words: str) -> list[str]:
    """The lines that a new interpreter prints on standard error."""
    environment = os.environ | {"DERIV_WARM": "off"}
    command = [sys.executable, "-c", STATE + code, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def test_a_point_leaves_them_out_until_something_is_read_of_them() -> None:
    code = """
from derivcli.cli.deferred_modules import defer
from derivcli.cli.app import run
defer(); before = [*sys.meta_path]
run(["6*x**2+2*x+4", "--at", "x=3"])
print(whole(), set(NAMES) <= {*sys.modules}, file=sys.stderr)
import torch, threading
print(torch.export.__name__, torch.export.__spec__.name, bool(torch.export.__path__), whole(), file=sys.stderr)
found = []
threads = [threading.Thread(target=lambda: found.append(torch.distributions.Normal(0.0, 1.0).mean.item()))
           for _ in range(8)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print(found, sorted(whole()) == sorted(NAMES), sys.meta_path == before[1:], file=sys.stderr)
print({type(sys.modules[name]) for name in NAMES} == {types.ModuleType}, "Dim" in dir(torch.export), file=sys.stderr)
import torch.distributions.normal as normal
print(normal.Normal is torch.distributions.Normal, file=sys.stderr)
try:
    torch.distributions.nothing
except AttributeError as error:
    print(error, file=sys.stderr)
import inspect
print(inspect.getsource(torch.export).startswith("import"), torch.export.__loader__.name, file=sys.stderr)
"""
    assert fresh(code) == [
        "[] True",
        "torch.export torch.export True []",
        f"{[0.0] * 8} True True",
        "True True",
        "True",
        "module 'torch.distributions' has no attribute 'nothing'",
        "True torch.export",
    ]


def test_shapes_without_numbers_are_known_when_they_are_asked_for() -> None:
    """Where PyTorch traces it asks Python for the shapes of results; our file that compiles imports them."""
    code = """
from derivcli.cli.deferred_modules import defer
defer()
import torch
empty = [torch.empty(n, 3, device="meta") for n in (4, 5)]
shape = lambda: tuple(torch.ops.aten._cdist_forward(*empty, 2.0, None).shape)
try:
    shape()
except NotImplementedError:
    print("not known", file=sys.stderr)
import derivcli.engines.torch.compiled
print(shape(), len(whole()), file=sys.stderr)
"""
    assert fresh(code) == ["not known", "(4, 5) 5"]


def test_a_formula_leaves_out_tensors_of_formulas_until_there_is_one() -> None:
    code = """
from derivcli.cli.deferred_modules import defer
from derivcli.cli.app import run
defer()
run(["x^2 sin x + x"])
run(["answer", "x^2 + x", "2x + 1"])
print("sympy.tensor.tensor" in sys.modules, "sympy.combinatorics" in sys.modules, file=sys.stderr)
from sympy.tensor.tensor import TensorHead, TensorIndexType, tensor_indices
from sympy.tensor.tensor import TensAdd
import sympy, sympy.core.add
space = TensorIndexType("L"); i = tensor_indices("i", space); p, q = (TensorHead(name, [space]) for name in "pq")
print(type(p(i) + q(i)) is TensAdd, type(sympy.Add(p(i), q(i))) is TensAdd, sympy.Add(p(i), q(i)), file=sys.stderr)
print(type(sympy.tensor.tensor) is types.ModuleType, sympy.tensor.tensor.TensAdd is TensAdd, file=sys.stderr)
"""
    assert fresh(code) == ["True False", "True True p(i) + q(i)", "True True"]


def test_sympy_asks_for_the_classes_of_tensors_alone_only_before_it_adds() -> None:
    """Whoever else imports them names something else first, which imports the module."""
    root = Path(str(sympy.__file__)).parent
    first = {}
    for file in root.rglob("*.py"):
        if file.parts[-2] != "tests":
            found = re.findall(r"^ *from (?:sympy.tensor)?.tensor import (\w+)", file.read_text("utf-8"), re.M)
            first[file.relative_to(root).as_posix()] = found
    assert {name for name, names in first.items() if {"TensExpr", "TensAdd"} & {*names}} == {"core/add.py"}
    assert first["tensor/toperators.py"] == ["Tensor"]


def test_a_users_own_code_finds_a_whole_pytorch(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import sys, torch\nfrom pathlib import Path\n"
        "whole = [len(vars(sys.modules[f'torch.{name}'])) > 15 for name in ('export', '_meta_registrations')]\n"
        "Path(__file__).with_suffix('.txt').write_text(str(whole))\n"
        "class SQ(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
        "    @staticmethod\n    def backward(ctx, grad):\n        return 2 * ctx.saved_tensors[0] * grad\n"
    )
    code = "import derivcli.__main__; sys.path.insert(0, ''); derivcli.__main__.main()"
    for line in (["SQ(x)", "--at", "x=3", "--use", f"{tmp_path}/own.py:SQ"], ["check-fn", f"{tmp_path}/own.py:SQ"]):
        fresh(code, *line)
        assert (tmp_path / "own.txt").read_text() == "[True, True]"
        (tmp_path / "own.txt").unlink()


def test_the_library_leaves_imports_alone() -> None:
    code = """
before = [*sys.meta_path]
import derivcli; derivcli.derive("x**2")
print(sys.meta_path == before, file=sys.stderr)
"""
    assert fresh(code) == ["True"]
