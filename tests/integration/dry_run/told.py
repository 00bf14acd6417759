"""What a dry run says of files, and what the night made of them, in one form to be compared."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psycopg

from kpi_reporting.dry_run import Verdict
from kpi_reporting.warehouse.withheld import withheld_origin

Told = tuple[str, frozenset[tuple[str | None, ...]]]

_STATES = """
select s.origin, s.submission_id, now.state
from raw.submissions as s
inner join lateral (
    select st.state from raw.submission_states as st
    where st.submission_id = s.submission_id
    order by st.state_seq desc limit 1
) as now on true
where s.submission_id > %s
"""
_FINDINGS = """
select rule_id, severity, sender_code, form_code, period_code, file_name, sheet_name, cell, subject, found, message_vi
from quality.findings where submission_id = %s and night_id = %s
"""
_EVERYTHING = """
select format('select %%L, count(*), md5(string_agg(t::text, '','' order by t::text)) from %%I.%%I as t',
    schemaname || '.' || tablename, schemaname, tablename)
from pg_tables where schemaname in ('raw', 'quality', 'staging', 'reporting', 'registry', 'national')
order by 1
"""


def as_the_night_tells(conn: psycopg.Connection, night_id: str, after: int = 0) -> dict[str, Told]:
    """State and findings of each submission numbered higher than ``after``, by origin."""
    with conn.transaction():
        return {
            origin: (state, frozenset(conn.execute(_FINDINGS, (submission_id, night_id)).fetchall()))
            for origin, submission_id, state in conn.execute(_STATES, (after,)).fetchall()
        }


def as_the_dry_run_tells(verdicts: Iterable[Verdict], inbox: Path) -> dict[str, Told]:
    """What was said of each file, by the name the ledger has for it."""
    return {_name(one, one.path.relative_to(inbox).as_posix()): told(one) for one in verdicts}


def _name(verdict: Verdict, origin: str) -> str:
    is_secret = any(one.rule_id == "state_secret" for one in verdict.findings)
    return withheld_origin(origin.split("/", maxsplit=1)[0], origin) if is_secret else origin


def told(verdict: Verdict) -> Told:
    findings = (
        (f.rule_id, f.severity, f.sender_code, f.form_code, f.period_code, f.file_name, f.sheet_name, f.cell,
         f.subject, f.found, f.message_vi)
        for f in verdict.findings
    )  # fmt: skip
    return verdict.outcome, frozenset(findings)


def everything(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    """Every row of the warehouse, as hashes of its tables."""
    with conn.transaction():
        queries = conn.execute(_EVERYTHING.replace("%%", "%").encode()).fetchall()
        return [row for (query,) in queries for row in conn.execute(query.encode()).fetchall()]
