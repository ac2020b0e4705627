"""Who may import whom, read from the syntax trees of the package, and what `derivcli` never does."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from derivcli.language.functions.table import FUNCTIONS
from tests.support import each

ROOT = Path(__file__).parents[1]
MOST_LINES = 400

LAYERS = (
    *("language", "points", "engines", "check", "uncertainty", "simplify", "study", "custom", "explain", "render"),
    *("pictures", "cli"),
)
"""The folders; each may import itself and those to its left."""

LEAVES = (
    *("atomic_file", "errors", "flag_table", "hints", "propagated", "record_equality", "result", "showing"),
    "vector_operators",
)
"""Files that all may import, and that import nothing of ours but each other."""

PIPELINE = {
    "request": (),
    "python_options": (),
    "python_arguments": ("python_options",),
    "function_arguments": ("python_arguments", "python_options"),
    "validation": (),
    "pipeline": ("request", "validation", "totals"),
    "totals": (),
    "optional_points": ("request", "validation", "pipeline"),
    "code_plans": ("request", "pipeline"),
    "studies": ("request", "validation", "pipeline"),
    "api_requests": ("request", "python_arguments", "python_options", "pipeline"),
    "api": (
        "request",
        "python_arguments",
        "python_options",
        "function_arguments",
        "pipeline",
        "code_plans",
        "api_requests",
        "studies",
    ),
    "vector_api": ("python_arguments", "python_options", "api_requests"),
    "study_questions": ("request", "validation", "pipeline"),
    "study_api": ("python_arguments", "python_options", "api_requests", "study_questions"),
    "curve_plans": ("request", "pipeline", "validation"),
    "picture_plans": ("request", "pipeline", "validation", "curve_plans", "studies"),
    "file_picture_plans": ("request", "validation", "picture_plans"),
    "picture_api": ("request", "python_arguments", "python_options", "api_requests", "picture_plans"),
    "curve_api": ("request", "python_arguments", "python_options", "curve_plans", "api_requests"),
}
"""Files beside the folders: they may import those, and these of each other."""

ENGINES: dict[str, tuple[str, ...]] = {
    "special_functions": (),
    "torch": ("special_functions",),
    "taylor": ("special_functions", "torch"),
    "balls": (),
    "symbolic": (),
    "engine_table": ("torch", "taylor"),
}
"""What is in engines/ beside the files that all of it shares, and which others of these each may import.

Series are made of PyTorch's tensors. The balls judge what all others compute, and share nothing with them.
"""

THIRD_PARTIES: dict[str, tuple[str, ...]] = {
    "torch": ("derivcli/engines/", "derivcli/custom/"),
    "scipy": ("derivcli/engines/", "derivcli/pictures/graphs/graph_layout.py"),
    "mpmath": ("derivcli/engines/",),
    "flint": (
        *("derivcli/engines/balls/", "derivcli/check/", "derivcli/simplify/", "derivcli/study/"),
        "derivcli/uncertainty/",
        *("derivcli/explain/answer/", "derivcli/explain/piecewise/", "derivcli/simplify/"),
    ),
    "sympy": tuple(f"derivcli/{name}/" for name in "language points engines simplify study explain render".split()),
    "isal": ("derivcli/points/files/",),
    "matplotlib": ("derivcli/pictures/drawing/", "derivcli/pictures/graphs/"),
    "plotext": ("derivcli/pictures/terminal/",),
    "bokeh": ("derivcli/pictures/html/",),
    "pyarrow": ("derivcli/points/files/",),
    "rich": ("derivcli/render/formats/terminal.py", "derivcli/cli/"),
    "typer": ("derivcli/cli/",),
    "junitparser": ("derivcli/render/formats/junit.py",),
    "prompt_toolkit": tuple(
        f"derivcli/cli/shell/{name}.py" for name in ("typed", "history", "completing", "highlighting")
    ),
    "click": (),
}
"""Where each may be imported; Typer carries a click of its own, which another one breaks."""

INTERPRETATIONS = (
    *("derivcli/language/functions/", "derivcli/engines/", "derivcli/simplify/", "derivcli/study/"),
    "derivcli/uncertainty/",
    *("derivcli/explain/piecewise/", "derivcli/explain/code/", "derivcli/explain/practice_exercises.py"),
)
"""Where functions may stand by name: in their rows, in the rules of an interpretation, in exercises."""

RUNS_TEXT = {"eval", "exec", "sympify", "parse_expr", "lambdify"}

PLANTED = {
    "language/parse.py": ["from derivcli.engines import reverse", "from ..points import spec", "import scipy"],
    "language/lexer/tokens.py": [
        *("eval('1')", "f = [builtins.exec(x)]", "a.b.parse_expr(x)(1)", "from sympy import sympify"),
    ],
    "points/at_option.py": ["def f():\n    import derivcli.render.series as series", "from derivcli.api import derive"],
    "points/points.py": ["import pyarrow"],
    "engines/torch/backward.py": ["from .. import symbolic", "import derivcli.engines", "from ..symbolic import f"],
    "engines/symbolic.py": [
        "from derivcli.engines.torch.rules import RULES",
        "from .torch import flags",
        "sympy.lambdify(x, x)",
    ],
    "engines/program.py": ["from derivcli.engines.torch.backward import run", "from derivcli.check import judge"],
    "engines/taylor/evaluation.py": [
        "from derivcli.engines.symbolic import f",
        "from derivcli.engines.balls import tape",
    ],
    "engines/torch/rules.py": ["from derivcli.engines.taylor import series"],
    "engines/special_functions/kernels.py": ["from derivcli.engines.torch.rules import RULES"],
    "engines/balls/evaluation.py": [
        "from derivcli.engines.torch.rules import RULES",
        "from derivcli.engines.torch.backward import run",
    ],
    "check/judge.py": ["from derivcli.render.format_table import write", "import torch", "import mpmath"],
    "custom/loading/load.py": ["from derivcli.explain import ledger", "import rich"],
    "explain/ledger.py": ["import torch", "from derivcli.render import series", "import flint"],
    "explain/answer/rule_mistakes.py": ["from derivcli.api import answer", "import matplotlib"],
    "render/formats/tree.py": [
        "import torch",
        "import matplotlib.pyplot",
        "import typer",
        "from derivcli import parse",
    ],
    "render/to_json.py": ["from rich.table import Table", "from derivcli.cli.options import Options"],
    "cli/shell/lines.py": ["from prompt_toolkit import PromptSession"],
    "cli/app.py": ["import click", "from sympy import Symbol", "from derivcli.__main__ import main"],
    "api.py": ["from derivcli.cli import app", "import derivcli", "def f():\n    from torch.special import erf"],
    "errors.py": ["from derivcli import api", "\n" * (MOST_LINES + 1)],
    "result.py": ["if TYPE_CHECKING:\n    pass\nelse:\n    import torch", "if not TYPE_CHECKING:\n    import derivcli"],
    "__init__.py": ["from derivcli.language.parse import parse", "from derivcli.engines import reverse"],
    "request.py": ["from derivcli.pipeline import numbers", "import typer"],
    "validation.py": ["from derivcli.pipeline import numbers"],
    "pipeline.py": ["from derivcli.api import derive", "import torch"],
    "helpers.py": ["from derivcli.language import tokens"],
}
ALLOWED = {
    "language/parse.py": "import sympy\nfrom derivcli.errors import Span\nfrom . import tokens\n'eval(x)'; evaluate(x)",
    "result.py": "if TYPE_CHECKING:\n    import torch\n    from derivcli.language.expression import Expression",
    "engines/torch/backward.py": "import torch\nfrom derivcli.engines import program\nfrom ...points import at_option",
    "engines/symbolic.py": "from derivcli.engines import time_limit\nfrom derivcli.engines.program import Program",
    "engines/taylor/evaluation.py": "import torch\nfrom derivcli.engines.torch import rules\nfrom . import series",
    "engines/balls/evaluation.py": "import flint\nfrom derivcli.engines.balls.tape import Tape",
    "check/judge.py": "import flint\nfrom derivcli.engines.balls.evaluation import evaluate",
    "api.py": "from derivcli.engines.torch import backward\nfrom derivcli.render import series",
    "custom/loading/load.py": "import torch",
    "explain/ledger.py": "from derivcli.engines.torch import backward_graph\nimport sympy",
    "pictures/drawing/panel.py": "import matplotlib\nfrom derivcli.points.at_option import Points",
    "pipeline.py": "from derivcli.engines.torch import backward\nfrom derivcli.request import Request",
    "request.py": "from derivcli.language import tokens\nfrom derivcli.points.at_option import Points",
    "cli/app.py": "import rich, typer\nfrom derivcli import derive, parse\nfrom derivcli.render import series",
    "__main__.py": "from derivcli.cli.app import run",
    "__init__.py": "from derivcli.api import derive\nfrom derivcli.language.expression import Expression",
    "errors.py": "\n" * MOST_LINES,
}


def violations(path: str, source: str) -> list[str]:
    """What the file at `path` (from the root, with slashes) breaks, one line each."""
    file = PurePosixPath(path).with_suffix("").parts
    tree = ast.parse(source)
    found = [f"{path} is longer than {MOST_LINES} lines"] if len(source.splitlines()) > MOST_LINES else []
    for line, target in imports(tree, file[:-1]):
        if target[0] == "derivcli":
            refused = breaks_layers(file, target)
        else:
            refused = target[0] in THIRD_PARTIES and not path.startswith(THIRD_PARTIES[target[0]])
        if refused or target[-1] in RUNS_TEXT:
            found.append(f"{path}:{line} imports {'.'.join(target)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) in RUNS_TEXT:
            found.append(f"{path}:{node.lineno} calls {ast.unparse(node.func)}")
    return found


def imports(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and full dotted name of everything that is imported when the code runs, by name too."""
    for node in running(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            base = (*above, *(node.module.split(".") if node.module else ()))
            yield from ((node.lineno, (*base, alias.name)) for alias in node.names)
        elif isinstance(node, ast.Constant) and re.fullmatch(r"derivcli([.:]\w+)+", str(node.value)):
            yield node.lineno, tuple(re.split(r"\W", str(node.value)))


def last_name(node: ast.expr) -> str:
    """What stands behind the last dot of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below `node` but those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and last_name(child.test) == "TYPE_CHECKING":
            yield from running(ast.Module(child.orelse, []))
        else:
            yield child
            yield from running(child)


def breaks_layers(file: tuple[str, ...], target: tuple[str, ...]) -> bool:
    """Whether `file` may not import `target`; a name of the public list counts as a file beside `api`."""
    home, wanted = file[1], (*target, "__init__")[1]
    if wanted in ("cli", "__main__"):
        return wanted == "__main__" or home not in ("cli", "__main__")
    if home in ("cli", "__main__"):
        return False
    if home in LEAVES or wanted in LEAVES:
        return home in LEAVES and wanted not in LEAVES
    if home == "__init__":
        named = (
            *(
                ("language", "expression"),
                ("check", "verdict"),
                ("study", "study"),
                ("study", "questions"),
                ("study", "curves"),
                ("study", "boxes"),
                ("custom", "report"),
            ),
            *(
                ("explain", "answer"),
                ("explain", "steps"),
                ("explain", "ledger"),
                ("render", "notebook"),
                ("pictures", "picture"),
            ),
        )
        return wanted not in ("api", "curve_api", "picture_api", "study_api", "vector_api") and target[1:3] not in named
    if home in PIPELINE:
        return wanted not in LAYERS and wanted not in PIPELINE[home]
    if wanted not in LAYERS or home not in LAYERS:
        return True
    if home == wanted == "engines":
        return not may_use((*file, "")[2], (*target, "")[2])
    return LAYERS.index(wanted) > LAYERS.index(home)


def may_use(engine: str, other: str) -> bool:
    """Whether one part of engines/ may import another; what all of them share are the files beside them."""
    if other in ENGINES:
        return other == engine or other in ENGINES.get(engine, ("special_functions",))
    return bool(other)


def circles(sources: Mapping[str, str]) -> list[list[str]]:
    """The files that import each other in a circle, wherever in them the imports stand; each circle once."""
    files = {_module(path): path for path in sources}
    imported = {path: set(_imported(_targets(path, source), files)) for path, source in sources.items()}
    reached: dict[str, set[str]] = {}
    for path in imported:
        seen, waiting = set[str](), [path]
        while waiting:
            new = imported[waiting.pop()] - seen
            seen |= new
            waiting += new
        reached[path] = seen
    found = {tuple(sorted(other for other in reached[path] if path in reached[other])) for path in imported}
    return [list(circle) for circle in sorted(found) if circle]


def _module(path: str) -> tuple[str, ...]:
    names = PurePosixPath(path).with_suffix("").parts
    return names[:-1] if names[-1] == "__init__" else names


@cache
def _targets(path: str, source: str) -> list[tuple[str, ...]]:
    """The full dotted names that a file imports."""
    return [target for _, target in imports(ast.parse(source), PurePosixPath(path).with_suffix("").parts[:-1])]


def _imported(targets: Iterable[tuple[str, ...]], files: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """The files that one imports: the longest part of a dotted name that is one."""
    for target in targets:
        for length in range(len(target), 0, -1):
            if target[:length] in files:
                yield files[target[:length]]
                break


def side_tables(path: str, source: str) -> list[str]:
    """Where a file keeps something of several functions of the language by their names."""
    if path.startswith(INTERPRETATIONS):
        return []
    names = {row.name for row in FUNCTIONS}
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            words = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Constant):
            words = str(node.value).split()
        else:
            continue
        known = [word for word in words if word in names]
        if len(known) > 2 and len(known) > len(words) / 2:
            found.append(f"{path}:{node.lineno} {' '.join(known)}")
    return found


def loaded(code: str) -> set[str]:
    """Which heavy libraries a fresh Python has loaded after `code`."""
    report = f"{code}\nimport sys; print(*{{'torch', 'sympy', 'matplotlib'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_package_keeps_its_architecture() -> None:
    files = sorted((ROOT / "derivcli").rglob("*.py"))
    assert files
    found = [each for file in files for each in violations(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))]
    assert not found, "\n".join(found)


@each(("path", "source"), [(path, source) for path in PLANTED for source in PLANTED[path]])
def test_a_planted_violation_is_caught(path: str, source: str) -> None:
    assert len(violations(f"derivcli/{path}", source)) == 1


@each(("path", "source"), ALLOWED.items())
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert violations(f"derivcli/{path}", source) == []


SOURCES = {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in (ROOT / "derivcli").rglob("*.py")}


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(SOURCES) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("derivcli/language/tree.py", "def f():\n    from derivcli.language.parse import parse_expression"),
        ("derivcli/language/tree.py", "f = partial(resolve_name, 'derivcli.language.parse:parse_expression')"),
        ("derivcli/errors.py", "from . import result"),
        ("derivcli/language/limits.py", "import derivcli.language.lexer.tokens"),
    ],
)
def test_a_planted_circle_is_caught(path: str, source: str) -> None:
    planted = SOURCES | {path: f"{SOURCES[path]}\n{source}\n", "derivcli/result.py": "import derivcli.errors"}
    assert [circle for circle in circles(planted) if path in circle]


def test_what_only_a_type_checker_reads_makes_no_circle() -> None:
    source = "if TYPE_CHECKING:\n    from derivcli.language.parse import parse_expression"
    path = "derivcli/language/tree.py"
    assert circles(SOURCES | {path: f"{SOURCES[path]}\n{source}\n"}) == []


def test_what_is_known_of_a_function_stands_in_its_row() -> None:
    found = [each for path, source in SOURCES.items() for each in side_tables(path, source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source", ['X = {"sin": 1, "cos": 2, "tan": 3}', 'X = ("sin", "cos", "abs")', 'X = "abs max min"']
)
def test_a_planted_side_table_is_caught(source: str) -> None:
    assert side_tables("derivcli/render/latex_printer.py", source)


@pytest.mark.parametrize("code", ["import derivcli", "from derivcli.cli import app"])
def test_the_package_loads_no_heavy_library(code: str) -> None:
    assert loaded(code) == set()


def test_a_heavy_library_would_be_seen() -> None:
    assert loaded("import sympy, matplotlib") == {"sympy", "matplotlib"}
