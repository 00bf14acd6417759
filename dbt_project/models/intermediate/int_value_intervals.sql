{{ config(materialized='ephemeral') }}

select
    b.formula_code,
    b.formula_version,
    b.calendar_code,
    b.period_code,
    b.unit_id,
    least(i.low, i.high) as value_low,
    greatest(i.low, i.high) as value_high
from {{ ref('int_value_bounds') }} as b
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
-- With one end alone, as when the missing unit takes the sum below the line to 0, there is no interval.
inner join lateral (
    select
        {{ figure('b.low_numerator', 'b.low_denominator', 'f') }} as low,
        {{ figure('b.high_numerator', 'b.high_denominator', 'f') }} as high
) as i on i.low is not null and i.high is not null
