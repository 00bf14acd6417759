"""What readers ask while something is published: queries of the contract, and three that watch a publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from kpi_reporting.publish.saved_query import read_saved_query, with_placeholders

_SAVED = ("board_of_the_province", "passport_of_a_unit", "series_of_a_kpi", "completeness_by_form")

# A figure that every publication changes, with the publication each table says it is of.
_FIGURE = """
select
    v.value, v.publication_id, i.publication_id, h.publication_id,
    (select max(p.publication_id) from reporting.publications as p)
from reporting.kpi_values as v
inner join reporting.kpi_value_issues as i using (kpi_code, formula_code, unit_id, calendar_code, period_code, revision)
inner join reporting.period_hashes as h using (calendar_code, period_code)
where
    v.kpi_code = %(kpi_code)s and v.formula_code = %(formula_code)s and v.unit_id = %(unit_id)s
    and v.calendar_code = %(calendar_code)s and v.period_code = %(period_code)s
"""

# All figures of a unit that every publication changes: of one publication, whatever their number.
_BESIDE = """
select v.kpi_code, min(v.publication_id), max(v.publication_id)
from reporting.kpi_values as v
where v.unit_id = %(unit_id)s and v.last_day = %(last_day)s
group by v.kpi_code
"""

_AS_OF = """
select v.value, v.revision
from reporting.kpi_values_as_of(%(publication_id)s) as v
where
    v.kpi_code = %(kpi_code)s and v.formula_code = %(formula_code)s and v.unit_id = %(unit_id)s
    and v.calendar_code = %(calendar_code)s and v.period_code = %(period_code)s
"""


@dataclass(frozen=True)
class Question:
    """A query, its parameters, and what holds of every answer.

    ``rows`` is the number of rows, which no publication changes; values in the columns ``alike`` (by their places)
    are one and the same publication all over.
    """

    name: str
    query: bytes
    values: dict[str, Any]
    rows: int = 0
    alike: tuple[int, ...] = ()

    def fault(self, answer: Sequence[Sequence[Any]]) -> str | None:
        """Say what is wrong with an answer: ``count``, ``mixed`` or nothing."""
        if len(answer) != self.rows:
            return "count"
        publications = {row[place] for row in answer for place in self.alike}
        return "mixed" if len(publications) > 1 else None


def questions_about(conn: psycopg.Connection, contracts: Path, figure: dict[str, Any]) -> list[Question]:
    """All questions, with the number of rows they have now; ``figure`` is the key of one that publications change."""
    asked = [
        Question("one figure by key", _FIGURE.encode(), figure, alike=(1, 2, 3, 4)),
        Question("all figures of a day", _BESIDE.encode(), figure, alike=(1, 2)),
        Question("a figure as of a publication", _AS_OF.encode(), {**figure, "publication_id": 1}),
        *_saved(conn, contracts),
    ]
    return [replace(one, rows=len(conn.execute(one.query, one.values).fetchall())) for one in asked]


def _saved(conn: psycopg.Connection, contracts: Path) -> Iterator[Question]:
    for name in _SAVED:
        saved = read_saved_query(contracts / "v1/queries" / f"{name}.sql")
        values = {parameter: _first(conn, sample) for parameter, sample in saved.parameters.items()}
        yield Question(name.replace("_", " "), with_placeholders(saved.statement), values)


def _first(conn: psycopg.Connection, query: str) -> object:
    row = conn.execute(query.encode()).fetchone()
    return row[0] if row else None
