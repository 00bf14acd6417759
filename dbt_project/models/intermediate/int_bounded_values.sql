{{ config(materialized='ephemeral') }}

select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.calendar_code,
    v.period_code,
    v.unit_id,
    v.unit_code,
    v.unit_kind,
    v.value,
    v.numerator,
    v.denominator,
    v.unit_of_measure,
    v.units_counted,
    v.units_owed,
    v.coverage,
    v.data_state,
    v.reason,
    v.is_primary,
    v.is_confirmed,
    least(i.low, i.high) as value_low,
    greatest(i.low, i.high) as value_high
from {{ ref('int_kpi_values') }} as v
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
left join {{ ref('int_value_bounds') }} as b
    on
        v.formula_code = b.formula_code and v.formula_version = b.formula_version
        and v.calendar_code = b.calendar_code and v.period_code = b.period_code and v.unit_id = b.unit_id
        and v.data_state = 'partial'
-- With one end alone, as when the missing unit takes the sum below the line to 0, there is no interval.
left join lateral (
    select
        {{ figure('b.low_numerator', 'b.low_denominator', 'f') }} as low,
        {{ figure('b.high_numerator', 'b.high_denominator', 'f') }} as high
    where b.unit_id is not null
) as i on i.low is not null and i.high is not null
