"""What a person reads at the end of a night."""

from __future__ import annotations

import pytest

from kpi_reporting.cli.console import Console
from kpi_reporting.runtime.night_run import NightOutcome


@pytest.mark.parametrize(("state", "ending"), [("success", "done"), ("failed", "failed")])
def test_the_end_of_a_night_names_the_command_that_shows_it(
    capsys: pytest.CaptureFixture[str], state: str, ending: str
) -> None:
    states = {"collect_submissions": "success", "build_kpis": "success", "export_national": state}
    if state == "failed":
        del states["export_national"]
    Console().sum_up(NightOutcome("night__1", states, {}, (), (), "none"))
    out, err = capsys.readouterr()
    assert out == ""
    assert f"Night night__1: {ending}.\n" in err
    assert "`kpi-reporting summary`" in err
