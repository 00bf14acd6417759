select
    f.kpi_code,
    s.formula_code,
    s.formula_version,
    s.unit_id,
    s.calendar_code,
    s.period_code,
    case when j.reason is null then {{ figure('s.numerator', 's.denominator', 'f') }} end as value,
    -- A sum without what nobody can divide is not the sum.
    case when s.is_carried then trim_scale(s.numerator) end as numerator,
    case when s.is_carried then trim_scale(s.denominator) end as denominator,
    f.unit_of_measure,
    s.units_counted,
    s.units_owed,
    case when j.reason is not null then 'absent' when s.is_complete then 'complete' else 'partial' end
        as data_state,
    j.reason,
    f.is_primary,
    f.is_confirmed and s.is_confirmed as is_confirmed,
    s.is_carried and s.is_estimate as is_estimate
from {{ ref('int_carried_sides') }} as s
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
inner join lateral (
    select
        case
            when not s.is_carried then 'not_comparable'
            when s.is_blocking or (s.numerator is null and s.misses_a_part) then 'missing_part'
            when s.numerator is null then 'no_data'
            when not s.is_filled then 'missing_period'
            when f.has_line and s.denominator is null then 'missing_part'
            when f.has_line and s.denominator = 0 then 'denominator_zero'
        end as reason
) as j on true
