"""Only what a person signed leaves, and only as it was signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.errors import NationalError
from kpi_reporting.national import deliver, enqueue, prepare_signoff, record_decision
from kpi_reporting.warehouse.nights import Night
from tests.integration.delivery.national_server import NationalSystem
from tests.integration.published import NOW, publish_again

NIGHT = Night(datetime(2025, 7, 16, 18, tzinfo=UTC), Path(), Path())


def test_only_signed_off_figures_leave(conn: psycopg.Connection, system: NationalSystem) -> None:
    deliver(conn, system, NIGHT)
    publish_again(
        conn, "second", "update reporting.kpi_values set value = 65 where formula_code = 'DT03-plan'"
    )
    with pytest.raises(NationalError, match="not approved"):
        enqueue(conn, 2)
    with pytest.raises(NationalError, match="changed since"):
        enqueue(conn, 1)

    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "refused", "chi.lanh.dao", NOW, "xem lại số liệu")
    with pytest.raises(NationalError, match="not approved"):
        enqueue(conn, 2)
    assert prepare_signoff(conn) is None


def test_a_signature_under_figures_that_changed_meanwhile_is_not_kept(conn: psycopg.Connection) -> None:
    publish_again(conn, "second", "select 1")
    signoff = prepare_signoff(conn)
    assert signoff is not None
    publish_again(conn, "third", "select 1")
    with pytest.raises(NationalError, match="changed before they were signed off"):
        record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)


def test_a_decision_is_kept_once_and_not_overwritten(conn: psycopg.Connection) -> None:
    publish_again(conn, "second", "select 1")
    signoff = prepare_signoff(conn)
    assert signoff is not None
    assert "| DT03 (DT03-plan)" not in signoff.summary  # nothing new since the last approval
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    assert conn.execute("select count(*) from national.approvals").fetchone() == (2,)
    with pytest.raises(NationalError, match="already approved by chi.lanh.dao"):
        record_decision(conn, signoff, "refused", "anh.khac", NOW, None)
