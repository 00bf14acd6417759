"""Replaying a submission that was kept out: its bytes are read again, as if they had just been collected.

For when the fault was ours: a field map, a rule or a unit that was mended since. When it was received does not change.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import ReplayError
from kpi_reporting.readers.secrets_of_state import RULE_ID as STATE_SECRET
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

_SUBMISSION = f"""
select s.file_name, now.state, coalesce(now.reason, '') as reason
from raw.submissions as s
{STATE_NOW} true
where s.submission_id = %s
for update of s
"""
_KEPT_OUT = ("refused", "rejected")
_BY_A_PERSON = "refused by a person"
_READ_BEFORE = ("raw.sheet_rows", "raw.layout_columns", "raw.readings")
_AGAIN = """
insert into raw.submission_states (submission_id, night_id, state, reason) values (%s, %s, 'received', 'replayed')
"""


@dataclass(frozen=True)
class _Known:
    file_name: str
    state: str
    reason: str


def replay(conn: psycopg.Connection, night: Night, submission_id: int) -> bool:
    """Let the night read a submission again that was kept out; False when it waits to be read already.

    What was understood of it before is forgotten, so that nothing of it counts twice; its bytes, states and findings
    stay.

    Raises:
        ReplayError: there is no such submission, it is not kept out, a person refused it, or its bytes were not kept.
    """
    with conn.transaction(), conn.cursor(row_factory=class_row(_Known)) as cursor:
        known = cursor.execute(_SUBMISSION, (submission_id,)).fetchone()
        if known is not None and known.state == "received":
            return False
        _refuse(submission_id, known)
        for table in _READ_BEFORE:
            conn.execute(f"delete from {table} where submission_id = %s".encode(), (submission_id,))
        conn.execute(_AGAIN, (submission_id, night.night_id))
    return True


def _refuse(submission_id: int, known: _Known | None) -> None:
    if known is None:
        raise ReplayError(
            f"There is no submission {submission_id}. `kpi-reporting quarantine` lists what was kept out."
        )
    name = f"Submission {submission_id} ({known.file_name})"
    if known.state not in _KEPT_OUT:
        raise ReplayError(f"{name} is {known.state}; only what was refused or rejected is read again.")
    if STATE_SECRET in known.reason:
        raise ReplayError(f"{name} carries a state secret; its bytes were not kept.")
    if known.reason.startswith(_BY_A_PERSON):
        raise ReplayError(f"{name} was {known.reason}; the sender files anew.")
