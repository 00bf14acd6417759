"""Saved queries: every shipped one is sound, and a faulty header is refused with a sentence that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_reporting.publish.saved_queries import version_folders
from kpi_reporting.publish.saved_query import SavedQueryError, read_saved_query, with_placeholders

PROJECT = Path(__file__).parents[3]
SHIPPED = sorted((PROJECT / "contracts").glob("v*/queries/*.sql"))
GOOD = """-- purpose: What a screen of the reporting system shows.
-- columns: {kpi_code: text, value: numeric}
-- one_per: [kpi_code]
-- parameters: {kpi_code: select min(kpi_code) from kpis}
-- limit_ms: 100
select kpi_code, value from kpi_values where kpi_code = :'kpi_code';
"""


def test_there_are_ten_queries_to_try() -> None:
    assert len(SHIPPED) == 10


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_query_can_be_read_and_names_no_schema(path: Path) -> None:
    query = read_saved_query(path)
    assert query.file == f"v1/queries/{path.name}"
    assert "reporting." not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("-- limit_ms: 100\n", "", "limit_ms"),
        ("limit_ms: 100", "limit_ms: 0", "limit_ms"),
        ("one_per: [kpi_code]", "one_per: [unit_id]", "one_per: not among the columns: unit_id"),
        ("value: numeric", "value: money_of_account", "no type money_of_account"),
        (":'kpi_code'", "'A'", r"the SQL uses \[\], the header names \['kpi_code'\]"),
        (":'kpi_code'", ":'unit_id'", r"the SQL uses \['unit_id'\]"),
        ("-- purpose", "-- aim", "aim"),
        ("-- one_per: [", "-- one_per: [[", "expected ',' or ']'"),
        ("-- ", "", "purpose Field required"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    path = tmp_path / "screen.sql"
    path.write_text(GOOD)
    assert read_saved_query(path).limit_ms == 100
    path.write_text(GOOD.replace(right, wrong))
    with pytest.raises(SavedQueryError, match=rf"screen.sql: the header(.|\n)*{message}"):
        read_saved_query(path)


def test_a_parameter_may_stand_beside_a_percent_sign() -> None:
    written = with_placeholders("where name like 'A%' and unit_id = :'unit_id' and day = cast(x as date)")
    assert written == b"where name like 'A%%' and unit_id = %(unit_id)s and day = cast(x as date)"


def test_versions_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("v10", "v2", "v1", "views", "notes"):
        (tmp_path / name).mkdir()
    assert list(version_folders(tmp_path)) == [1, 2, 10]
