"""Every file is what the manifest says, in the eyes of the product's own readers."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from kpi_reporting.collect.http_api import canonical_json
from kpi_reporting.readers.content import open_content
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.sheet import cell_text
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from sandbox import INVENTED_VI
from sandbox.manifest import Entry
from sandbox.province import Province

NOT_TO_BE_OPENED = {"truncated_workbook", "empty_file", "left_open"}


def data_of(province: Province, entry: Entry) -> tuple[str, bytes]:
    """File name and bytes of an entry, as collecting hands them on."""
    for location, items in province.deliveries.items():
        for item in items:
            if f"{location}/{item.id}" == entry.origin:
                return f"{item.id}.json", canonical_json(item.payload).encode()
    archive, is_in_one, name = entry.origin.partition(".zip/")
    if is_in_one:
        with ZipFile(BytesIO(file_of(province, f"{archive}.zip"))) as opened:
            return name, opened.read(name)
    return entry.origin.rpartition("/")[2], file_of(province, entry.origin)


def file_of(province: Province, origin: str) -> bytes:
    """Bytes of a file in a drop folder or on the SFTP server."""
    served = {file.path: file.data for files in province.sent_files.values() for file in files}
    return served[origin] if origin in served else (province.folder / origin).read_bytes()


def collected(province: Province) -> list[Entry]:
    return [one for one in province.manifest if one.state is not None]


@pytest.fixture(scope="module")
def readings(registry: Registry, province: Province) -> dict[str, Reading]:
    """Every file read once, by where it came from."""
    return {one.origin: read(registry, province, one) for one in collected(province)}


def read(registry: Registry, province: Province, entry: Entry) -> Reading:
    name, data = data_of(province, entry)
    submission = Submission(1, entry.source_code, name, entry.received_at, entry.sha256, "")
    return read_submission(registry, submission, data)


def test_readers_find_what_the_manifest_says_and_nothing_else(
    readings: dict[str, Reading], province: Province
) -> None:
    surprises = {}
    for entry in collected(province):
        reading = readings[entry.origin]
        expected = (entry.state, entry.rules) if entry.state in ("refused", "unpacked") else ("read", ())
        found = (
            reading.state,
            tuple(sorted({finding.rule_id for finding in reading.findings if finding.severity != "info"})),
        )
        if found != expected:
            surprises[entry.origin] = (entry.particular, expected, found)
    assert surprises == {}


def test_files_that_are_read_belong_to_their_sender_form_and_period(
    readings: dict[str, Reading], province: Province
) -> None:
    for entry in collected(province):
        if entry.state not in ("refused", "unpacked"):
            reading = readings[entry.origin]
            told = (reading.sender_code, reading.form_code, reading.period_code)
            assert told == (entry.unit_code, entry.form_code, entry.period_code)


def test_an_archive_holds_two_reports_of_its_sender(readings: dict[str, Reading], province: Province) -> None:
    (archive,) = (one for one in province.manifest if one.is_archive)
    reading = readings[archive.origin]
    inside = [one for one in province.manifest if one.origin.startswith(f"{archive.origin}/")]
    found = {
        f"{archive.origin}/{one.place}": hashlib.sha256(one.data or b"").hexdigest() for one in reading.parts
    }
    assert found == {one.origin: one.sha256 for one in inside}
    assert [(one.unit_code, one.form_code, one.state) for one in inside] == [
        (archive.unit_code, form_code, "accepted") for form_code in ("HL-01", "KT-01")
    ]
    assert {(one.particular, one.period_code, one.received_at) for one in inside} == {
        ("zipped", "2025-Q2", archive.received_at)
    }


def test_all_file_types_and_columns_are_there(readings: dict[str, Reading]) -> None:
    assert {one.reader.split()[0] for one in readings.values() if one.state == "read"} == {
        "xlsx",
        "xls",
        "csv",
        "json",
    }
    for reading in readings.values():
        if reading.state == "read" and reading.table:
            assert reading.table.is_complete
            assert not reading.table.unknown


def test_every_file_says_that_it_is_invented(province: Province) -> None:
    for entry in province.manifest:
        if entry.particular in NOT_TO_BE_OPENED or entry.is_archive:
            continue
        name, data = data_of(province, entry)
        if name.endswith(".json"):
            assert INVENTED_VI in data.decode()
        else:
            sheets = open_content(data, name).document.sheets  # type: ignore[attr-defined]
            assert cell_text(sheets[0].cell(1, 1)) == INVENTED_VI


def figures_of(readings: dict[str, Reading], entry: Entry) -> dict[str, Any]:
    """Figures of a list by item code."""
    reading = readings[entry.origin]
    assert reading.sheet is not None
    assert reading.table is not None
    by_field = {field: column for column, field in reading.table.columns.items()}
    rows = range(reading.table.first_row, reading.table.last_row + 1)
    cells = (
        (reading.sheet.cell(row, by_field["item_code"]), reading.sheet.cell(row, by_field["value"]))
        for row in rows
    )
    return {cell_text(item): Decimal(cell_text(value)) for item, value in cells}


def in_time(province: Province, form_code: str) -> list[Entry]:
    return [one for one in collected(province) if one.form_code == form_code and one.particular == "in_time"]


def test_parts_add_up(readings: dict[str, Reading], province: Province) -> None:
    for entry in in_time(province, "HS-01"):
        at = figures_of(readings, entry)
        assert min(at.values()) >= 0
        assert at["1"] == at["1.1"] + at["1.2"] + at["1.3"] + at["1.4"] == at["2"] + at["3"]
        assert at["2"] == at["2.1"] + at["2.2"] + at["2.3"]
        assert at["3"] == at["3.1"] + at["3.2"]
        assert at["4.2"] <= at["4.1"] <= at["2"]
        assert at["5.2"] <= at["5.1"]


def test_a_month_carries_over_what_the_month_before_left_pending(
    readings: dict[str, Reading], province: Province
) -> None:
    months = {(one.unit_code, one.period_code): one for one in in_time(province, "HS-01")}
    both = [unit for unit, period in months if period == "2025-M06" and (unit, "2025-M05") in months]
    assert len(both) > 5
    for unit in both:
        may = figures_of(readings, months[unit, "2025-M05"])
        june = figures_of(readings, months[unit, "2025-M06"])
        assert june["1.4"] == may["3"] > 0


@pytest.mark.parametrize(("items", "least", "most"), [(("4.1", "2"), 65, 78), (("5.2", "5.1"), 90, 98)])
def test_shares_of_the_province_look_like_a_province(
    readings: dict[str, Reading], province: Province, items: tuple[str, str], least: int, most: int
) -> None:
    july = [one for one in in_time(province, "HS-01") if one.period_code == "2025-M07"]
    numerator, denominator = (sum(figures_of(readings, one)[item] for one in july) for item in items)
    assert least < numerator / denominator * 100 < most
