with windows as (
    select
        p.formula_code,
        p.formula_version,
        p.calendar_code,
        p.period_code,
        p.unit_id,
        p.over_time,
        sum(p.numerator) as numerator,
        sum(p.denominator) filter (where p.numerator is not null or p.over_time = 'last') as denominator,
        coalesce(
            max(p.value_rank) filter (where p.over_time = 'max'),
            min(p.value_rank) filter (where p.over_time = 'min')
        ) as chosen,
        {{ least_covered('p') }} as least_covered,
        sum(p.units_counted) as parts_counted,
        sum(p.units_owed) as parts_owed,
        bool_and(p.units_counted = p.units_owed) as is_complete,
        count(*) filter (where p.is_filled) = p.parts_needed as is_filled,
        bool_or(p.is_blocking) as is_blocking,
        bool_or(p.misses_a_part) as misses_a_part,
        p.first_part_last_day
    from {{ touched_rows(
        ref('int_window_parts'), 'p', ref('int_touched_sides'),
        ['period_code', 'unit_id', 'formula_code', 'formula_version', 'calendar_code']
    ) }}
    group by
        p.period_code, p.unit_id, p.formula_code, p.formula_version, p.calendar_code, p.over_time,
        p.parts_needed, p.first_part_last_day
)

select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    w.unit_id,
    case when w.over_time in ('max', 'min') then w.chosen[4] else w.numerator end as numerator,
    case when w.over_time in ('max', 'min') then w.chosen[5] else w.denominator end as denominator,
    coalesce(cast(w.least_covered[2] as integer), 0) as units_counted,
    coalesce(cast(w.least_covered[4] as integer), 0) as units_owed,
    w.parts_counted,
    w.parts_owed,
    w.is_complete,
    w.is_filled,
    w.is_blocking,
    w.misses_a_part,
    w.first_part_last_day
from windows as w
