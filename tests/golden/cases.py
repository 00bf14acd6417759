"""A golden case: a small registry, filings written by hand, the nights that see them, and what must come out.

cases/<name>/case.yml       why the case exists; the nights (as_of); when each filing was received;
                            optionally `only`, an SQL condition per compared table, and `withdrawals`, by file when its
                            sender took it back: entered before the first night that looks from then; and
                            `decisions`, by held file what a person decided and when, entered likewise
cases/<name>/filings/       the filings as a sender would drop them
cases/<name>/registry/      registry files that replace those of tests/golden/registry
cases/<name>/expectations/  rules besides those of tests/golden/expectations
cases/<name>/expected/      one CSV per compared table; its header names the columns that are compared
"""

from __future__ import annotations

import csv
import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import yaml

from kpi_reporting.checks import HeldDecision, Withdrawal, record_held_decision, record_withdrawal

HERE = Path(__file__).parent

# What is compared, with a name of its own for every submission: the file it came in.
_TABLES = {
    "submissions": """
        select s.submission_id, s.file_name, g.sender_code, g.form_code, g.period_code, g.is_nil, g.claimed_by,
            now.state, now.reason
        from raw.submissions as s
        left join raw.readings as g using (submission_id)
        inner join lateral (
            select state, reason from raw.submission_states as st
            where st.submission_id = s.submission_id order by state_seq desc limit 1
        ) as now on true
    """,
    "findings": "select * from quality.findings",
    "kpi_values": "select * from reporting.kpi_values",
    "kpi_values_on_current_boundaries": "select * from reporting.kpi_values_on_current_boundaries",
    "kpi_comparisons": "select * from reporting.kpi_comparisons",
    "kpi_series": "select * from reporting.kpi_series",
    "kpi_value_issues": "select * from reporting.kpi_value_issues",
    "indicator_value_issues": "select * from reporting.indicator_value_issues",
    "kpi_values_on_current_boundaries_issues": "select * from reporting.kpi_values_on_current_boundaries_issues",
    "kpi_comparison_issues": "select * from reporting.kpi_comparison_issues",
    "target_progress_issues": "select * from reporting.target_progress_issues",
    "indicator_values": """
        select v.*, s.file_name from reporting.indicator_values as v inner join raw.submissions as s using (submission_id)
    """,
    "obligations": """
        select o.*, s.file_name from reporting.obligations as o left join raw.submissions as s using (submission_id)
    """,
    "target_progress": "select * from reporting.target_progress",
    "publications": "select * from reporting.publications",
    "completeness": "select * from reporting.completeness",
    "extra_filings": """
        select e.*, s.file_name from reporting.extra_filings as e inner join raw.submissions as s using (submission_id)
    """,
    "obligation_transitions": """
        select t.*, s.file_name from reporting.obligation_transitions as t left join raw.submissions as s using (submission_id)
    """,
}


@dataclass(frozen=True)
class Case:
    """A case as written in its folder."""

    name: str
    why: str
    nights: tuple[str, ...]
    received: dict[str, str]
    only: dict[str, str] = field(default_factory=dict)
    withdrawals: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return HERE / "cases" / self.name

    @property
    def expected(self) -> dict[str, list[dict[str, str]]]:
        return {path.stem: _read(path) for path in sorted((self.folder / "expected").glob("*.csv"))}


def all_cases() -> list[Case]:
    """Read every case; a folder without filings or expectations is a mistake, not an empty case."""
    folders = sorted(path.parent for path in (HERE / "cases").glob("*/case.yml"))
    return [_case(folder) for folder in folders]


def _case(folder: Path) -> Case:
    written = yaml.safe_load((folder / "case.yml").read_text(encoding="utf-8"))
    case = Case(folder.name, **{**written, "nights": tuple(written["nights"])})
    filings = {path.name for path in (folder / "filings").iterdir()}
    if filings != set(case.received):
        raise ValueError(f"{folder}: filings and 'received' differ: {sorted(filings ^ set(case.received))}")
    if not case.expected or case.expected.keys() - _TABLES.keys():
        raise ValueError(f"{folder}: expected/ needs CSV files named after {', '.join(_TABLES)}")
    return case


def lay_out(case: Case, place: Path) -> tuple[Path, Path]:
    """Copy the case's registry and inbox to a fresh place; return both folders."""
    registry, inbox = place / "registry", place / "inbox"
    shutil.copytree(HERE / "registry", registry)
    shutil.copytree(HERE / "expectations", place / "expectations")
    for name in ("registry", "expectations"):
        if (case.folder / name).is_dir():
            shutil.copytree(case.folder / name, place / name, dirs_exist_ok=True)
    shutil.copytree(case.folder / "filings", inbox / "filings")
    for name, instant in case.received.items():
        seconds = datetime.fromisoformat(instant).timestamp()
        os.utime(inbox / "filings" / name, (seconds, seconds))
    return registry, inbox


def enter_acts(conn: psycopg.Connection, case: Case, as_of: str) -> None:
    """Enter what senders took back, and what was decided about held files, before a night and after the one before."""
    nights = ["", *case.nights]
    before = nights[nights.index(as_of) - 1]
    for name, asked_at in case.withdrawals.items():
        if before < asked_at <= as_of:
            instant = datetime.fromisoformat(asked_at)
            act = Withdrawal(_number(conn, name), "Văn phòng", instant, "Sai số liệu", "Cán bộ trực")
            record_withdrawal(conn, act)
    for name, said in case.decisions.items():
        decision, decided_at = said.split()
        if before < decided_at <= as_of:
            instant = datetime.fromisoformat(decided_at)
            record_held_decision(
                conn,
                HeldDecision(_number(conn, name), decision, "Chánh Văn phòng", instant, "Bão", "Cán bộ trực"),
            )
    conn.commit()


def _number(conn: psycopg.Connection, name: str) -> int:
    (row,) = conn.execute("select submission_id from raw.submissions where file_name = %s", (name,))
    return int(row[0])


def found(conn: psycopg.Connection, case: Case, table: str) -> str:
    """Return the table as CSV text, in the columns and the order of what is expected."""
    columns = list(case.expected[table][0])
    where = case.only.get(table, "true")
    query = f"select {', '.join(columns)} from ({_TABLES[table]}) as found where {where}"
    rows = conn.execute(query.encode()).fetchall()
    return as_text(columns, [[_text(cell) for cell in row] for row in rows])


def wanted(case: Case, table: str) -> str:
    rows = case.expected[table]
    return as_text(list(rows[0]), [list(row.values()) for row in rows if any(row.values())])


def as_text(columns: list[str], rows: list[list[str]]) -> str:
    return "\n".join([",".join(columns), *sorted(",".join(row) for row in rows)])


def _text(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)


def _read(path: Path) -> list[dict[str, str]]:
    """Rows of an expected file; a file with only its header means: nothing may be there."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        return list(reader) or [dict.fromkeys(reader.fieldnames or (), "")]
