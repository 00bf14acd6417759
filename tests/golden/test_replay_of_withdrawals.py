"""A withdrawal is not seen by nights before it: computed again, they give what readers saw then."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from kpi_reporting import night
from kpi_reporting.warehouse import connect
from tests.golden.cases import all_cases, enter_acts, lay_out
from tests.golden.chain import run_night, settings_for

pytestmark = pytest.mark.integration

CASE = next(case for case in all_cases() if case.name == "withdrawn_filing_leaves_the_obligation_open")
_COUNTED = "select count(*) from reporting.kpi_values_as_of(%s) where value is not null"


def test_nights_around_a_withdrawal_come_out_the_same(warehouse_dsn: str, tmp_path: Path) -> None:
    registry, inbox = lay_out(CASE, tmp_path)
    settings = settings_for(warehouse_dsn, tmp_path / "home")
    for as_of in CASE.nights[1:3]:
        with connect(warehouse_dsn) as conn:
            enter_acts(conn, CASE, as_of)
        run_night(settings, registry, inbox, as_of)
    with mock.patch.object(night, "get_settings", return_value=settings):
        assert all(night.replay(registry, publication)["rows_compared"] > 0 for publication in (1, 2))
        assert night.rebuild({"registry": str(registry)})["rows_compared"] > 0
    with connect(warehouse_dsn) as conn:
        counted = [conn.execute(_COUNTED, (publication,)).fetchone() for publication in (1, 2)]
    assert counted == [(2,), (0,)]
