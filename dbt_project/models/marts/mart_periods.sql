select
    p.calendar_code,
    p.period_code,
    p.period_kind,
    p.year,
    p.number,
    p.first_day,
    p.last_day,
    p.national_due_day
from {{ ref('periods') }} as p
