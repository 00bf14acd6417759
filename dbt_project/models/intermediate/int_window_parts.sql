{{ config(materialized='ephemeral') }}

select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    w.parts_needed,
    w.first_part_last_day,
    f.over_time,
    s.unit_id,
    s.numerator,
    -- An average of months without a line of its own stands over their number.
    case when f.has_denominator or f.over_time <> 'average' then s.denominator else 1 end as denominator,
    s.units_counted,
    s.units_owed,
    -- A silent month leaves a year to date as it was.
    s.answers_counted > 0 or (f.span = 'year_to_date' and s.units_owed > 0) as is_filled,
    s.is_blocking,
    s.misses_a_part,
    {{ coverage_rank('s', 'w.part_last_day') }} as coverage_rank,
    {{ value_rank('s', 'f', 'w.part_last_day') }} as value_rank
from {{ ref('int_formula_windows') }} as w
inner join {{ ref('int_unit_sides') }} as s using (formula_code, formula_version, part_code)
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
