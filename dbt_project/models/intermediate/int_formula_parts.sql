select distinct
    k.formula_code,
    k.formula_version,
    k.kpi_code,
    k.over_time,
    k.over_units,
    k.factor,
    target.calendar_code,
    target.period_code,
    target.period_kind,
    target.first_day,
    target.last_day,
    part.period_code as part_code,
    part.last_day as part_last_day
from {{ ref('kpi_formulas') }} as k
inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version)
inner join {{ ref('int_ended_periods') }} as part
    on s.calendar_code = part.calendar_code and s.period_kind = part.period_kind
inner join {{ ref('periods') }} as target
    on
        part.calendar_code = target.calendar_code
        and part.first_day >= target.first_day and part.last_day <= target.last_day
where target.last_day between k.valid_from and coalesce(k.valid_to, 'infinity')
