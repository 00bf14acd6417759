with parts as (
    select
        w.formula_code,
        w.formula_version,
        w.calendar_code,
        w.part_code,
        w.part_last_day,
        -- A later window may be the first to reach back to the part.
        min(p.last_day) as needed_from_day
    from {{ ref('int_formula_windows') }} as w
    inner join {{ ref('periods') }} as p using (calendar_code, period_code)
    group by w.formula_code, w.formula_version, w.calendar_code, w.part_code, w.part_last_day
)

select
    p.*,
    row_number() over (partition by p.formula_code, p.formula_version order by p.part_last_day) as part_number
from parts as p
