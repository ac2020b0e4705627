"""Functions that were written in other languages, compiled and called: the numbers that they give."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli import script

Floats: TypeAlias = NDArray[np.float64]

LIBM = """
mod c {
    unsafe extern "C" {
        pub fn tgamma(x: f64) -> f64; pub fn lgamma(x: f64) -> f64;
        pub fn erf(x: f64) -> f64; pub fn erfc(x: f64) -> f64;
        pub fn j0(x: f64) -> f64; pub fn j1(x: f64) -> f64; pub fn y0(x: f64) -> f64; pub fn y1(x: f64) -> f64;
        pub fn jn(n: i32, x: f64) -> f64; pub fn yn(n: i32, x: f64) -> f64;
    }
}
pub fn tgamma(x: f64) -> f64 { unsafe { c::tgamma(x) } }
pub fn lgamma(x: f64) -> f64 { unsafe { c::lgamma(x) } }
pub fn erf(x: f64) -> f64 { unsafe { c::erf(x) } }
pub fn erfc(x: f64) -> f64 { unsafe { c::erfc(x) } }
pub fn j0(x: f64) -> f64 { unsafe { c::j0(x) } }
pub fn j1(x: f64) -> f64 { unsafe { c::j1(x) } }
pub fn y0(x: f64) -> f64 { unsafe { c::y0(x) } }
pub fn y1(x: f64) -> f64 { unsafe { c::y1(x) } }
pub fn jn(n: i32, x: f64) -> f64 { unsafe { c::jn(n, x) } }
pub fn yn(n: i32, x: f64) -> f64 { unsafe { c::yn(n, x) } }
"""
"""A stand-in for the crate of that name: the same functions, by C's library."""


@dataclass(frozen=True, eq=False)
class Job:
    """A function to be written and called at points; its text begins with its name, as in `f1(x) = x^2`."""

    text: str
    at: Mapping[str, Floats]
    size: int
    """How many numbers it gives back: the value and the derivatives."""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in the code."""
        return self.text.partition("(")[0]

    @property
    def rows(self) -> list[tuple[float, ...]]:
        """The points, one by one."""
        return list(zip(*(values.tolist() for values in self.at.values()), strict=True))

    def code(self, language: str) -> str:
        """The function in a language."""
        return script(self.text, language=language, **self.options)


Codes = Mapping[Job, str]
Found = dict[Job, Floats]


def available(language: str) -> bool:
    """Whether what runs the language is installed."""
    program = {"c": "gcc", "fortran": "gfortran", "matlab": "octave-cli"}.get(language, "python")
    return (
        bool(rustc())
        if language == "rust"
        else language != "julia" and bool(shutil.which(program) or program == "python")
    )


def rustc() -> str:
    """The compiler of Rust, also where it stands when it is installed for one user; "" without one."""
    found = shutil.which("rustc") or Path.home() / ".cargo/bin/rustc"
    return str(found) if Path(found).exists() else ""


def called(language: str, codes: Codes, folder: Path) -> Found:
    """What each function gives at its points, a row for each number."""
    return _CALLS[language](codes, folder)


def run(command: str, folder: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def _by_pointers(function: Any, job: Job, convert: Callable[[float], Any]) -> Floats:
    """The numbers of a compiled function, which writes them through pointers."""
    value, rest = ctypes.c_double(), (ctypes.c_double * (job.size - 1))()
    found = []
    for row in job.rows:
        function(*map(convert, row), ctypes.byref(value), rest)
        found.append([value.value, *rest])
    return np.array(found).T


GCC = "-Wall -Wextra -Werror -O1 -ffp-contract=off -shared -fPIC"


def _c(codes: Codes, folder: Path) -> Found:
    heads = "#include <math.h>\nstatic const double PI = 3.14159265358979323846;\n"
    bodies = [
        re.sub(r"^(#include .*|static const double PI.*)$", "", code, flags=re.MULTILINE) for code in codes.values()
    ]
    (folder / "all.c").write_text(heads + "\n".join(bodies))
    run(f"gcc -std=gnu11 {GCC} -Wno-unused-variable -Wno-unused-parameter all.c -o c.so -lm", folder)
    library = ctypes.CDLL(str(folder / "c.so"))
    return {job: _by_pointers(getattr(library, job.name), job, ctypes.c_double) for job in codes}


def _fortran(codes: Codes, folder: Path) -> Found:
    (folder / "all.f90").write_text("\n".join(codes.values()))
    run(f"gfortran -std=f2008 {GCC} -Wno-unused-dummy-argument -Wno-compare-reals all.f90 -o fortran.so", folder)
    library = ctypes.CDLL(str(folder / "fortran.so"))

    def convert(value: float) -> Any:
        return ctypes.byref(ctypes.c_double(value))

    names = {job: f"__{job.name}_module_MOD_{job.name}" for job in codes}
    return {job: _by_pointers(getattr(library, name), job, convert) for job, name in names.items()}


def _rust(codes: Codes, folder: Path) -> Found:
    (folder / "libm.rs").write_text(LIBM)
    compiler = f"{rustc()} --edition=2024 -O"
    run(f"{compiler} --crate-type=rlib --crate-name=libm libm.rs", folder)
    parts = ["#![allow(dead_code)]"]
    for job, code in codes.items():
        given = ", ".join(f"x{place}: f64" for place in range(len(job.at)))
        passed = ", ".join(f"x{place}" for place in range(len(job.at)))
        spread = "*y = o.1;" if job.size == 2 else f"for i in 0..{job.size - 1} {{ *y.add(i) = o.1[i]; }}"
        parts += [
            f"mod m_{job.name} {{ {code} }}",
            f'#[unsafe(no_mangle)] pub unsafe extern "C" fn {job.name}({given}, v: *mut f64, y: *mut f64) {{',
            f"    let o = m_{job.name}::{job.name}({passed}); unsafe {{ *v = o.0; {spread} }}",
            "}",
        ]
    (folder / "all.rs").write_text("\n".join(parts))
    run(f"{compiler} -D warnings --crate-type=cdylib --extern libm=liblibm.rlib all.rs -o rust.so", folder)
    library = ctypes.CDLL(str(folder / "rust.so"))
    return {job: _by_pointers(getattr(library, job.name), job, ctypes.c_double) for job in codes}


def namespace(code: str) -> dict[str, Any]:
    """The names that code in Python makes; it is our own text, which is what is tested."""
    space: dict[str, Any] = {"__name__": "written"}
    exec(compile(code, "written", "exec"), space)
    return space


def _arrays(codes: Codes, folder: Path) -> Found:
    found = {}
    for job, code in codes.items():
        value, rest = namespace(code)[job.name](*job.at.values())
        rows = np.asarray(rest)[np.newaxis] if job.size == 2 else np.moveaxis(np.asarray(rest), -1, 0)
        found[job] = np.array([np.asarray(value), *rows])
    return found


def _sympy(codes: Codes, folder: Path) -> Found:
    import sympy

    found = {}
    for job, code in codes.items():
        space = namespace(code)
        formulas = [space["value"], *([space["derivative"]] if "derivative" in space else space["gradient"])]
        names = [space[name] if name in space else space[f"{name}_"] for name in job.at]
        points = [[sympy.Rational(*value.as_integer_ratio()) for value in row] for row in job.rows]
        places = [dict(zip(names, row, strict=True)) for row in points]
        found[job] = np.array([[float(sympy.S(each).subs(at).evalf(20)) for at in places] for each in formulas])
    return found


def _octave(codes: Codes, folder: Path) -> Found:
    lines: Sequence[str] = []
    for job, code in codes.items():
        (folder / f"{job.name}.m").write_text(code)
        np.savetxt(folder / f"{job.name}.in", np.array(job.rows), fmt="%.17g")
        given = ", ".join(f"p(i, {place})" for place in range(1, len(job.at) + 1))
        lines = [
            *lines,
            f"p = load('{job.name}.in'); o = fopen('{job.name}.out', 'w');",
            f"for i = 1:size(p, 1) [a, b] = {job.name}({given}); fprintf(o, '%.17g ', [a, b]); fprintf(o, '\\n'); end",
            "fclose(o);",
        ]
    (folder / "main.m").write_text("\n".join(lines))
    run("octave-cli --no-init-file -q main.m", folder)
    return {job: np.loadtxt(folder / f"{job.name}.out", ndmin=2).T for job in codes}


_CALLS: dict[str, Callable[[Codes, Path], Found]] = {
    "c": _c, "fortran": _fortran, "rust": _rust, "numpy": _arrays, "jax": _arrays, "sympy": _sympy, "matlab": _octave,
}  # fmt: skip
RUN = tuple(_CALLS)
"""The languages that are run; there is no Julia to be installed everywhere."""
