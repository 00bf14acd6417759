select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.unit_id,
    u.code as unit_code,
    v.calendar_code,
    v.period_code,
    p.period_kind,
    p.first_day,
    p.last_day,
    v.value,
    v.numerator,
    v.denominator,
    v.unit_of_measure,
    v.units_counted,
    v.units_owed,
    v.data_state,
    v.reason,
    v.is_primary,
    v.is_confirmed as confirmed,
    v.is_estimate
from {{ ref('int_carried_values') }} as v
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('units') }} as u using (unit_id)
order by v.period_code, v.unit_id, v.kpi_code, v.formula_code, v.calendar_code
-- depends_on: {{ ref('int_touched_carried_figures') }}
