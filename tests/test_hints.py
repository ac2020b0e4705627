"""Hints are spelled for whoever asks: as options on the command line, as parameters in Python."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import derivcli
from derivcli import DerivError, parse
from derivcli.hints import COMMAND_LINE, PYTHON, SPELLINGS, Surface, spelled
from tests.support import deriv
from tests.test_arguments import FUNCTIONS
from tests.test_refusals import REFUSED

PACKAGE = Path(derivcli.__file__).parent

SPELLED = {
    "add `--at y=1`": ("add --at y=1", 'add at={"y": 1}'),
    "`--at x=1,2.5,y=pi/2`": ("--at x=1,2.5,y=pi/2", 'at={"x": [1, 2.5], "y": "pi/2"}'),
    "`--at x=0:1:11`": ("--at x=0:1:11", 'at={"x": "0:1:11"}'),
    "leave out `--zip`": ("leave out --zip", "leave out paired=True"),
    "with `--let`": ("with --let", "with let"),
    "`--let z=x+1`": ("--let z=x+1", 'let={"z": "x+1"}'),
    "`--mixed x,x,y`": ("--mixed x,x,y", 'mixed="x,x,y"'),
    "`--on x=0:1`": ("--on x=0:1", "on=(0, 1)"),
    "`--wrt x --order 2`": ("--wrt x --order 2", 'wrt="x", order=2'),
    "`--at v=2 or --wrt v or --declared v`": ("--at v=2 or --wrt v", 'at={"v": 2} or wrt="v"'),
    '`deriv "x**2" --at x=3`': ('deriv "x**2" --at x=3', 'derive("x**2", at={"x": 3})'),
    '`deriv "x+y=1" --implicit y`': ('deriv "x+y=1" --implicit y', 'implicit("x+y=1", "y")'),
    "`deriv check-fn FILE.py:NAME`": ("deriv check-fn FILE.py:NAME", 'check_function("FILE.py:NAME")'),
    "fewer`shell:, or --output``python:, really`": ("fewer, or --output", "fewer, really"),
    "a ` alone, and `x`": ("a ` alone, and `x`", "a ` alone, and `x`"),
}


@pytest.mark.parametrize("sentence", SPELLED)
def test_a_sentence_is_spelled_for_whoever_asks(sentence: str) -> None:
    assert (spelled(sentence, COMMAND_LINE), spelled(sentence, PYTHON)) == SPELLED[sentence]


def test_of_alternatives_those_stay_that_there_are() -> None:
    hint = "`--at v=2 or --wrt v or --declared v`"
    assert spelled(hint, Surface(is_python=False, options=("wrt", "order"))) == "--wrt v"
    assert spelled(hint, Surface(is_python=True, options=("declared", "text"))) == 'declared=["v"]'
    assert spelled(hint, Surface(is_python=False, options=())) == "--at v=2"
    assert spelled(hint, Surface(is_python=True, options=())) == 'derive(..., at={"v": 2})'


def test_each_surface_is_told_what_it_has() -> None:
    assert "or declare it, as in --at ff=2 or --wrt ff\n" in deriv("4ff", status=2).stderr
    assert "or declare it, as in --wrt ff\n" in deriv("answer", "4ff", "4", status=2).stderr
    ways = {"parse": 'declared=["ff"]', "derive": 'at={"ff": 2} or wrt="ff"'}
    for function, way in ways.items():
        with pytest.raises(DerivError) as refused:
            getattr(derivcli, function)("4ff")
        assert refused.value.hint == f"write f*f, or declare it, as in {way}"
        assert str(refused.value).endswith(refused.value.hint)
    with pytest.raises(DerivError, match=r'as in wrt="ff"'):
        derivcli.answer("4ff", "4")


def test_a_note_is_spelled_for_python() -> None:
    (note,) = parse("E*x").notes
    assert note.message.endswith('declare it, as in wrt="E", to have a variable')
    assert "declare it, as in --wrt E, to have" in deriv("E*x").stderr


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("derive", {"expression": "x*y", "at": "x=1"}), ("derive", {"expression": "2", "at": None}),
    ("derive", {"order": 2, "mixed": "x,x"}), ("derive", {"wrt": "y", "along": "x=1"}), ("derive", {"order": 900}),
    ("derive", {"along": "x=0"}), ("derive", {"along": "x=1,2"}), ("derive", {"engine": "taylor", "device": "cuda"}),
    ("derive", {"engine": "reverse", "order": 50}), ("derive", {"engine": "compiled", "order": 9}),
    ("derive", {"at": {"x": [1, 2], "y": [1, 2, 3]}, "paired": True, "expression": "x*y"}), ("derive", {"wrt": "1x"}),
    ("derive", {"at": "x=1,z=2"}), ("derive", {"at": None, "engine": "taylor"}), ("derive", {"mixed": "x,,y"}),
    ("derive", {"dtype": "float32", "at": "x=1e300"}), ("derive", {"let": {"a b": "1"}}), ("derive", {"wrt": "y"}),
    ("derive", {"let": {"a": "b", "b": "2"}, "expression": "a*x"}), ("derive", {"at": {"x": "0:1:900000000"}}),
    ("implicit", {"equation": "x=1"}), ("implicit", {"dependent": "x,y"}), ("implicit", {"wrt": "y"}),
    ("series", {"expression": "x*y", "at": "x=1,y=1"}), ("series", {"degree": 900}), ("series", {"on": (1, "a")}),
    ("explain", {"expression": "x=1"}), ("explain", {"at": "x=0:1:100000"}), ("steps", {"expression": "x^2+y=1"}),
    ("answer", {"expression": "x*y"}), ("answer", {"claim": "y=1"}), ("answer", {"expression": "2", "claim": "0"}),
    ("script", {"order": 9}), ("script", {"plot": "a.png"}), ("script", {"series": 3, "plot": "a.png"}),
    ("script", {"plot": "a.png", "expression": "x*y", "at": "x=0:1:9,y=1,2"}),
]  # fmt: skip
"""Arguments that do not go together, beside texts that are no formulas."""


def refusals() -> Iterator[tuple[str, DerivError]]:
    """What Python is told of wrong arguments, each with the function that tells."""
    for name, wrong in WRONG:
        yield name, refusal(name, FUNCTIONS[name] | wrong)
    for text in dict.fromkeys([*(case[0] for case in REFUSED), "", "speed*t", "'x'", "d(y)/dx", "f''", "x dx"]):
        for name, arguments in FUNCTIONS.items():
            first = next(iter(arguments))
            if name not in ("polynomial", "check_function"):
                yield name, refusal(name, arguments | {first: [text] if first == "expressions" else text})


def refusal(name: str, arguments: dict[str, Any]) -> DerivError:
    call: Callable[..., object] = getattr(derivcli, name)
    try:
        call(**arguments)
    except DerivError as error:
        return error
    return DerivError("it is not refused")


def test_python_is_told_of_nothing_that_it_does_not_have() -> None:
    found, wrong = set(), []
    for name, error in refusals():
        parameters = set(inspect.signature(getattr(derivcli, name)).parameters)
        told = re.sub(r"\w+\((?:[^()]|\([^()]*\))*\)", "a call of another function", error.hint)
        named = {word for word, _ in SPELLINGS.values() if re.search(rf"(?<!\w){word}=", told)}
        found.add(error.hint)
        if "--" in f"{error.message} {error.hint}" or named - parameters:
            wrong.append(f"{name}: {error.message}: {error.hint}")
    assert len(found) > 100
    assert not wrong, "\n".join(dict.fromkeys(wrong))


ONLY_ON_THE_COMMAND_LINE = {
    "pictures/graphs/graph_plan.py": "a picture that deriv explain draws",
    "pictures/graphs/graph_sheet.py": "a picture that deriv explain draws",
    "render/verdicts.py": "the lines under a table",
    "render/formats/tree.py": "a tree that deriv explain prints",
    "render/documents/practice.py": "deriv practice",
    "render/documents/own_functions.py": "deriv functions",
    "render/documents/data_look.py": "deriv data",
    "render/chosen_columns.py": "columns of files, which the command line alone chooses",
    "file_picture_plans.py": "pictures of files, which the command line alone draws",
    "language/functions/reference.py": "the page of deriv functions",
}
"""Files outside of cli/ and points/files/ whose texts Python never sees."""


def sentences(tree: ast.AST) -> Iterator[str]:
    """The texts of a file but its docstrings, with braces for what stands in them."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | documented:
            yield node.value


def test_sentences_name_options_in_backticks_and_known_ones() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE).as_posix()
        if path.startswith(("cli/", "points/files/")) or path in (*ONLY_ON_THE_COMMAND_LINE, "hints.py"):
            continue
        for sentence in sentences(ast.parse(file.read_text("utf-8"))):
            usages = re.findall(r"`((?:--|deriv )[^`]*)`", sentence)
            unknown = {name for each in usages for name in re.findall(r"--([a-z-]+)", each)} - SPELLINGS.keys()
            rest = re.sub(r"`(?:--|deriv |shell:)[^`]*`", "", sentence)
            if unknown or (re.search(r"--[a-z]", rest) and not rest.startswith("--")):
                wrong.append(f"{path}: {sentence}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", ["`--foo x`", "`deriv 'x`", "x `--at` y", "`shell:`", "`--at x=`'"])
def test_what_a_user_writes_is_no_notation_of_ours(text: str) -> None:
    for name in ("parse", "derive", "steps"):
        assert refusal(name, FUNCTIONS[name] | {next(iter(FUNCTIONS[name])): text}).hint
