{{ config(materialized='ephemeral') }}

-- The first line that applies is the state; docs/decisions/0012 says why in this order.
select
    o.unit_id,
    o.unit_code,
    o.form_code,
    o.calendar_code,
    o.period_code,
    o.due_at,
    o.lock_at,
    o.correction_lock_at,
    o.lock_lifted_until_day,
    case
        when not o.is_applicable then 'not_applicable'
        when f.state = 'accepted' and f.state_as_of <= g.exported_until then 'exported'
        when f.state = 'accepted' and f.first_accepted_as_of <= g.exported_until then 'restated'
        when f.state = 'accepted' and f.state_as_of <= g.approved_until then 'approved'
        when f.state = 'accepted' and f.is_nil then 'nil'
        when f.state = 'accepted' then 'provisional'
        when f.state = 'held' then 'held'
        when f.state is not null then 'blocked'
        when c.as_of > o.lock_at and c.as_of_day > coalesce(o.lock_lifted_until_day, '-infinity')
            then 'missing'
        when c.as_of > o.due_at then 'late'
        when c.as_of >= o.open_at then 'due'
        else 'not_due'
    end as state,
    s.submission_id,
    s.received_at,
    o.is_applicable and coalesce(s.first_received_at, c.as_of) > o.due_at as is_late,
    coalesce(s.is_nil, false) as is_nil
from {{ ref('int_obligations') }} as o
{{ only_touched(ref('int_touched_obligations'), 'o',
    ['unit_id', 'form_code', 'calendar_code', 'period_code']) }}
inner join lateral (
    select
        {{ as_of() }} as as_of,
        {{ as_of_day() }} as as_of_day
) as c on true
left join {{ ref('int_obligation_filings') }} as f
    on
        o.unit_id = f.sender_unit_id and o.form_code = f.form_code
        and o.calendar_code = f.calendar_code and o.period_code = f.period_code
left join {{ ref('int_filings_in_force') }} as s
    on
        o.unit_id = s.sender_unit_id and o.form_code = s.form_code
        and o.calendar_code = s.calendar_code and o.period_code = s.period_code and s.is_newest
left join {{ ref('int_signed_periods') }} as g
    on o.calendar_code = g.calendar_code and o.period_code = g.period_code
