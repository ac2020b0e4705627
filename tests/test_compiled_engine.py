"""When there is a compiled kernel, when there is none, and what is said then."""

from __future__ import annotations

import re
import shutil
from typing import NamedTuple

import pytest
from torch._inductor import cpu_vec_isa
from torch._inductor.cpu_vec_isa import VecAVX2, VecISA

from derivcli import derive, parse
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.task import Task
from derivcli.engines.torch import compiled, vector_instructions
from derivcli.engines.torch.compiled import NotCompiledError, pays, prepared
from tests.support import deriv


@pytest.mark.parametrize(
    ("compiler", "reason"),
    [("/nowhere/g++", "no C++ compiler was found"), (shutil.which("true"), "the compiler failed (ImportError)")],
)
def test_why_there_is_no_kernel(
    compiler: str, reason: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(compiled.COMPILER_OPTIONS, "cpp.cxx", (compiler,))
    with pytest.raises(NotCompiledError, match=re.escape(reason)):
        prepared(Task([parse("x+1/3")], ("x",), [("x",)]))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["besselj(1, x)", "loggamma(x)", "if(x > 0, besselj(1, x), x)", "exp(lgamma(x))"])
def test_what_has_no_kernel_is_computed_all_the_same(text: str) -> None:
    result = derive(text, "x=0.5,2", engine="compiled")
    assert result.engine == "reverse"
    assert result.derivatives["x"].tolist() == derive(text, "x=0.5,2").derivatives["x"].tolist()
    assert result.remark.endswith("has no kernel for the compiler: computed by backward passes")
    assert result.remark.split()[0] in KERNELS


def test_a_formula_without_variables() -> None:
    assert derive("7", {}, engine="compiled").engine == "reverse"


def test_too_long_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MAX_OPERATIONS", 10)
    assert "so long" in derive("sin(x)+cos(x)", "x=1", engine="compiled").remark


def test_asking_for_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph is not compiled here, but in the test of what a run writes."""
    monkeypatch.setattr(compiled, "compiled", lambda graph, columns: graph)
    outcome = deriv("x^2*y", "--at", "x=0:1:3,y=2", "--engine", "compiled", "--format", "json")
    function = outcome.json["functions"][0]
    assert function["engine"] == "compiled"
    assert function["derivatives"] == {"x": [0, 2, 4], "y": [0, 0.25, 1]}
    assert {verdict["kind"] for verdict in function["verdicts"]["x"]} == {"proved"}
    assert outcome.stderr == ""


def test_a_kernel_pays_for_long_jobs_of_known_length() -> None:
    assert pays(10**10, 1e-8)
    assert not pays(10**6, 1e-8)
    assert not pays(10**5, 1e-4)
    assert not pays(None, 1.0)


class Instructions(NamedTuple):
    """Vector instructions with these flags of the compiler."""

    flags: str

    def build_arch_flags(self) -> str:
        return self.flags


def test_instructions_whose_flags_the_compiler_does_not_know_are_not_chosen() -> None:
    assert vector_instructions._compiler_knows(Instructions("-O1 -g1"), "")
    assert not vector_instructions._compiler_knows(Instructions("-O1 -msuch-instructions"), "")


def test_the_choice_is_that_of_trial_compilations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each trial has the answer of the compiler, and PyTorch its own trial back."""
    trial = VecISA.check_build
    asked: list[str] = []

    def knows(instructions: VecISA, code: str) -> bool:
        asked.append(str(instructions))
        return False

    monkeypatch.setattr(vector_instructions, "_compiler_knows", knows)
    monkeypatch.setattr(cpu_vec_isa, "valid_vec_isa_list", lambda: VecISA.check_build(VecAVX2(), ""))
    vector_instructions.choose({})
    assert asked == ["avx2"]
    assert VecISA.check_build is trial
