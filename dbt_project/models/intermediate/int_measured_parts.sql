{{ config(materialized='ephemeral') }}

select
    s.formula_code,
    s.formula_version,
    p.part_code,
    m.unit_id
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version, calendar_code)
inner join {{ ref('int_measured_months') }} as m
    on p.calendar_code = m.calendar_code and p.part_code = m.period_code
where s.form_code is null
