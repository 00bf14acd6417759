"""A table that stands otherwise than in the sender's filing before: the dry run tells what the night tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from kpi_reporting.registry import load_registry
from tests.integration.dry_run.place import Place, placed
from tests.integration.dry_run.told import as_the_dry_run_tells, as_the_night_tells
from tests.workbooks import LIST_HEADER, THANH_HOA, saved, stamp, workbook

JULY, AUGUST, SEPTEMBER = (
    datetime.fromisoformat(f"2025-{month}-16T20:00:00+07:00") for month in ("07", "08", "09")
)
OTHERWISE = ("Mã số", "Chỉ tiêu", "Lũy kế", "Đơn vị tính", "SỐ LIỆU")


@pytest.fixture(scope="module")
def here(warehouse_dsn: str, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("layouts")
    with placed(warehouse_dsn, settings, folder, load_registry(THANH_HOA)) as place:
        yield place


def items(here: Place) -> list[str]:
    return [
        one.item_code or "" for one in here.registry.form_fields if one.form_code == "HS-01" and one.item_code
    ]


def filing(here: Place, unit: str, period: str, header: Sequence[str], *above: Sequence[str]) -> bytes:
    """A whole list whose figures stand under "Số liệu", wherever that is."""
    place = [one.casefold() for one in header].index("số liệu")
    body = [[code, *[None] * (place - 1), 0] for code in items(here)]
    for row in body:
        row[header.index("Lũy kế") if "Lũy kế" in header else 1] = "x"
    return saved(workbook([*stamp("HS-01", unit, period), *above, [], header, *body]))


def test_what_stands_elsewhere_than_in_the_filing_before_is_told_by_both(here: Place) -> None:
    unit = here.commune(-1)
    measure = ("Đơn vị tính", "hồ sơ")
    here.drop("communes/tháng 7.xlsx", filing(here, unit, "2025-M07", LIST_HEADER, measure), JULY)
    nil = saved(workbook(stamp("HS-01", unit, "2025-M08", nil="x")))
    here.drop("communes/tháng 8.xlsx", nil, AUGUST)
    here.night("2025-08-18T01:00:00+07:00")

    september = here.drop("communes/tháng 9.xlsx", filing(here, unit, "2025-M09", OTHERWISE), SEPTEMBER)
    same = here.drop(
        "communes/như cũ.xlsx", filing(here, here.commune(-2), "2025-M09", LIST_HEADER), SEPTEMBER
    )
    told = here.check(september, same)
    assert [one.outcome for one in told] == ["accepted", "accepted"]
    found = {one.rule_id: one for one in told[0].findings if one.rule_id.startswith("history.")}
    assert {rule: (one.severity, one.cell) for rule, one in found.items()} == {
        "history.columns_moved": ("warning", "D6"),
        "history.column_gone": ("warning", "E6"),
        "history.column_new": ("info", "C6"),
        "history.header_respelled": ("info", "E6"),
        "history.measure_changed": ("warning", "A6"),
    }
    moved = found["history.columns_moved"]
    assert (moved.sheet_name, moved.found) == ("Biểu", "C → D, D → E")
    assert "(2025-M07, tệp tháng 7.xlsx)" in moved.message_vi
    assert "history." not in "".join(one.rule_id for one in told[1].findings)

    last, as_of = here.last_number(), "2025-09-18T01:00:00+07:00"
    here.night(as_of)
    assert as_the_dry_run_tells(told, here.inbox) == as_the_night_tells(here.conn, as_of, last)
