{{ config(materialized='ephemeral') }}

select
    s.formula_code,
    s.formula_version,
    p.part_code,
    u.unit_id
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version, calendar_code)
inner join {{ ref('int_obligation_units') }} as u
    on
        s.form_code = u.form_code and s.form_version = u.form_version
        and p.calendar_code = u.calendar_code and p.part_code = u.period_code
