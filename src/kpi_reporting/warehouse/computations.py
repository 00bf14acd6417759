"""Computations of figures: what each read of the ledger, and whether a new one may go on from the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from kpi_reporting.warehouse.nights import Night

# Writers are waited for, so that nothing with a lower number turns up after this was read.
_WAIT_FOR_WRITERS = "lock table raw.submission_states, national.approvals, national.deliveries in share mode"

_GOES_ON = """
select
    to_regclass('marts.mart_kpi_values') is not null
    and exists (select from raw.computations where is_published)
    and not exists (
        select from raw.computations as c
        where
            c.computation_id >= (select max(p.computation_id) from raw.computations as p where p.is_published)
            and (c.state_sha256 <> %(state)s or c.as_of > %(as_of)s or (c.is_full and not c.is_published))
    )
"""

_OPEN = """
insert into raw.computations (
    night_id, as_of, ledger_seq, approvals_read, deliveries_read, state_sha256, is_full
)
select
    %(night_id)s, %(as_of)s,
    (select coalesce(max(s.state_seq), 0) from raw.submission_states as s),
    (select coalesce(max(a.approval_id), 0) from national.approvals as a),
    (select coalesce(max(d.delivery_id), 0) from national.deliveries as d),
    %(state)s, %(is_full)s
"""


@contextmanager
def figures_locked(conn: psycopg.Connection) -> Iterator[None]:
    """Keep the tables of figures to oneself; a second computation or rebuild waits for the first."""
    lock = "hashtext('kpi_reporting.figures')"
    with conn.transaction():
        conn.execute(f"select pg_advisory_lock({lock})")
    try:
        yield
    finally:
        with conn.transaction():
            conn.execute(f"select pg_advisory_unlock({lock})")


def open_computation(conn: psycopg.Connection, night: Night, state_sha256: str) -> bool:
    """Record how far the ledger, decisions and deliveries are read; return whether everything has to be computed.

    A computation goes on from the last published one. It cannot when the registry or a model changed since, when an
    interrupted one in between looked from a later instant or computed everything, or when there is none.
    """
    told = {"night_id": night.night_id, "as_of": night.as_of, "state": state_sha256}
    with conn.transaction():
        conn.execute(_WAIT_FOR_WRITERS)
        is_full = conn.execute(_GOES_ON, told).fetchone() != (True,)
        conn.execute(_OPEN, {**told, "is_full": is_full})
    return is_full


def compute_everything_next(conn: psycopg.Connection) -> None:
    """Have the next computation begin anew: none goes on from one that another registry or other models made."""
    with conn.transaction():
        conn.execute("update raw.computations set state_sha256 = ''")


__all__ = ["compute_everything_next", "figures_locked", "open_computation"]
