"""What an answer of the warm server costs, beside qalc and beside a start from nothing."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.side import DERIV, report, seconds

POINT = ["6*x**2+2*x+4", "--at", "x=3"]
QALC = ["qalc", "diff(6*x^2+2*x+4)"]
CHILD = """
import json, os, sys
del sys.path[0]
from derivcli.cli.warm import preload
preload.load()
from derivcli.cli import app
pid = os.fork()
if pid:
    os.waitpid(pid, 0)
else:
    app.run(sys.argv[1:])
    sizes = dict(line.split(":") for line in open("/proc/self/smaps_rollup") if line.startswith("Private"))
    print(json.dumps(sum(int(size.split()[0]) for size in sizes.values()) / 1024), file=sys.stderr)
    os._exit(0)
"""
"""Does what the server does with the words, and tells how many MiB of the fork's memory are its own in the end."""


def bench(turns: int = 100, cold_turns: int = 9) -> None:
    """Whole commands in turns, with a server of their own."""
    folder = Path(sys.executable).parent
    script = [str(folder / "deriv")] if (folder / "deriv").exists() else DERIV
    with tempfile.TemporaryDirectory(prefix="warm-") as runtime:
        environment = {name: value for name, value in os.environ.items() if name != "DERIV_WARM"}
        environment["XDG_RUNTIME_DIR"] = runtime

        def run(words: list[str], use: str = "") -> float:
            env = environment | ({"DERIV_WARM": use} if use else {})
            return seconds(lambda: subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL))

        subprocess.run([*script, "warm", "start"], env=environment, check=True, stdout=subprocess.DEVNULL)
        try:
            qalc = shutil.which("qalc") is not None
            times = [(run([*script, *POINT]), run(QALC) if qalc else 0.0) for _ in range(turns)]
            warm = sorted(first for first, _ in times)
            spread = f"{statistics.median(warm) * 1e3:.0f} ms, 95 of 100 within {warm[turns * 95 // 100] * 1e3:.0f} ms"
            report("a point with its verdict, warm", spread, "", True)
            if qalc:
                ratio = statistics.median(first / second for first, second in times)
                base = statistics.median(second for _, second in times)
                report("the same against qalc", f"{base * 1e3:.0f} ms: {ratio:.2f}", "<= 0.90", ratio <= 0.9)
            ratio = statistics.median(run([*script, *POINT]) / run([*script, *POINT], "off") for _ in range(cold_turns))
            report("the same against a cold start", f"1/{1 / ratio:.0f}", "<= 1/15", ratio <= 1 / 15)
            told = subprocess.run([*script, "warm", "status"], env=environment, check=True, capture_output=True).stdout
            bench_idle(int(told.split(b"process ")[1].split(b",")[0]))
        finally:
            subprocess.run([*script, "warm", "stop"], env=environment, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([sys.executable, "-c", CHILD, *POINT], check=True, capture_output=True, text=True)
    own = json.loads(done.stderr)
    report("a child's own memory", f"{own:.0f} MiB", "<= 60 MiB", own <= 60)


def bench_idle(pid: int, wait: float = 3.0) -> None:
    """The server's memory, and the processor time that it takes while nobody calls."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
    report("the idle server's memory", f"{resident:.0f} MiB", "<= 350 MiB", resident <= 350)
    before = processor_ticks(pid)
    time.sleep(wait)
    ticks = processor_ticks(pid) - before
    report(f"its processor time in {wait:g} s", f"{ticks} ticks", "0", ticks == 0)


def processor_ticks(pid: int) -> int:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    bench()
