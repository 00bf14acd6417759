select
    t.formula_code,
    t.formula_version,
    w.calendar_code,
    w.period_code,
    t.unit_id
from {{ ref('int_touched_part_sides') }} as t
inner join {{ ref('int_formula_windows') }} as w using (formula_code, formula_version, part_code)
union
-- A window ended since the last computation, for units that were in any of its parts.
select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    s.unit_id
from {{ ref('int_formula_windows') }} as w
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('int_unit_sides') }} as s using (formula_code, formula_version, part_code)
where
    p.last_day >= (select c.as_of_day from {{ ref('stg_last_computation') }} as c)
    and {{ nothing_when_full() }}
