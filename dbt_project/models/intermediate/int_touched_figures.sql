select
    f.kpi_code,
    t.formula_code,
    t.unit_id,
    t.calendar_code,
    t.period_code
from {{ ref('int_touched_sides') }} as t
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
union
select
    u.kpi_code,
    u.formula_code,
    u.unit_id,
    u.calendar_code,
    u.period_code
from {{ ref('int_unquantified_values') }} as u
where {{ nothing_when_full() }}
order by period_code, unit_id, kpi_code, formula_code, calendar_code
