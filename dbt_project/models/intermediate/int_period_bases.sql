with numbered as (
    select
        p.*,
        row_number() over (partition by p.calendar_code, p.period_kind order by p.first_day) as kind_number
    from {{ ref('periods') }} as p
)

select
    p.calendar_code,
    p.period_code,
    c.compared_with,
    b.period_code as base_period_code,
    b.last_day as base_last_day
from numbered as p
cross join (values ('previous_period'), ('same_period_last_year')) as c (compared_with)
left join numbered as b
    on
        p.calendar_code = b.calendar_code and p.period_kind = b.period_kind
        and case c.compared_with
            when 'previous_period' then p.kind_number - 1 = b.kind_number
            else p.year - 1 = b.year and p.number = b.number
        end
