"""From the TAB key to the variables that are offered, in a shell that has never completed `deriv` before."""

import os
import shutil
import statistics
import sys
from pathlib import Path

from benchmarks.side import process, report

SCRIPTS = Path(__file__).parents[1] / "derivcli" / "cli" / "completions"
LINE = "deriv 'u**3+v**2+4*u*v' --at u=3,"
LIMIT_SECONDS = 0.15

SHELLS = {
    "bash": f"""
        source {SCRIPTS}/deriv.bash
        COMP_LINE="{LINE}"; COMP_POINT=${{#COMP_LINE}}; COMP_CWORD=5
        COMP_WORDS=(deriv "'u**3+v**2+4*u*v'" --at u = 3,)
        _deriv deriv 3, =
        [[ ${{COMPREPLY[*]}} == '3,v=' ]]
    """,
    "fish": f"source {SCRIPTS}/deriv.fish; test (complete -C \"{LINE}\") = 'u=3,v='",
}
EMPTY = {"bash": ["--norc", "-c", ":"], "fish": ["--no-config", "-c", "true"]}


def bench_tab(turns: int = 15) -> None:
    """What a shell takes with its script read and the key pressed, without its own start."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for shell, code in SHELLS.items():
        if shutil.which(shell) is None:
            continue
        *options, _ = EMPTY[shell]
        pressed = ["env", f"PATH={path}", shell, *options, code]
        empty = ["env", f"PATH={path}", shell, *EMPTY[shell]]
        taken = [process(pressed) - process(empty) for _ in range(turns)]
        middle = statistics.median(taken)
        report(f"TAB in {shell}: variables", f"{middle:.3f} s", f"<= {LIMIT_SECONDS} s", middle <= LIMIT_SECONDS)
