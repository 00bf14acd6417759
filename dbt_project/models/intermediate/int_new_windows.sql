select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    w.part_code
from {{ ref('int_formula_windows') }} as w
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
where
    p.last_day >= (select c.as_of_day from {{ ref('stg_last_computation') }} as c)
    and {{ nothing_when_full() }}
