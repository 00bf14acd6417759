with tiled as (
    select
        w.*,
        p.period_code as part_code,
        p.last_day as part_last_day,
        count(*) over in_window as parts_needed,
        min(p.last_day) over in_window as first_part_last_day,
        range_agg(daterange(p.first_day, p.last_day, '[]')) over in_window as filled_days
    from {{ ref('int_windows') }} as w
    inner join {{ ref('int_ended_periods') }} as p
        on
            w.calendar_code = p.calendar_code and w.part_kind = p.period_kind and w.last_day >= p.last_day
            and (w.span <> 'rolling' or w.kind_number - w.span_parts < p.kind_number)
            and (w.span = 'rolling' or w.first_day <= p.first_day)
    window in_window as (partition by w.formula_code, w.formula_version, w.calendar_code, w.period_code)
)

select
    t.formula_code,
    t.formula_version,
    t.calendar_code,
    t.period_code,
    t.part_code,
    t.part_last_day,
    case t.over_time when 'last' then 1 else t.parts_needed end as parts_needed,
    case t.over_time when 'last' then t.part_last_day else t.first_part_last_day end as first_part_last_day
from tiled as t
where
    case
        -- A stock is that of the part that ends with the period; all else is made of what fills the window.
        when t.over_time = 'last' then t.part_last_day = t.last_day
        when t.span = 'rolling' then t.parts_needed = t.span_parts
        else t.filled_days @> daterange(t.first_day, t.last_day, '[]')
    end
