"""A warehouse with years of history in it: a registry of any size, and filings written straight into staging."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

LAST_YEAR = 2025
AS_OF = f"{LAST_YEAR + 1}-01-05T01:00:00+07:00"
FORMS, DISTRICTS = 5, 34
_DAY = date(LAST_YEAR - 10, 1, 1).isoformat()


@dataclass(frozen=True)
class Size:
    """How much history there is: every unit reports every indicator every month."""

    units: int = 3321
    months: int = 120
    indicators: int = 50

    @property
    def observations(self) -> int:
        """Number of observations in force."""
        return self.units * self.months * self.indicators

    @property
    def first_month(self) -> tuple[int, int]:
        """Year and number of the first month that is reported."""
        years, number = divmod(LAST_YEAR * 12 + 12 - self.months, 12)
        return years, number + 1

    @property
    def first_day(self) -> str:
        """Last day of the administrative month before the first one; obligations begin after it."""
        year, number = self.first_month
        return (date(year, number, 14) - timedelta(days=31)).replace(day=14).isoformat()


def write_registry(folder: Path, template: Path, size: Size) -> None:
    """Write a registry of a province, its districts and communes; KPIs divide each indicator by the next."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    tables: dict[str, Sequence[Sequence[Any]]] = {
        "settings": [*_settings(size)],
        "units": [*_units(size)],
        "unit_events": [],
        "indicators": [*_indicators(size)],
        "forms": [*_forms(size)],
        "form_fields": [*_fields(size)],
        "obligations": [[f"F{n}", "commune", "", size.first_day, "", "", "true"] for n in range(FORMS)],
        "kpis": [*_kpis(size)],
        "kpi_formulas": [*_formulas(size)],
        "kpi_terms": [*_terms(size)],
    }
    for name, rows in tables.items():
        _replace_rows(folder / f"{name}.csv", rows)


def _replace_rows(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _settings(size: Size) -> Iterable[Sequence[Any]]:
    values = {
        "registry_code": "history", "name_vi": "Tỉnh thử nghiệm", "name_en": "Test province",
        "province_code": "99", "agency_code": "T99", "national_due_shift": "none", "straddle_side": "last_day",
        "first_year": size.first_month[0], "last_year": LAST_YEAR, "working_days": "mon-fri",
        "measured_calendar": "administrative",
    }  # fmt: skip
    return ([name, value, "", "true"] for name, value in values.items())


def _units(size: Size) -> Iterable[Sequence[Any]]:
    yield [f"99@{_DAY}", "99", "province", "Tỉnh", "Tỉnh", "Province", "", _DAY, "", "", "true"]
    for n in range(DISTRICTS):
        yield [
            f"d{n}@{_DAY}",
            f"d{n}",
            "district",
            "Huyện",
            f"Huyện {n}",
            f"District {n}",
            f"99@{_DAY}",
            _DAY,
            "",
            "",
            "true",
        ]
    for n in range(size.units):
        parent = f"d{n % DISTRICTS}@{_DAY}"
        yield [
            f"c{n}@{_DAY}",
            f"c{n}",
            "commune",
            "Xã",
            f"Xã {n}",
            f"Commune {n}",
            parent,
            _DAY,
            "",
            "",
            "true",
        ]


def _indicators(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(size.indicators):
        yield [f"i{n}", f"Chỉ tiêu {n}", f"Indicator {n}", "hồ sơ", "flow", "true", "", "", "true"]


def _forms(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(FORMS):
        yield [
            f"F{n}", 1, "dossiers", f"Biểu {n}", f"Form {n}", "month", "list", "vi", "unicode", "fixed_day", 25, 30,
            _DAY, "", "", "true",
        ]  # fmt: skip


def _fields(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(FORMS):
        yield [f"F{n}", 1, "item_code", "item_code", "Mã số", "", "", "total", "actual", 1, "true"]
        yield [f"F{n}", 1, "value", "value", "Số liệu", "", "", "total", "actual", 1, "true"]
    for n in range(size.indicators):
        yield [
            f"F{n % FORMS}",
            1,
            f"f{n}",
            "indicator",
            f"Chỉ tiêu {n}",
            n,
            f"i{n}",
            "total",
            "actual",
            1,
            "true",
        ]


def _kpis(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(0, size.indicators, 2):
        yield [f"K{n}", f"Chỉ số {n}", f"KPI {n}", "‰", 2, "higher", "true", n, "", "", "true"]


def _formulas(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(0, size.indicators, 2):
        yield [
            f"K{n}-a",
            1,
            f"K{n}",
            "a / b",
            "a / b",
            1000,
            "sum",
            "sum",
            "non_null",
            "true",
            _DAY,
            "",
            "",
            "true",
        ]


def _terms(size: Size) -> Iterable[Sequence[Any]]:
    for n in range(0, size.indicators, 2):
        yield [f"K{n}-a", 1, "numerator", f"i{n}", "total", 1]
        yield [f"K{n}-a", 1, "denominator", f"i{n + 1}", "total", 1]


_NIGHT = """
insert into raw.nights (night_id, registry_code, registry_sha256, as_of, inbox)
values (%(night)s::text, 'history', 'history', %(night)s::timestamptz, '')
on conflict do nothing
"""

# One filing per commune, month and form; the number of a filing follows from them.
_FILINGS = """
create temp table filed on commit drop as
select
    row_number() over (order by p.first_day, u.unit_id, f.form_code) + %(offset)s as submission_id,
    u.unit_id, u.code, f.form_code, p.period_code, p.first_day, p.last_day
from registry.units as u
cross join registry.forms as f
inner join registry.periods as p
    on p.period_kind = 'month' and p.calendar_code = 'administrative' and p.last_day > %(first_day)s::date
where u.kind = 'commune'
{chosen}
"""

_LEDGER = """
insert into raw.submissions (
    submission_id, night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at,
    byte_size, sha256, landing_uri
) overriding system value
select
    submission_id, %(night)s::text, 'history', 'drop_folder', submission_id::text, 'f.csv', 'text/csv',
    last_day + interval '2 days' + %(offset)s * interval '1 microsecond', %(night)s::timestamptz, 1,
    submission_id::text, 'none'
from filed;
"""

_READINGS = """
insert into raw.readings (submission_id, reader, sender_code, form_code, form_version, period_code, claimed_by)
select submission_id, 'csv', code, form_code, 1, period_code, 'stamp' from filed
"""

_STATES = """
insert into raw.submission_states (submission_id, night_id, state)
select submission_id, %(night)s::text, 'accepted' from filed order by submission_id
"""

_STAGED = """
insert into staging.stg_filings (
    submission_id, sender_unit_id, sender_code, form_code, form_version, calendar_code, period_code, last_day,
    received_at, sha256, is_nil, is_partial
)
select
    submission_id, unit_id, code, form_code, 1, 'administrative', period_code, last_day,
    last_day + interval '2 days' + %(offset)s * interval '1 microsecond', submission_id::text, false, false
from filed
"""

_OBSERVATIONS = """
insert into staging.stg_observations (
    submission_id, sheet_name, row_number, column_number, indicator_code, breakdown_code, observation_kind,
    unit_id, calendar_code, period_code, value
)
select
    f.submission_id, '', d.item_code::integer + 1, 3, d.indicator_code, 'total', 'actual', f.unit_id,
    'administrative', f.period_code, 1 + mod(f.submission_id * 7919 + d.item_code::integer * 104729, 9973)
from filed as f
inner join registry.form_fields as d on f.form_code = d.form_code and d.role = 'indicator'
"""


def file_everything(conn: psycopg.Connection, size: Size) -> None:
    """Write the whole history as accepted filings."""
    _file(conn, size, AS_OF, 0, "")


def file_again(conn: psycopg.Connection, size: Size, night: str, filings: int, *, latest: bool) -> None:
    """File some obligations again with other values: of the latest month, or scattered over all of them."""
    newest = conn.execute("select max(submission_id) from raw.submissions").fetchone()
    chosen = f"and p.period_code = '{LAST_YEAR}-M12'" if latest else ""
    chosen += f" order by md5(u.unit_id || f.form_code || p.period_code || '{night}') limit {filings}"
    _file(conn, size, night, int(newest[0]) if newest else 0, chosen)


def _file(conn: psycopg.Connection, size: Size, night: str, offset: int, chosen: str) -> None:
    told = {"night": night, "offset": offset, "first_day": size.first_day}
    with conn.transaction():
        conn.execute(_NIGHT, told)
        conn.execute(_FILINGS.format(chosen=chosen).encode(), told)
        for statement in (_LEDGER, _READINGS, _STATES, _STAGED, _OBSERVATIONS):
            conn.execute(statement.encode(), told)
    conn.execute("update raw.current_night set night_id = %s", (night,))
    conn.execute("insert into raw.current_night (night_id) values (%s) on conflict do nothing", (night,))
    conn.commit()
