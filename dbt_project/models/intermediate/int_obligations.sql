-- depends_on: {{ ref('int_touched_obligations') }}
-- A deadline that was told stays, whatever the registry gives today.
select
    a.form_code,
    a.form_version,
    a.calendar_code,
    a.period_code,
    a.last_day,
    a.unit_id,
    a.unit_code,
    a.open_at,
    coalesce(t.due_at, a.due_at) as due_at,
    coalesce(t.lock_at, a.lock_at) as lock_at,
    coalesce(t.correction_lock_at, a.correction_lock_at) as correction_lock_at,
    x.until_day as lock_lifted_until_day,
    n.form_code is null as is_applicable
from {{ ref('int_assignments') }} as a
left join {{ ref('stg_told_deadlines') }} as t
    on
        a.unit_id = t.unit_id and a.form_code = t.form_code
        and a.calendar_code = t.calendar_code and a.period_code = t.period_code
left join {{ ref('lock_exceptions') }} as x
    on a.form_code = x.form_code and a.unit_code = x.unit_code and a.period_code = x.period_code
left join {{ ref('not_applicable') }} as n
    on a.form_code = n.form_code and a.unit_code = n.unit_code and {{ holds_on('a.last_day', 'n') }}
