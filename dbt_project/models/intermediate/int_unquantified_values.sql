{{ config(materialized='ephemeral') }}

select
    k.kpi_code,
    '' as formula_code,
    0 as formula_version,
    m.unit_id,
    m.unit_code,
    u.kind as unit_kind,
    m.calendar_code,
    m.period_code,
    k.unit_of_measure,
    k.confirmed as is_confirmed
from {{ ref('kpis') }} as k
cross join {{ ref('int_measured_months') }} as m
inner join {{ ref('units') }} as u using (unit_id)
where k.kpi_code not in (select f.kpi_code from {{ ref('kpi_formulas') }} as f)
