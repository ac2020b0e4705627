"""How the check of a user's function is shown, and its exit statuses."""

from __future__ import annotations

from pathlib import Path

from derivcli import check_function
from tests.support import deriv
from tests.test_check_fn import SQUARES


def test_exit_statuses() -> None:
    deriv("check-fn", f"{SQUARES}:SQ", "--against", "i**2")
    deriv("check-fn", f"{SQUARES}:Once")
    deriv("check-fn", f"{SQUARES}:Forgetful", status=1)
    deriv("check-fn", f"{SQUARES}:Nowhere", status=2)
    deriv("check-fn", status=2)


def test_json_says_the_same_as_the_report() -> None:
    told = deriv("check-fn", f"{SQUARES}:Product", "--against", "x*y", "--format", "json", status=1).json
    report = check_function(f"{SQUARES}:Product", "x*y")
    assert (told["ok"], told["kind"], told["diagnosis"]) == (False, "swapped", report.diagnosis)
    assert [(each["name"], each["state"], each["detail"]) for each in told["trials"]] == [
        (trial.name, trial.state, trial.detail) for trial in report.trials
    ]


def test_what_the_function_prints_goes_to_standard_error(tmp_path: Path) -> None:
    text = SQUARES.read_text().replace("return i**2", "print('forward'); return i**2")
    (tmp_path / "loud.py").write_text("print('importing')\n" + text.replace("from __future__ import annotations", ""))
    outcome = deriv("check-fn", f"{tmp_path / 'loud.py'}:SQ", "--format", "json")
    assert outcome.json["ok"]
    assert {*outcome.stderr.split()} == {"importing", "forward"}
