with parts as (
    select distinct
        w.formula_code,
        w.formula_version,
        w.calendar_code,
        w.part_code,
        w.part_last_day
    from {{ ref('int_formula_windows') }} as w
)

select
    p.*,
    row_number() over (partition by p.formula_code, p.formula_version order by p.part_last_day) as part_number
from parts as p
