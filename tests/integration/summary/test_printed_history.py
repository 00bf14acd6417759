"""How a figure came about, printed from a real warehouse, and the board of a past publication."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kpi_reporting.board import print_board, print_history
from kpi_reporting.errors import KpiReportingError
from tests.integration.summary.night import Printed

RESTATED = """
insert into reporting.publications (
    night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed, changed_files
)
select 'later', as_of + interval '1 day', '', '', 0, 1, 0, array['kpi_terms', 'kpis'] from reporting.publications
where publication_id = 1;
insert into reporting.restatements (
    kpi_code, formula_code, unit_id, calendar_code, period_code, revision, publication_id, cause, is_removed, old_value,
    difference_unit, was_delivered, is_material, material_reasons
)
select
    kpi_code, formula_code, unit_id, calendar_code, period_code, 2, 2, 'formula', false, value, 'percentage points',
    false, true, array['threshold', 'target']
from reporting.kpi_values
where formula_code = 'ONLINE-a' and unit_code = '99' and period_code = '2025-M07';
"""
ISSUE = """
insert into reporting.kpi_value_issues
select (jsonb_populate_record(i, %s)).* from reporting.kpi_value_issues as i
where i.formula_code = 'ONLINE-a' and i.unit_code = '99' and i.period_code = '2025-M07' and i.revision = 1
"""


def restate(conn: psycopg.Connection, **told: object) -> None:
    conn.execute(ISSUE, (Jsonb(told),))


@pytest.fixture
def restated(conn: psycopg.Connection) -> psycopg.Connection:
    """The province's figure of July restated by the registry, stopped, and taken away."""
    conn.execute("alter sequence reporting.publications_publication_id_seq restart with 2")
    conn.execute(RESTATED.encode())
    restate(conn, revision=2, publication_id=2, cause="formula", value="12.5", numerator="1", denominator="8")
    restate(conn, revision=3, publication_id=2, cause="stopped", value="12.5", is_stale=True)
    restate(
        conn,
        revision=4,
        publication_id=2,
        cause="removed",
        value=None,
        numerator=None,
        denominator=None,
        is_removed=True,
    )
    return conn


def test_every_issue_is_printed_with_value_publication_and_cause(
    restated: psycopg.Connection, printed: Printed
) -> None:
    told = printed(print_history, "ONLINE", None, None, "ONLINE-a")
    assert "ONLINE ONLINE-a: Tỉnh Thử Nghiệm, 2025-M07 administrative" in told
    assert "1 1, 2025-07-17 01:00 79.6 % 9 906 / 12 445 partial, 2 of 4 units first" in told
    assert "2 2, 2025-07-18 01:00 12.5 % 1 / 8 partial, 2 of 4 units formula (kpi_terms.csv," in told
    assert "material: threshold," in told
    assert "\nstale" in told
    assert "4 2, 2025-07-18 01:00 – taken away removed" in told


def test_a_unit_a_period_and_all_formulas_can_be_asked_for(printed: Printed) -> None:
    both = printed(print_history, "ONLINE")
    assert [code in both for code in ("ONLINE-a:", "ONLINE-b:")] == [True, True]
    told = printed(print_history, "ONLINE", "90004", "2025-m07")
    assert "ONLINE ONLINE-a: " in told
    assert "9 876 / 12 345" in told
    assert "Tỉnh Thử Nghiệm" not in told


def test_what_was_never_published_is_told_in_one_sentence(conn: psycopg.Connection) -> None:
    with pytest.raises(
        KpiReportingError, match=r"^Nothing was ever published for the KPI 'NONE'; `kpi-reporting"
    ):
        print_history(conn, "NONE")
    with pytest.raises(KpiReportingError, match="the KPI 'ONLINE' of the unit 4711 by the formula X;"):
        print_history(conn, "ONLINE", "4711", formula="X")
    with pytest.raises(KpiReportingError, match=r"for the period '2031-M01'; published are .*2025-M07"):
        print_history(conn, "ONLINE", period="2031-M01")


def test_the_board_of_a_past_publication_shows_what_stood_then(
    restated: psycopg.Connection, printed: Printed
) -> None:
    restated.execute("update reporting.kpi_values set value = 1 where formula_code = 'ONLINE-a'")
    assert "79.60 %" not in printed(print_board)

    def past(conn: psycopg.Connection, screen: object) -> None:
        print_board(conn, screen=screen, publication_id=1)  # type: ignore[arg-type]

    told = printed(past)
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 79.60 % ✓ reached 9 906 / 12 445\n" in told
    assert "publication 1, as of 2025-07-17 01:00; function reporting.kpi_values_as_of(1)." in told
    with pytest.raises(KpiReportingError, match="There is no publication 77"):
        print_board(restated, publication_id=77)


def test_the_program_prints_a_history_and_a_past_board(program: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = program("history", "ONLINE", "--unit", "90001", "--formula", "ONLINE-a")
    assert code == 0
    assert "30 / 100" in out
    code, out, _ = program("board", "--publication", "1")
    assert code == 0
    assert "79.60 %" in out
