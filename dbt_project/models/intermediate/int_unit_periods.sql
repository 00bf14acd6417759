with joined as (
    select
        p.formula_code,
        p.formula_version,
        p.kpi_code,
        p.over_time,
        p.calendar_code,
        p.period_code,
        p.part_last_day,
        e.unit_id,
        e.is_owed,
        e.is_counted,
        e.misses_a_part,
        e.numerator,
        e.denominator,
        max(p.part_last_day) filter (where e.is_counted and e.numerator is not null) over (
            partition by p.formula_code, p.formula_version, p.calendar_code, p.period_code, e.unit_id
        ) as last_counted_day
    from {{ ref('int_formula_parts') }} as p
    inner join {{ ref('int_part_units') }} as e using (formula_code, formula_version, calendar_code, part_code)
)

select
    j.formula_code,
    j.formula_version,
    j.kpi_code,
    j.calendar_code,
    j.period_code,
    j.unit_id,
    sum(j.numerator) filter (where j.is_counted and (j.over_time = 'sum' or j.part_last_day = j.last_counted_day))
        as numerator,
    sum(j.denominator) filter (where j.is_counted and (j.over_time = 'sum' or j.part_last_day = j.last_counted_day))
        as denominator,
    bool_or(j.is_owed) as is_owed,
    bool_or(j.is_counted) as is_counted,
    bool_and(j.is_counted or not j.is_owed) as is_whole,
    bool_or(j.misses_a_part) as misses_a_part,
    bool_or(j.part_last_day not between u.valid_from and coalesce(u.valid_to, 'infinity')) as has_changed
from joined as j
inner join {{ ref('units') }} as u using (unit_id)
group by j.formula_code, j.formula_version, j.kpi_code, j.calendar_code, j.period_code, j.unit_id
