"""Small parts of the sandbox: legacy text, states over time, how commands end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kpi_reporting.registry import Registry
from kpi_reporting.text import decode_tcvn3
from sandbox.drafts import fill_in
from sandbox.files import grid_of
from sandbox.legacy import in_tcvn3
from sandbox.manifest import Entry, settled
from sandbox.obligations import obligations
from tests.unit.sandbox.conftest import AS_OF

FIRST = Entry(
    "a", "communes", "14758", "HS-01", "2025-M07", "in_time", datetime.fromisoformat("2025-07-15T08:00+07:00"), "1", "accepted"
)  # fmt: skip
SECOND = replace(FIRST, origin="b", received_at=FIRST.received_at + timedelta(hours=1), sha256="2")


def test_legacy_text_is_read_back_as_it_was(registry: Registry) -> None:
    texts = [row.name_vi for row in registry.units] + [row.label for row in registry.form_fields]
    assert [decode_tcvn3(in_tcvn3(text)) for text in texts] == texts
    assert in_tcvn3("Chỉ tiêu") == "ChØ tiªu"


@pytest.mark.parametrize("name", ["0", "b"])
def test_of_two_accepted_filings_the_later_one_stays(name: str) -> None:
    states = {one.received_at: one.state for one in settled([replace(SECOND, origin=name), FIRST])}
    assert states == {FIRST.received_at: "superseded", SECOND.received_at: "accepted"}


@pytest.mark.parametrize("state", ["rejected", "refused", "held", "duplicate", None])
def test_a_filing_that_was_not_accepted_replaces_nothing(state: str | None) -> None:
    later = replace(SECOND, state=state)
    assert [one.state for one in settled([FIRST, later])] == ["accepted", state]


def test_filings_of_other_units_forms_or_periods_do_not_meet() -> None:
    others = [
        replace(SECOND, unit_code="14797"),
        replace(SECOND, form_code="KT-01"),
        replace(SECOND, period_code="2025-M06"),
    ]
    assert {one.state for one in settled([FIRST, *others])} == {"accepted"}


def test_labels_of_a_group_stand_below_its_name(registry: Registry) -> None:
    district = next(one for one in obligations(registry, AS_OF) if one.form.form_code == "HS-01H")
    grid = grid_of(fill_in(registry, 1, district))
    upper, lower = grid.rows[grid.first_row - 3 : grid.first_row - 1]
    assert (upper[:3], lower[:3]) == (["Mã xã", "Tên xã", "Hồ sơ tiếp nhận"], [None, None, "Tổng số"])
    assert upper[3:7] == [None] * 4
    assert lower[3:7] == ["Trực tuyến", "Trực tiếp", "Bưu chính công ích", "Kỳ trước chuyển sang"]
    assert (grid.first_row - 2, grid.first_row - 1, 1, 1) in grid.merged
    assert (grid.first_row - 2, grid.first_row - 2, 3, 7) in grid.merged


@pytest.mark.parametrize("form_code", ["HS-01H", "TT-01", "KN-01"])
def test_the_last_row_of_a_table_is_its_total(registry: Registry, form_code: str) -> None:
    owed = next(one for one in obligations(registry, AS_OF) if one.form.form_code == form_code)
    draft = fill_in(registry, 1, owed)
    *rows, total = draft.records
    assert len(rows) > 5
    assert "Tổng cộng" in total.values()
    for _, column in draft.place.values():
        assert total[column] == sum(row[column] for row in rows) > 0
