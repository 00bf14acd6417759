{{ config(materialized='ephemeral') }}

with years as (
    select distinct p.year
    from {{ ref('periods') }} as p
)

-- The target a reporting year is measured by: the next milestone from that year on, else the last one before.
select distinct on (y.year, t.kpi_code, t.unit_kind)
    y.year,
    t.kpi_code,
    t.unit_kind,
    t.target_code,
    t.target_version,
    t.operator,
    t.threshold,
    t.threshold_high
from years as y
cross join {{ ref('targets') }} as t
where {{ holds_on(as_of_day(), 't') }}
order by
    y.year asc, t.kpi_code asc, t.unit_kind asc, (t.target_year is null) asc, (t.target_year < y.year) asc,
    abs(t.target_year - y.year) asc, t.target_version desc, t.target_code asc
