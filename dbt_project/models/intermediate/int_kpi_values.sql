select
    f.kpi_code,
    s.formula_code,
    s.formula_version,
    s.unit_id,
    u.code as unit_code,
    u.kind as unit_kind,
    s.calendar_code,
    s.period_code,
    case when j.reason is null then {{ figure('s.numerator', 's.denominator', 'f') }} end as value,
    -- One writing of a sum, whatever it was added up from.
    trim_scale(s.numerator) as numerator,
    trim_scale(s.denominator) as denominator,
    f.unit_of_measure,
    s.units_counted,
    s.units_owed,
    {{ divide_and_round('s.parts_counted', 'nullif(s.parts_owed, 0)', '4') }} as coverage,
    case when j.reason is not null then 'absent' when s.is_complete then 'complete' else 'partial' end
        as data_state,
    j.reason,
    f.is_primary,
    f.is_confirmed
from {{ ref('int_kpi_sides') }} as s
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
inner join {{ ref('units') }} as u using (unit_id)
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join lateral (
    select
        case
            when s.first_part_last_day < u.valid_from or p.last_day > u.valid_to then 'not_comparable'
            when s.is_blocking or (s.numerator is null and s.misses_a_part) then 'missing_part'
            when s.numerator is null then 'no_data'
            when not s.is_filled then 'missing_period'
            when f.has_line and s.denominator is null then 'missing_part'
            when f.has_line and s.denominator = 0 then 'denominator_zero'
        end as reason
) as j on true
{{ only_touched(
    ref('int_touched_sides'), 's',
    ['period_code', 'unit_id', 'formula_code', 'formula_version', 'calendar_code']
) }}
