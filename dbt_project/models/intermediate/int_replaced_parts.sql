with nested as (
    select
        p.formula_code,
        p.formula_version,
        p.calendar_code,
        p.period_code,
        p.part_code,
        o.part_code as outer_part_code
    from {{ ref('int_formula_parts') }} as p
    inner join {{ ref('int_formula_parts') }} as o
        using (formula_code, formula_version, calendar_code, period_code)
    where
        p.part_code <> o.part_code
        and o.part_first_day <= p.part_first_day and p.part_last_day <= o.part_last_day
)

select distinct
    n.formula_code,
    n.formula_version,
    n.calendar_code,
    n.period_code,
    n.part_code,
    e.unit_id
from nested as n
inner join {{ ref('int_part_units') }} as e
    on
        n.formula_code = e.formula_code and n.formula_version = e.formula_version
        and n.calendar_code = e.calendar_code and n.outer_part_code = e.part_code
where e.is_counted
