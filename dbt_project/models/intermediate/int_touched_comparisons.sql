select
    t.kpi_code,
    t.formula_code,
    t.unit_id,
    t.calendar_code,
    t.period_code,
    b.compared_with
from {{ ref('int_touched_figures') }} as t
inner join {{ ref('int_period_bases') }} as b using (calendar_code, period_code)
union
-- What is compared with a touched figure.
select
    t.kpi_code,
    t.formula_code,
    s.unit_id,
    b.calendar_code,
    b.period_code,
    b.compared_with
from {{ ref('int_touched_figures') }} as t
inner join {{ ref('int_same_territories') }} as s on t.unit_id = s.earlier_unit_id
inner join {{ ref('int_period_bases') }} as b
    on t.calendar_code = b.calendar_code and t.period_code = b.base_period_code
union
select
    t.kpi_code,
    t.formula_code,
    t.unit_id,
    b.calendar_code,
    b.period_code,
    b.compared_with
from {{ ref('int_touched_carried_figures') }} as t
inner join {{ ref('int_period_bases') }} as b
    on t.calendar_code = b.calendar_code and t.period_code = b.base_period_code
order by period_code, unit_id, kpi_code, formula_code, calendar_code, compared_with
