"""The gravity of a rule for one sender, and findings that do not tell what stands in the file."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import SUITES, findings, list_of, state

OVERRIDE = "insert into registry.rule_overrides values (%s, %s, %s, %s, %s)"


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        ("HS-01.received_adds_up", {"received_online": 61}),
        ("structure.figure_missing", {"completed_late": None}),
    ],
)
@pytest.mark.parametrize(
    ("since", "until", "verdict", "severity"),
    [
        ("2025-07-14", None, "accepted", "warning"),
        ("2025-01-01", "2025-07-14", "accepted", "warning"),
        ("2025-07-15", None, "rejected", "error"),
        ("2025-01-01", "2025-07-13", "rejected", "error"),
    ],
)
def test_an_override_holds_for_its_sender_and_its_days(
    conn: psycopg.Connection,
    staged: str,
    registry: Registry,
    night: Night,
    rule_id: str,
    change: dict[str, object],
    since: str,
    until: str | None,
    verdict: str,
    severity: str,
) -> None:
    sender, other = f"overridden {night.night_id}", f"not overridden {night.night_id}"
    conn.execute(OVERRIDE, (rule_id, sender, "warning", since, until))
    lenient = list_of(conn, night, registry, sender, **change)
    strict = list_of(conn, night, registry, other, **change)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    assert (state(conn, lenient), findings(conn, lenient)[rule_id]["severity"]) == (verdict, severity)
    assert (state(conn, strict), findings(conn, strict)[rule_id]["severity"]) == ("rejected", "error")


def test_a_warning_may_be_an_error_for_one_sender(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    conn.execute(OVERRIDE, ("HS-01.nothing_at_all", "stricter", "error", "2025-01-01", None))
    zeros = dict.fromkeys(("received_total", "received_online", "received_direct", "received_post", "carried_over",
                           "completed_total", "completed_early", "completed_on_time", "completed_late",
                           "pending_total", "pending_in_time", "pending_overdue", "resolved_online", "full_online"), 0)  # fmt: skip
    stricter = list_of(conn, night, registry, "stricter", **zeros)
    usual = list_of(conn, night, registry, "usual", **zeros)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, stricter), state(conn, usual)) == ("rejected", "accepted")


@pytest.mark.parametrize("sensitive", [True, False])
def test_a_sensitive_rule_does_not_repeat_what_stands_in_the_file(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, tmp_path: Path, sensitive: bool
) -> None:
    (tmp_path / "HS-01.yml").write_text(f"""
suite: HS-01
rules:
  - id: HS-01.few
    layer: row
    severity: warning
    sensitive: {str(sensitive).lower()}
    fields: [received_total]
    expectation: unexpected_rows
    kwargs: {{condition: received_total < 1000}}
    reason_vi: Số hồ sơ quá nhỏ.
    reason_en: There are few dossiers.
    action_vi: Kiểm tra lại số liệu.
""")
    submission = list_of(conn, night, registry, f"sensitive {sensitive}")
    conn.commit()
    check_door(conn, staged, registry, night, tmp_path)
    told = findings(conn, submission)["HS-01.few"]
    assert told["cell"] == "D10"
    assert told["found"] == (None if sensitive else "Tổng số hồ sơ tiếp nhận = 100")
