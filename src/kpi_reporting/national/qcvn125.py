"""Messages named after the data packets of QCVN 125:2021/BTTTT (issued with Circular 02/2021/TT-BTTTT).

The regulation names the packets: catalogue of indicators, KPI set, KPI data, report status. Its field schema is
not public, so every field name below is ours and will be replaced in this module alone. Figures are sent as text,
because JSON numbers would pass through binary floats on the way.

Only primary formulas of the unit at the top (the province) leave. A figure that is absent is not sent as zero: the
report status says what was filed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from kpi_reporting.national.adapter import Draft

_PROVINCE = """
select unit_code, name_vi from reporting.units where parent_id is null order by valid_from desc limit 1
"""

_CATALOGUE = """
select distinct on (sort_order, kpi_code)
    kpi_code as key, kpi_code, name_vi, name_en, unit_of_measure, decimals, direction, quantified
from reporting.kpis
order by sort_order, kpi_code, formula_version desc
"""

_KPI_SET = """
select
    k.kpi_code || '/' || k.formula_code || '/' || k.formula_version as key, k.kpi_code, k.formula_code,
    k.formula_version, k.formula_vi, k.valid_from, k.valid_to, k.legal_basis, k.confirmed
from reporting.kpis as k
where k.is_primary and k.formula_code <> ''
order by k.sort_order, k.kpi_code, k.formula_code, k.formula_version
"""

_DATA = """
select
    v.calendar_code, v.period_code, v.period_kind, v.first_day, v.last_day,
    v.kpi_code || '/' || v.formula_code as key, v.kpi_code, v.formula_code, v.formula_version, v.value,
    v.numerator, v.denominator, v.unit_of_measure, v.units_counted, v.units_owed, v.data_state, v.is_stale,
    v.confirmed
from reporting.kpi_values as v
inner join reporting.units as u using (unit_id)
where u.parent_id is null and v.is_primary and v.formula_code <> '' and v.value is not null
order by v.calendar_code, v.first_day, v.last_day, v.period_code, v.kpi_code, v.formula_code
"""

_STATUS = """
select
    o.calendar_code, o.period_code, t.period_kind, t.first_day, t.last_day, o.form_code as key, o.form_code,
    count(*) as owed, count(o.submission_id) as received,
    count(*) filter (where o.submission_id is not null and o.is_late) as received_late,
    count(*) - count(o.submission_id) as missing
from reporting.obligations as o
inner join reporting.periods as t using (calendar_code, period_code)
inner join reporting.publications as p on p.publication_id = %s
where o.state not in ('not_applicable', 'not_owed') and (o.due_at <= p.as_of or o.submission_id is not null)
group by o.calendar_code, o.period_code, t.period_kind, t.first_day, t.last_day, o.form_code
order by o.calendar_code, t.first_day, t.last_day, o.period_code, o.form_code
"""

_PERIOD_COLUMNS = ("calendar_code", "period_code", "period_kind", "first_day", "last_day")

Row = dict[str, Any]


class Qcvn125:
    """The four packets that carry KPI figures, with our field names."""

    def drafts(self, conn: psycopg.Connection, publication_id: int) -> Iterator[Draft]:
        """Yield catalogue, KPI set, and data and status of every published period."""
        province = _rows(conn, _PROVINCE)
        sender = province[0] if province else {"unit_code": None, "name_vi": None}
        yield Draft(
            "indicator_catalogue", "indicator_catalogue", _content(sender, None, _rows(conn, _CATALOGUE))
        )
        yield Draft("kpi_set", "kpi_set", _content(sender, None, _rows(conn, _KPI_SET)))
        yield from _per_period("kpi_data", sender, _rows(conn, _DATA))
        yield from _per_period("report_status", sender, _rows(conn, _STATUS, (publication_id,)))

    def body(self, draft: Draft, revision: int) -> bytes:
        """Return canonical JSON: sorted keys, no blanks, UTF-8."""
        message = {
            "packet": draft.packet, "business_key": draft.business_key, "revision": revision, **draft.content,
        }  # fmt: skip
        text = json.dumps(
            message, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text
        )
        return text.encode()


def _rows(conn: psycopg.Connection, query: str, asked: tuple[int, ...] = ()) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), asked or None).fetchall()


def _per_period(packet: str, sender: Row, rows: Iterable[Row]) -> Iterator[Draft]:
    """One draft per period; rows come ordered by period."""
    for period, items in groupby(rows, key=lambda row: {name: row[name] for name in _PERIOD_COLUMNS}):
        thin = [{name: value for name, value in row.items() if name not in _PERIOD_COLUMNS} for row in items]
        key = f"{packet}/{period['calendar_code']}/{period['period_code']}"
        yield Draft(packet, key, _content(sender, period, thin))


def _content(sender: Row, period: Row | None, items: list[Row]) -> Row:
    return {
        "sender": {"province_code": sender["unit_code"], "name_vi": sender["name_vi"]},
        "period": period,
        "items": items,
        "manifest": {"item_count": len(items)},
    }


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a message")
