"""The log of values that readers had seen and that changed: by how much, why, and whether somebody has to know."""

from __future__ import annotations

from decimal import Decimal

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout
from kpi_reporting.registry import Registry

# Many small steps away from what was signed are one large one, so the threshold is held against that value as well.
_LOG = """
insert into reporting.restatements (
    {keys}, revision, publication_id, cause, is_removed, old_value, new_value, old_numerator, new_numerator,
    old_denominator, new_denominator, old_data_state, new_data_state, difference, difference_unit, signed_value,
    was_delivered, is_material, material_reasons
)
select
    {new_keys}, new.revision, new.publication_id, new.cause, new.is_removed, old.value, new.value, old.numerator,
    new.numerator, old.denominator, new.denominator, old.data_state, new.data_state, new.value - old.value,
    case old.unit_of_measure when '%%' then 'percentage points' else old.unit_of_measure end, signed.value,
    sent.kpi_code is not null, cardinality(why.reasons) > 0, why.reasons
from {issues} as new
inner join {issues} as old on row({old_keys}) = row({new_keys}) and old.revision = new.revision - 1
left join unnest(%(kpis)s::text[], %(thresholds)s::numeric[]) as rule (kpi_code, material_change)
    on rule.kpi_code = new.kpi_code
left join lateral (
    select s.value from {issues} as s
    where
        row({signed_keys}) = row({new_keys})
        and s.publication_id <= (
            select max(a.publication_id) from national.approvals as a where a.decision = 'approved'
        )
    order by s.revision desc limit 1
) as signed on true
left join (
    select distinct d.kpi_code, d.formula_code, u.unit_id, d.calendar_code, d.period_code
    from national.delivered_figures as d inner join reporting.units as u on u.parent_id is null
) as sent on row({sent_keys}) = row({new_keys})
cross join lateral (
    select array_remove(array[
        case when rule.material_change is null then 'any_change' end,
        case
            when
                abs(new.value - old.value) >= rule.material_change
                or abs(new.value - signed.value) >= rule.material_change
            then 'threshold'
        end,
        case when new.value is null then 'value_gone' end,
        case when 'reached' in (new.target_status, old.target_status)
            and new.target_status is distinct from old.target_status then 'target' end,
        case when sent.kpi_code is not null then 'delivered' end
    ], null) as reasons
) as why
where
    new.publication_id = %(publication)s and old.value is not null
    and row(new.value, new.numerator, new.denominator, new.data_state)
    is distinct from row(old.value, old.numerator, old.denominator, old.data_state)
"""


def log_restatements(
    conn: psycopg.Connection, registry: Registry, figures: Layout, publication_id: int
) -> None:
    """Write a row for every issue of this publication that changed a value readers had already seen."""
    rules: dict[str, Decimal | None] = {kpi.kpi_code: kpi.material_change for kpi in registry.kpis}
    query = sql.SQL(_LOG).format(
        issues=figures.issues, keys=names(figures.keys), new_keys=names(figures.keys, "new"),
        old_keys=names(figures.keys, "old"), signed_keys=names(figures.keys, "s"),
        sent_keys=names(figures.keys, "sent"),
    )  # fmt: skip
    asked = {"kpis": list(rules), "thresholds": list(rules.values()), "publication": publication_id}
    conn.execute(query, asked)
