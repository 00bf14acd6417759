select
    fp.form_code,
    fp.form_version,
    fp.calendar_code,
    fp.period_code,
    p.first_day,
    p.last_day,
    u.unit_id,
    u.code as unit_code,
    fp.open_at,
    fp.due_at,
    fp.lock_at
from {{ ref('form_periods') }} as fp
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('obligations') }} as o
    on
        fp.form_code = o.form_code
        and p.last_day between o.valid_from and coalesce(o.valid_to, 'infinity')
inner join {{ ref('units') }} as u
    on
        o.unit_kind = u.kind and u.code = coalesce(o.unit_code, u.code)
        and p.last_day between u.valid_from and coalesce(u.valid_to, 'infinity')
where fp.open_at <= {{ as_of() }} + interval '1 month'
