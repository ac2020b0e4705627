"""`python -m derivcli` and the console script `deriv`."""

import gc
import os
import sys
import time


def main() -> None:
    """Run the command line, here or in a fork of the warm server, and end the process with its exit status."""
    started = time.monotonic()
    # A short-lived program: collecting garbage while torch and SymPy load costs a tenth of the start-up.
    gc.set_threshold(500_000, 50, 50)
    if not sys.flags.safe_path:
        # The folder of the script, or with `python -m` the working directory, where a file named sympy.py would be
        # imported and run.
        del sys.path[0]
    try:
        if sys.argv[1:2] == ["--complete-names"]:
            from derivcli.cli.completed_names import main as complete

            complete(sys.argv[2:])
            os._exit(0)  # at once, as below
        if sys.platform == "linux":
            from derivcli.cli.warm.client import run_warm

            run_warm()
        from derivcli.cli.deferred_modules import defer

        defer()
        from derivcli.cli.app import main as run
        from derivcli.cli.warm.hint import hint

        run(lambda status: hint(started, status))
    except KeyboardInterrupt:  # before the border stands that tells of one
        sys.exit(130)


if __name__ == "__main__":
    main()
