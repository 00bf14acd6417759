with parts as (
    select distinct
        k.formula_code,
        k.formula_version,
        k.over_time,
        w.calendar_code,
        w.period_code,
        w.first_day,
        w.last_day,
        p.period_code as part_code,
        p.first_day as part_first_day,
        p.last_day as part_last_day
    from {{ ref('int_formulas') }} as k
    inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version)
    inner join {{ ref('int_ended_periods') }} as p using (calendar_code, period_kind)
    inner join {{ ref('int_ended_periods') }} as w
        on s.calendar_code = w.calendar_code and p.first_day >= w.first_day and p.last_day <= w.last_day
    where {{ holds_on('w.last_day', 'k') }}
),

tiled as (
    select
        p.*,
        min(p.part_last_day) over same_period as first_part_last_day,
        range_agg(daterange(p.part_first_day, p.part_last_day, '[]')) over same_period
        @> daterange(p.first_day, p.last_day, '[]') as is_filled
    from parts as p
    window same_period as (partition by p.formula_code, p.formula_version, p.calendar_code, p.period_code)
)

select
    t.formula_code,
    t.formula_version,
    t.calendar_code,
    t.period_code,
    t.part_code,
    t.part_first_day,
    t.part_last_day,
    case t.over_time when 'sum' then t.first_part_last_day else t.part_last_day end as first_part_last_day
from tiled as t
-- A flow is made of parts that fill the period, a stock is that of the part that ends with it.
where (t.over_time = 'sum' and t.is_filled) or (t.over_time = 'last' and t.part_last_day = t.last_day)
