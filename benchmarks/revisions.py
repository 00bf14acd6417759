"""Changed figures as a computation of what was touched leaves them in the marts, ready to be published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from benchmarks.history import AS_OF
from benchmarks.warehouse import Bench
from kpi_reporting.publish.tables import PUBLISHED
from kpi_reporting.warehouse.nights import Night

_KEYS = "kpi_code, formula_code, unit_id, calendar_code, period_code"

# The province comes first, so that its board changes too; the day ends a month, a quarter, a half and the year.
_CHOOSE = f"""
create table benchmark.touched as
select {_KEYS}, v.last_day
from marts.mart_kpi_values as v
inner join marts.mart_units as u using (unit_id)
where v.last_day = (select max(n.last_day) from marts.mart_kpi_values as n)
order by u.parent_id is null desc, md5(v.kpi_code || v.unit_id), v.period_code
limit %s;
analyze benchmark.touched
"""

_REVISE = f"""
update marts.mart_kpi_values as v
set numerator = coalesce(v.numerator, 0) + 1, value = v.value + 0.01
from benchmark.touched as t
where row({", ".join(f"v.{key}" for key in _KEYS.split(", "))})
    = row({", ".join(f"t.{key}" for key in _KEYS.split(", "))})
"""

_TOUCHED_FIGURES = f"""
insert into intermediate.int_touched_figures ({_KEYS}) select {_KEYS} from benchmark.touched
"""

_TOUCHED_COMPARISONS = f"""
insert into intermediate.int_touched_comparisons ({_KEYS}, compared_with)
select {_KEYS}, c.compared_with
from benchmark.touched inner join marts.mart_kpi_comparisons as c using ({_KEYS})
"""

_NIGHT = """
insert into raw.nights (night_id, registry_code, registry_sha256, as_of, inbox)
values (%(night_id)s, %(registry)s, '', %(as_of)s, '')
"""

_COMPUTED = """
insert into raw.computations (night_id, as_of, ledger_seq, state_sha256, is_full)
select %(night_id)s, %(as_of)s, max(c.ledger_seq), max(c.state_sha256), false from raw.computations as c
"""


def choose_figures(conn: psycopg.Connection, rows: int) -> dict[str, Any]:
    """Choose the figures that every revision changes; return the key of one of the province's."""
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        for statement in _CHOOSE.split(";"):
            cursor.execute(statement.encode(), (rows,) if "%s" in statement else None)
        figure = cursor.execute("select * from benchmark.touched limit 1").fetchone()
    if figure is None:
        raise SystemExit("There are no figures to change.")
    return figure


def revise(conn: psycopg.Connection, bench: Bench, number: int) -> Night:
    """Change the chosen figures in the marts; return the night that has to publish them."""
    night = Night(
        datetime.fromisoformat(AS_OF) + timedelta(hours=number), bench.registry.folder, bench.settings.inbox
    )
    told = {"night_id": night.night_id, "registry": bench.registry.code, "as_of": night.as_of}
    with conn.transaction():
        _forget_touched(conn)
        for statement in (_REVISE, _TOUCHED_FIGURES, _TOUCHED_COMPARISONS):
            conn.execute(statement.encode())
        conn.execute(_NIGHT, told)
        conn.execute(_COMPUTED, told)
    return night


def _forget_touched(conn: psycopg.Connection) -> None:
    """Empty the lists of touched keys that the computation before left."""
    for published in PUBLISHED:
        if published.touched and conn.execute("select to_regclass(%s)", (published.touched,)).fetchone() != (
            None,
        ):
            conn.execute(sql.SQL("delete from {}").format(sql.Identifier(*published.touched.split("."))))
