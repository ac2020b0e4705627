"""FLINT's precision is that of the whole process: no thread and no fork changes that of another."""

import os
import subprocess
from collections.abc import Iterable
from typing import Any

import pytest
from flint import ctx

from derivcli import answer, derive
from derivcli.check import enclosure
from derivcli.engines.balls import evaluation
from derivcli.engines.balls.run import Run
from tests.processes import python

FORMULAS = ("if(x==0,1,(exp(x)-1)/x)", "if(x==0,1,sin(x)/x)", "if(x<1,x,2x)", "abs(x)*x")


def test_no_evaluation_sets_the_precision_of_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """FLINT's settings are the process's own: formulas for pieces, and answers, work with them as checks do."""
    block, outside = evaluation._block, []

    def evaluated(run: Run, numbers: Iterable[int]) -> Any:
        if not enclosure._SETTINGS._is_owned():  # type: ignore[attr-defined]
            outside.append(run)
        return block(run, numbers)

    monkeypatch.setattr(evaluation, "_block", evaluated)
    before = ctx.prec
    for text in FORMULAS:
        assert str(derive(text))
        answer(text, "2x+if(x==0,1,0)")
    assert not outside
    assert ctx.prec == before


HOLDING = """
import os, signal, threading, warnings
warnings.simplefilter("ignore")
from flint import ctx
from derivcli import derive
from derivcli.check.enclosure import restored_context
inside, done = threading.Event(), threading.Event()
def hold():
    with restored_context():
        ctx.prec, ctx.cap = 1000, 30
        inside.set()
        done.wait()
def forked(precision):
    child = os.fork()
    if not child:
        signal.alarm(30)
        right = ctx.prec == precision and derive("abs(x)", "x=0").verdicts["x"][0].kind == "corner"
        os._exit(0 if right and ctx.prec == precision else 1)
    assert os.waitpid(child, 0)[1] == 0
thread = threading.Thread(target=hold, daemon=True)
thread.start()
inside.wait()
forked(53)
done.set()
thread.join()
forked(53)
with restored_context():
    ctx.prec = 1000
    forked(1000)
assert ctx.prec == 53
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_waits_for_no_thread_that_it_does_not_have() -> None:
    """The child of a fork finds FLINT's settings as they were before a check in another thread set them."""
    words = [*python(), "-c", HOLDING]
    assert subprocess.run(words, timeout=120, check=False).returncode == 0


THREADED = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from derivcli import derive
texts = sys.argv[1:]
def work(text):
    result = derive(text, "x=0.7,1,2.3", order=2)
    return str([*result.derivatives["x,x"]]) + str([result.verdicts["x,x"][point] for point in range(3)])
async def gathered():
    return await asyncio.gather(*(asyncio.to_thread(work, text) for text in texts))
sys.setswitchinterval(1e-4)
with ThreadPoolExecutor(6) as pool:
    waiting = [pool.submit(work, text) for text in texts * 3]
    here = [work(text) for text in texts]
    together = [each.result() for each in waiting]
assert together == here * 3 == asyncio.run(gathered()) * 3
print("\\n".join(together[:len(texts)]))
"""


def test_threads_do_not_change_the_precision_of_each_other() -> None:
    """Each formula is computed in threads of a process, its main one too, and in this process alone."""
    texts = ["gamma(x)*x", "besselj(2.5, x)", "zeta(x)", "abs(x-1)", "lowergamma(x, 3)", "polygamma(2, -x)"]
    words = [*python(), "-c", THREADED, *texts]
    printed = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()
    for text, line in zip(texts, printed, strict=True):
        result = derive(text, "x=0.7,1,2.3", order=2)
        assert line == str([*result.derivatives["x,x"]]) + str([result.verdicts["x,x"][point] for point in range(3)])
