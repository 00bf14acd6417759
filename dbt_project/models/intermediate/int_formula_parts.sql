with parts as (
    select distinct
        k.formula_code,
        k.formula_version,
        k.kpi_code,
        k.over_time,
        whole.calendar_code,
        whole.period_code,
        part.period_code as part_code,
        part.last_day as part_last_day,
        max(part.last_day) over (
            partition by k.formula_code, k.formula_version, whole.calendar_code, whole.period_code
        ) as newest_day
    from {{ ref('kpi_formulas') }} as k
    inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version)
    inner join {{ ref('int_ended_periods') }} as part
        on s.calendar_code = part.calendar_code and s.period_kind = part.period_kind
    inner join {{ ref('int_ended_periods') }} as whole
        on
            part.calendar_code = whole.calendar_code
            and part.first_day >= whole.first_day and part.last_day <= whole.last_day
    where whole.last_day between k.valid_from and coalesce(k.valid_to, 'infinity')
)

select
    p.formula_code,
    p.formula_version,
    p.kpi_code,
    p.calendar_code,
    p.period_code,
    p.part_code,
    p.part_last_day,
    cast(count(*) over whole_period as integer) as parts_needed,
    min(p.part_last_day) over whole_period as first_part_day
from parts as p
-- A stock of a longer period is the stock of its last part; a flow is made of all parts.
where p.over_time = 'sum' or p.part_last_day = p.newest_day
window whole_period as (partition by p.formula_code, p.formula_version, p.calendar_code, p.period_code)
