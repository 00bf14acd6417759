select
    s.formula_code,
    s.formula_version,
    u.calendar_code,
    u.period_code as part_code,
    u.unit_id
from {{ ref('int_obligation_units') }} as u
inner join {{ ref('int_formula_sources') }} as s using (form_code, form_version)
union
select
    s.formula_code,
    s.formula_version,
    m.calendar_code,
    m.period_code as part_code,
    m.unit_id
from {{ ref('int_measured_months') }} as m
inner join {{ ref('int_formula_sources') }} as s on s.form_code is null
