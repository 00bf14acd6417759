{{ config(materialized='ephemeral') }}

-- Rows of the registry may overlap, as when one unit and all units of its kind owe a form.
select distinct
    fp.form_code,
    fp.form_version,
    fp.calendar_code,
    fp.period_code,
    p.last_day,
    u.unit_id,
    u.code as unit_code,
    fp.open_at,
    fp.due_at,
    fp.lock_at,
    fp.correction_lock_at
from {{ ref('form_periods') }} as fp
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('obligations') }} as o on fp.form_code = o.form_code and {{ holds_on('p.last_day', 'o') }}
inner join {{ ref('units') }} as u
    on
        o.unit_kind = u.kind and u.code = coalesce(o.unit_code, u.code)
        and {{ holds_on('p.last_day', 'u') }}
where fp.open_at <= {{ as_of() }} + interval '1 month'
