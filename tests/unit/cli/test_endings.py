"""How commands end: what a person can put right in one sentence, instants as people write them."""

from __future__ import annotations

import pytest
import typer

from kpi_reporting.cli import main
from kpi_reporting.cli.instants import instant
from kpi_reporting.errors import KpiReportingError


def ended(what: Exception, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def command() -> None:
        raise what

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["command"])
        patch.setattr("signal.signal", lambda *_: None)
        with pytest.raises(SystemExit) as exit_of:
            main(app)
    return exit_of.value.code, capsys.readouterr().err


def test_what_a_person_can_put_right_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(KpiReportingError("The disk is tired."), capsys) == (2, "The disk is tired.\n")


def test_a_full_disk_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ended(OSError(28, "No space left on device"), capsys)
    assert (code, said.count("\n")) == (2, 1)
    assert "No space left on device" in said


def test_an_instant_without_offset_is_local_time() -> None:
    assert instant("2025-07-17T01:00").isoformat() == "2025-07-17T01:00:00+07:00"
    with pytest.raises(KpiReportingError, match="is not an instant"):
        instant("yesterday")
