-- depends_on: {{ ref('int_touched_obligations') }}
select
    o.unit_id,
    o.unit_code,
    u.kind as unit_kind,
    coalesce(u.parent_id, u.unit_id) as group_unit_id,
    o.form_code,
    o.calendar_code,
    o.period_code,
    o.due_at,
    o.lock_at,
    o.correction_lock_at,
    o.lock_lifted_until_day,
    o.state,
    o.submission_id,
    o.received_at,
    o.is_late,
    o.is_nil,
    o.state <> 'not_applicable' as is_owed,
    o.state in ('nil', 'provisional', 'approved', 'exported', 'restated') as is_filed
from {{ ref('int_obligation_states') }} as o
inner join {{ ref('units') }} as u using (unit_id)
union all
select
    e.unit_id,
    e.unit_code,
    u.kind as unit_kind,
    coalesce(u.parent_id, u.unit_id) as group_unit_id,
    e.form_code,
    e.calendar_code,
    e.period_code,
    e.due_at,
    e.lock_at,
    e.correction_lock_at,
    e.lock_lifted_until_day,
    e.state,
    e.submission_id,
    e.received_at,
    e.is_late,
    e.is_nil,
    false as is_owed,
    false as is_filed
from {{ ref('int_extra_filings') }} as e
inner join {{ ref('units') }} as u using (unit_id)
