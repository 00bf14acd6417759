with parts as (
    select
        p.*,
        f.over_time,
        -- An average of months without a line of its own stands over their number.
        case when f.has_denominator or f.over_time <> 'average' then p.denominator else 1 end as below_line,
        -- A silent month leaves a year to date as it was.
        p.answers_counted > 0 or (f.span = 'year_to_date' and p.units_owed > 0) as is_filled,
        {{ coverage_rank('p', 'p.part_last_day') }} as coverage_rank
    from {{ ref('int_carried_parts') }} as p
    inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
)

select
    p.formula_code,
    p.formula_version,
    p.calendar_code,
    p.period_code,
    p.unit_id,
    sum(p.numerator) as numerator,
    sum(p.below_line) filter (where p.numerator is not null or p.over_time = 'last') as denominator,
    coalesce(cast(({{ least_covered('p') }})[2] as integer), 0) as units_counted,
    coalesce(cast(({{ least_covered('p') }})[4] as integer), 0) as units_owed,
    bool_and(p.units_counted = p.units_owed) as is_complete,
    count(*) filter (where p.is_filled) = p.parts_needed as is_filled,
    bool_and(p.is_carried) as is_carried,
    bool_or(p.is_estimate) as is_estimate,
    bool_and(p.is_confirmed) as is_confirmed,
    bool_or(p.is_blocking) as is_blocking,
    bool_or(p.misses_a_part) as misses_a_part
from parts as p
group by p.formula_code, p.formula_version, p.calendar_code, p.period_code, p.unit_id, p.parts_needed
