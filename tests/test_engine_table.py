"""An engine is a row: one more row is one more engine, in Python and on the command line."""

import subprocess
import sys
from dataclasses import replace

import pytest

from derivcli import DerivError, derive
from derivcli.engines import engine_table
from derivcli.engines.engine_table import ENGINES, TAYLOR, Engine, engine_for
from derivcli.engines.task import Prepared, Task, UnavailableError

FAKE = """
from dataclasses import replace
from derivcli.engines import engine_table

def prepared(task):
    from derivcli.engines.task import Prepared
    from derivcli.engines.torch import backward
    passes = backward.prepared(task)
    def run(at, progress=None):
        return [replace(each, value=each.value + 0.0) for each in passes.run(at, progress)]
    return Prepared(run)

row = engine_table.Engine(
    "fake", help="a copy", caption="by a copy", short="a copy", author="The copy", prepare=prepared,
    orders=range(1, 3), beyond_orders="the copy does not compute order {order}",
)
engine_table.ENGINES = (*engine_table.ENGINES, row)
"""
"""A file that adds an engine."""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """One more engine."""
    monkeypatch.setattr(engine_table, "ENGINES", ENGINES)  # so that what the file adds is taken back
    found: dict[str, object] = {}
    exec(FAKE, found)
    row = found["row"]
    assert isinstance(row, Engine)
    return row


def test_a_row_is_an_engine_in_python(fake: Engine) -> None:
    result = derive("sin(x)*x", "x=1", engine="fake")
    usual = derive("sin(x)*x", "x=1")
    assert (result.engine, usual.engine) == ("fake", "reverse")
    assert result.derivatives["x"] == usual.derivatives["x"]
    assert result.verdicts["x"][0] == usual.verdicts["x"][0]
    with pytest.raises(DerivError, match="the copy does not compute order 3"):
        derive("x^5", "x=1", order=3, engine="fake")


def run(*lines: str) -> str:
    """What command lines print with one more engine, in one process."""
    code = f"{FAKE}\nfrom derivcli.cli.app import run\nfor line in {lines}: assert run(line.split()) == 0"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_a_row_is_an_engine_on_the_command_line() -> None:
    table, usage, text = run("x^2 --at x=3 --engine fake --format table", "help options").partition("Usage")
    assert "by a copy" in table
    assert "6" in table
    assert usage
    assert "reverse|taylor|compiled|fake" in "".join(text.split())


def test_the_first_row_that_takes_an_order_computes_it(fake: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_for([("x",)]).name == "reverse"
    monkeypatch.setattr(engine_table, "ENGINES", (replace(fake, orders_unasked=range(1, 2)), *ENGINES))
    assert [engine_for([("x",) * order]).name for order in (1, 2, 4)] == ["fake", "reverse", "taylor"]


def test_another_engine_computes_what_a_faster_form_cannot(fake: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(task: Task) -> Prepared:
        raise UnavailableError("there is no copy")

    row = replace(fake, prepare=unavailable, faster_form_of=TAYLOR.name)
    monkeypatch.setattr(engine_table, "ENGINES", (*ENGINES, row))
    result = derive("x^2", "x=3", engine="fake")
    assert (result.engine, result.remark) == ("taylor", "there is no copy: computed by Taylor arithmetic")
