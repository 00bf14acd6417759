"""Why a row changed, worked out from the difference alone; nobody writes a cause by hand.

Of several causes the first that applies is kept; docs/how-to/why-a-figure-changed.md tells them in this order.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.circumstances import Circumstances
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.figures import KEYS as FIGURE_KEYS
from kpi_reporting.publish.tables import Layout

_TARGET_COLUMNS = "target_"

# `confirmed` of a figure says that its target is confirmed, too.
_ALSO_OF_TARGETS = frozenset({"confirmed"})
# What no filing can change.
_OF_THE_REGISTRY = frozenset(
    {"formula_version", "unit_code", "period_kind", "first_day", "last_day", "unit_of_measure", "is_primary"}
)

_FIGURES = """
create temp table {causes} on commit drop as
select
    {keys}, c.change, coalesce(past.revision, 0) + 1 as revision,
    case
        when past.revision is null then 'first'
        when c.change = 'marked' then case when old.is_stale then 'released' else 'stopped' end
        when
            c.change = 'changed' and row({new_others}) is not distinct from row({old_others})
            and row({new_targets}) is distinct from row({old_targets}) then 'target'
        when new.formula_version <> old.formula_version then 'formula'
        when filed.moved_it and new.units_counted > old.units_counted then 'late'
        when filed.moved_it and (c.change = 'removed' or new.units_counted < old.units_counted) then 'withdrawal'
        when filed.moved_it then 'correction'
        when old.is_stale and {rules_changed} then 'rule'
        when {file_cause} is not null then {file_cause}
        when old.is_stale then 'released'
        when c.change = 'removed' then 'removed'
        else 'recomputed'
    end as cause
from {changes} as c
left join {source} as new using ({keys})
left join {target} as old using ({keys})
left join touched_kpi_values as t using ({keys})
cross join lateral (
    select
        t.kpi_code is not null
        and (c.change <> 'changed' or row({new_measured}) is distinct from row({old_measured})) as moved_it
) as filed
left join lateral (
    select max(i.revision) as revision from {issues} as i where row({issue_keys}) = row({change_keys})
) as past on true
order by {lie_by}
"""

_OBSERVATIONS = """
create temp table {causes} on commit drop as
select
    {keys}, c.change, coalesce(past.revision, 0) + 1 as revision,
    case
        when past.revision is null then 'first'
        when t.indicator_code is not null and c.change = 'removed' then 'withdrawal'
        when t.indicator_code is not null then 'correction'
        when {file_cause} is not null then {file_cause}
        when c.change = 'removed' then 'removed'
        else 'recomputed'
    end as cause
from {changes} as c
left join touched_indicator_values as t using ({keys})
left join lateral (
    select max(i.revision) as revision from {issues} as i where row({issue_keys}) = row({change_keys})
) as past on true
order by {lie_by}
"""

# Of several figures the cause that applies first; what the row rests on comes before what it is the sum of.
_DERIVED = """
create temp table {causes} on commit drop as
with known as (
    select {keys}, c.change, past.revision
    from {changes} as c
    left join lateral (
        select max(i.revision) as revision from {issues} as i where row({issue_keys}) = row({change_keys})
    ) as past on true
),

of_figures as (
    select distinct on ({rest_keys}) {rest_keys}, f.cause
    from known as k
    inner join {rests} as r on row({rest_keys}) = row({known_keys})
    inner join moved as m using (moved_id)
    inner join causes_kpi_values as f on row({moved_keys}) = row({figure_keys})
    where k.revision is not null and k.change <> 'marked' and f.cause <> 'stopped'
    order by {rest_keys}, r.holds desc, array_position({order}, f.cause)
)

select
    {keys}, k.change, coalesce(k.revision, 0) + 1 as revision,
    case
        when k.revision is null then 'first'
        when k.change = 'marked' then case when old.is_stale then 'released' else 'stopped' end
        when f.cause is not null then f.cause
        when {file_cause} is not null then {file_cause}
        when old.is_stale then 'released'
        when k.change = 'removed' then 'removed'
        else 'recomputed'
    end as cause
from known as k
left join {target} as old using ({keys})
left join of_figures as f using ({keys})
order by {lie_by}
"""
_ORDER = [
    "formula", "late", "withdrawal", "correction", "rule", "unit_event", "registry", "target", "released", "removed",
    "first", "recomputed",
]  # fmt: skip
_QUERIES = {"kpi_values": _FIGURES, "indicator_values": _OBSERVATIONS}


def find_causes(conn: psycopg.Connection, layout: Layout, between: Circumstances) -> None:
    """Fill the temporary table of causes: each change with its revision and why it came."""
    query = _QUERIES.get(layout.published.name, _DERIVED)
    targets = [name for name in layout.columns if name.startswith(_TARGET_COLUMNS)]
    others = [name for name in layout.columns if name not in {*targets, *_ALSO_OF_TARGETS}]
    measured = [name for name in others if name not in _OF_THE_REGISTRY]
    parts = {
        "causes": layout.causes, "changes": layout.changes, "source": layout.source, "target": layout.target,
        "issues": layout.issues, "rests": layout.rests, "keys": names(layout.keys), "lie_by": names(layout.lie_by),
        "issue_keys": names(layout.keys, "i"), "change_keys": names(layout.keys, "c"),
        "known_keys": names(layout.keys, "k"), "rest_keys": names(layout.keys, "r"),
        "moved_keys": names(FIGURE_KEYS, "m"), "figure_keys": names(FIGURE_KEYS, "f"),
        "new_others": names(others, "new"), "old_others": names(others, "old"),
        "new_targets": names(targets, "new"), "old_targets": names(targets, "old"),
        "new_measured": names(measured, "new"), "old_measured": names(measured, "old"),
        "order": sql.Literal(_ORDER), "rules_changed": sql.Literal(between.rules_changed),
        "file_cause": sql.SQL("cast({} as text)").format(sql.Literal(between.file_cause)),
    }  # fmt: skip
    conn.execute(sql.SQL(query).format(**parts))
    conn.execute(sql.SQL("analyze {}").format(layout.causes))
