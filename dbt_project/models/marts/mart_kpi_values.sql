select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.unit_id,
    v.unit_code,
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
    v.coverage,
    i.value_low,
    i.value_high,
    v.data_state,
    v.reason,
    v.is_primary,
    v.is_confirmed as confirmed,
    t.target_code,
    t.target_version,
    t.target_operator,
    t.target_year,
    t.target_from_code,
    t.target_from_version,
    t.target_value,
    t.target_value_high,
    t.target_gap,
    coalesce(t.target_status, 'no_target') as target_status
from {{ ref('int_all_kpi_values') }} as v
left join {{ ref('int_value_intervals') }} as i
    using (formula_code, formula_version, calendar_code, period_code, unit_id)
left join {{ ref('int_target_comparisons') }} as t
    using (kpi_code, formula_code, unit_id, calendar_code, period_code)
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
order by v.period_code, v.unit_id, v.kpi_code, v.formula_code, v.calendar_code
-- depends_on: {{ ref('int_touched_figures') }}
