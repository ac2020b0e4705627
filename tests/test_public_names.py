"""The public names of the package, which are imported when they are first asked for."""

import ast
import importlib
import inspect
import pickle
import pydoc
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import derivcli
from tests.support import each

SOURCE = Path(str(derivcli.__file__)).read_text("utf-8")


def fresh(code: str) -> str:
    """What a new interpreter prints that runs this code."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def added(code: str) -> set[str]:
    """The modules that a new interpreter loads for this code, beside those that it starts with."""
    return set(fresh(f"import sys; before = {{*sys.modules}}\n{code}\nprint(*{{*sys.modules}} - before)").split())


def homes_for_checkers(source: str) -> dict[str, str]:
    """The public names, and from where they come, as type checkers read them."""
    (block,) = (node for node in ast.parse(source).body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom) and node.module != "types"]
    return {name.name: str(node.module) for node in imports for name in node.names}


def test_the_package_loads_nothing_but_itself() -> None:
    assert added("import derivcli") == {"derivcli"}


def test_the_entry_point_loads_next_to_nothing() -> None:
    assert added("import derivcli.__main__") == {"derivcli", "derivcli.__main__", "gc"}


def test_a_name_loads_what_it_needs() -> None:
    found = added("from derivcli import DerivError")
    assert {name for name in found if name.startswith("derivcli")} == {"derivcli", "derivcli.errors", "derivcli.hints"}
    assert "derivcli.api" in added("from derivcli import derive")


def test_type_checkers_are_told_what_is_there() -> None:
    told = homes_for_checkers(SOURCE)
    assert set(told) == set(derivcli.__all__)
    for name, home in told.items():
        assert getattr(derivcli, name) is getattr(importlib.import_module(home), name)


@each(
    "first",
    [
        "import derivcli.explain",
        "import derivcli.explain.steps",
        "from derivcli.explain.ledger import Ledger",
        "import derivcli.explain.ledger; derivcli.api = None; del sys.modules['derivcli.explain']; "
        "import derivcli.explain",
        "import derivcli.api",
        "from derivcli import explain; import derivcli.explain.answer.answer",
        "from derivcli import *; import derivcli.explain",
        "import derivcli.explain as folder; assert folder is derivcli.explain",
        "from derivcli import Ledger",
    ],
)
def test_a_function_keeps_its_name_beside_the_folder_of_the_same_name(first: str) -> None:
    """Whichever of the two is imported first."""
    code = (
        f"import sys, derivcli; {first}; from derivcli import explain; from derivcli.api import explain as function\n"
        "assert explain is derivcli.explain is function\n"
        "import importlib; folder = importlib.import_module('derivcli.explain')\n"
        "assert folder is sys.modules['derivcli.explain'] and folder.__path__ and folder is not function\n"
        "import derivcli.explain.steps; assert derivcli.explain is function; print('both')"
    )
    assert fresh(code) == "both"


def test_a_folder_of_another_name_is_an_attribute() -> None:
    assert fresh("import derivcli.render.labels; print(derivcli.render.labels.__name__)") == "derivcli.render.labels"


def test_all_names_are_listed_before_they_are_imported() -> None:
    code = "import derivcli; assert {*derivcli.__all__, '__version__', '__path__'} <= {*dir(derivcli)}; print(1)"
    assert fresh(code) == "1"
    assert dir(derivcli) == sorted(set(dir(derivcli)))


def test_a_star_imports_the_public_names() -> None:
    space: dict[str, object] = {}
    exec("from derivcli import *", space)
    assert {name for name in space if name != "__builtins__"} == set(derivcli.__all__)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'derivcli' has no attribute 'integrate'$"):
        getattr(derivcli, "integrate")  # noqa: B009
    with pytest.raises(ImportError, match=r"^cannot import name 'integrate' from 'derivcli' "):
        exec("from derivcli import integrate")


def test_what_the_names_stand_for_pickles() -> None:
    for name in derivcli.__all__:
        value = getattr(derivcli, name)
        assert pickle.loads(pickle.dumps(value)) == value
    code = "import pickle, sys; print(type(pickle.loads(bytes.fromhex(sys.argv[1]))))"
    text = pickle.dumps(derivcli.parse("x^2")).hex()
    done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"{derivcli.Expression}\n"


def test_a_name_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    function = derivcli.explain
    monkeypatch.setattr(derivcli, "explain", 1)
    assert derivcli.explain == 1  # type: ignore[comparison-overlap]
    monkeypatch.undo()
    assert derivcli.explain is function
    assert inspect.isfunction(function)


def test_help_tells_of_every_name() -> None:
    assert isinstance(derivcli, types.ModuleType)
    shown = pydoc.plain(pydoc.render_doc(derivcli))
    assert {name for name in derivcli.__all__ if not re.search(rf"[ .]{name}([(]|\n| = )", shown)} == set()
    assert "\n    FLAGS = ('corner', " in shown
