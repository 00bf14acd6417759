"""Filings that were read and wait to be staged, with rules for the door, so that a night has all its steps to do."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import psycopg

from benchmarks.history import FORMS, Size, file_again

_RULES = """
suite: {form}
rules:
  - id: {form}.not_negative
    layer: row
    severity: error
    for_each: all_figures
    expectation: expect_column_values_to_be_between
    kwargs:
      min_value: 0
    reason_vi: Số liệu không được âm.
    reason_en: The figure cannot be negative.
    action_vi: Sửa ô số liệu này thành số lớn hơn hoặc bằng 0 rồi nộp lại.

  - id: {form}.whole_number
    layer: row
    severity: error
    for_each: all_figures
    expectation: unexpected_rows
    kwargs:
      condition: "{{field}} <> trunc({{field}})"
    reason_vi: Số phải là số nguyên.
    reason_en: The figure must be a whole number.
    action_vi: Nhập số nguyên rồi nộp lại.
"""

# From staging back to what a reader leaves: a list with the number of an item and its value, and a place for each.
_BACK = (
    """
    create temp table sent on commit drop as
    select f.submission_id from staging.stg_filings as f
    inner join raw.submissions as s using (submission_id) where s.night_id = %(night)s
    """,
    """
    insert into raw.sheet_rows (submission_id, sheet_name, row_number, cells)
    select o.submission_id, 'list', o.row_number + 1, json_build_array(o.row_number - 1, o.value)
    from staging.stg_observations as o inner join sent using (submission_id)
    """,
    """
    insert into raw.layout_columns (submission_id, column_number, field_code)
    select s.submission_id, c.place, c.field_code
    from sent as s cross join (values (1, 'item_code'), (2, 'value')) as c (place, field_code)
    """,
    """
    update raw.readings as r
    set sheet_name = 'list', header_row = 1, first_row = 2, last_row = 1000
    from sent as s where s.submission_id = r.submission_id
    """,
    "delete from staging.stg_observations where submission_id in (select s.submission_id from sent as s)",
    "delete from staging.stg_filings where submission_id in (select s.submission_id from sent as s)",
    "delete from raw.submission_states where submission_id in (select s.submission_id from sent as s)",
    """
    insert into raw.submission_states (submission_id, night_id, state)
    select s.submission_id, %(night)s, 'read' from sent as s order by s.submission_id
    """,
)


def send_again(conn: psycopg.Connection, size: Size, night: str, filings: int) -> None:
    """Send filings of the latest month again with other values; they are read, and neither staged nor judged."""
    file_again(conn, size, night, filings, latest=True)
    with conn.transaction():
        for statement in _BACK:
            conn.execute(statement.encode(), {"night": night} if "%(night)s" in statement else None)


def write_rules(folder: Path, project: Path) -> None:
    """Write the rules of every form, and take over those of the exit."""
    folder.mkdir()
    copy(project / "expectations/exit.yml", folder)
    for n in range(FORMS):
        (folder / f"F{n}.yml").write_text(_RULES.format(form=f"F{n}").lstrip(), "utf-8")
