select
    t.formula_code,
    t.formula_version,
    w.calendar_code,
    w.period_code,
    t.unit_id
from {{ ref('int_touched_part_sides') }} as t
inner join {{ ref('int_formula_windows') }} as w using (formula_code, formula_version, part_code)
union
-- A window ended: it is new for units that were in any of its parts.
select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    s.unit_id
from {{ ref('int_new_windows') }} as w
inner join {{ ref('int_unit_sides') }} as s using (formula_code, formula_version, part_code)
order by period_code, unit_id, formula_code, formula_version, calendar_code
