"""`python -m derivcli` and the console script `deriv`."""

import gc
import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    # A short-lived program: collecting garbage while torch and SymPy load costs a tenth of the start-up.
    gc.set_threshold(200_000, 50, 50)
    try:
        if sys.argv[1:2] == ["--complete-names"]:
            from derivcli.cli.completed_names import main as complete

            complete(sys.argv[2:])
            return
        from derivcli.cli.app import main as run

        run()
    except KeyboardInterrupt:  # before the border stands that tells of one
        sys.exit(130)


if __name__ == "__main__":
    if not sys.flags.safe_path:
        # `python -m` puts the working directory first, where a file named sympy.py would be imported and run.
        del sys.path[0]
    main()
