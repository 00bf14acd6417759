select
    f.kpi_code,
    s.formula_code,
    s.formula_version,
    s.unit_id,
    u.code as unit_code,
    u.kind as unit_kind,
    s.calendar_code,
    s.period_code,
    case
        when j.reason is not null then null
        when f.has_denominator then round(s.numerator * f.factor / s.denominator, f.decimals)
        else round(s.numerator * f.factor, f.decimals)
    end as value,
    s.numerator,
    s.denominator,
    f.unit_of_measure,
    s.units_counted,
    s.units_owed,
    case
        when j.reason is not null then 'absent'
        when s.units_counted = s.units_owed then 'complete'
        else 'partial'
    end as data_state,
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
            when s.numerator is null and s.misses_a_part then 'missing_part'
            when s.numerator is null then 'no_data'
            when f.over_time = 'sum' and not s.counted_days @> daterange(p.first_day, p.last_day, '[]')
                then 'missing_period'
            when f.has_denominator and s.denominator is null then 'missing_part'
            when f.has_denominator and s.denominator = 0 then 'denominator_zero'
        end as reason
) as j on true
