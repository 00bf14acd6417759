"""The command line: output, exit codes, and errors told in one sentence."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from kpi_reporting import cli
from kpi_reporting.settings import get_settings

THANH_HOA = get_settings().project_dir / "dbt_project/seeds/thanh_hoa"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the program with arguments; returns exit code, output, errors."""
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run_program(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kpi-reporting", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run_program


def test_periods_are_printed_as_csv(run: Run) -> None:
    code, out, _ = run("periods", "administrative", "2025", "--registry", str(THANH_HOA))
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "period,first_day,last_day,due_day"
    assert lines[1].startswith("2025-M01,2024-12-15,2025-01-14,")
    assert len(lines) == 1 + 12 + 4 + 2 + 1 + 1


def test_rules_are_printed_one_by_one_and_in_full(run: Run) -> None:
    code, out, _ = run("rules", "--registry", str(THANH_HOA))
    assert code == 0
    assert {"short_sum", "structure.figure_missing", "exit.low_coverage"} <= {
        line.split()[2] for line in out.splitlines()
    }
    _, of_a_form, _ = run("rules", "HS-01H", "--registry", str(THANH_HOA))
    assert {line.split()[2].partition(".")[0] for line in of_a_form.splitlines()} == {"HS-01H"}
    _, told, _ = run("rules", "KT-01.digital_within_all", "--registry", str(THANH_HOA))
    assert "KT-01.digital_within_all: error, layer row, owner so-khcn" in told
    assert "fails    inspections_digital = 5, inspections = 4" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rules", "no_such_rule"), "No rule is called 'no_such_rule'"),
        (("periods", "lunar", "2025"), "lunar"),
        (("check-registry", "/nowhere"), "/nowhere"),
        (("night", "--inbox", "/nowhere"), "The inbox /nowhere is not a folder"),
        (("night", "--inbox", "/tmp", "--as-of", "yesterday"), "'yesterday' is not an instant"),
        (("dsn", "--registry", str(THANH_HOA)), "Nothing has been started"),
        (("templates", "--to", "/tmp", "--day", "today"), "'today' is not a day"),
        (("templates", "--to", "/proc/none", "--registry", str(THANH_HOA)), "Cannot write /proc/none/"),
        (("nihgt",), "nihgt"),
        (("periods",), "Missing argument"),
    ],
)
def test_what_a_person_can_put_right_is_told_without_a_traceback(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 2, "No space left on device. Free some space"),
        (psycopg.errors.DiskFull("could not extend file"), 2, "The disk of the warehouse is full"),
        (SystemExit(130), 130, "Stopped."),
    ],
)
def test_a_full_disk_and_ctrl_c_end_in_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def fail(_: Path) -> None:
        raise error

    monkeypatch.setattr("kpi_reporting.registry.load_registry", fail)
    ended, _, err = run("check-registry", str(THANH_HOA))
    assert (ended, len(err.splitlines())) == (code, 1)
    assert said in err


def test_a_defect_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kpi_reporting.registry.load_registry", fail)
    with pytest.raises(ZeroDivisionError):
        run("check-registry", str(THANH_HOA))


def test_a_good_registry_is_summed_up(run: Run) -> None:
    code, out, _ = run("check-registry", str(THANH_HOA))
    assert code == 0
    assert out.startswith("thanh_hoa: ")
    assert "await confirmation" in out


def test_templates_are_written_form_by_form(run: Run, tmp_path: Path) -> None:
    arguments = (
        "--to",
        str(tmp_path),
        "--day",
        "2025-07-14",
        "--form",
        "DV-01",
        "--registry",
        str(THANH_HOA),
    )
    code, out, _ = run("templates", *arguments)
    assert (code, out) == (0, f"{tmp_path}/DV-01_v1: 2 workbooks\n")
    assert len(list(tmp_path.rglob("*.xlsx"))) == 2


@pytest.mark.parametrize(
    "command",
    [
        "night",
        "check",
        "check-registry",
        "periods",
        "summary",
        "board",
        "history",
        "findings",
        "templates",
        "dsn",
        "held",
        "release",
        "refuse",
        "up",
        "down",
        "migrate",
        "prepare",
    ],
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert len(out) > 200
