"""Forms that are filed in parts: a rebuild beside the warehouse equals what the nights kept, and past nights come out
the same."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from kpi_reporting import night
from kpi_reporting.warehouse import connect
from tests.golden.cases import all_cases, enter_acts, lay_out
from tests.golden.chain import run_night, settings_for

pytestmark = pytest.mark.integration

CASE = next(case for case in all_cases() if case.name == "parts_of_a_report_are_merged")
NIGHTS = CASE.nights[1:4]  # two parts, the correction of a figure, its withdrawal
_COMPUTED = "select is_full from raw.computations order by computation_id"


def test_nights_of_parts_are_computed_by_what_changed_and_rebuilt_cell_by_cell(
    warehouse_dsn: str, tmp_path: Path
) -> None:
    registry, inbox = lay_out(CASE, tmp_path)
    settings = settings_for(warehouse_dsn, tmp_path / "home")
    for as_of in NIGHTS:
        with connect(warehouse_dsn) as conn:
            enter_acts(conn, CASE, as_of)
        run_night(settings, registry, inbox, as_of)
    with connect(warehouse_dsn) as conn:
        computed = [is_full for (is_full,) in conn.execute(_COMPUTED).fetchall()]
    assert computed == [True, False, False]
    with mock.patch.object(night, "get_settings", return_value=settings):
        assert night.rebuild({"registry": str(registry)})["rows_compared"] > 0
        assert night.replay(registry, 2)["rows_compared"] > 0
