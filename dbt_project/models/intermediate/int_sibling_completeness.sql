select
    r.form_code,
    r.calendar_code,
    r.period_code,
    r.unit_kind,
    r.group_unit_id,
    cast(count(*) filter (where r.is_owed) as integer) as owed,
    cast(count(*) filter (where r.is_filed) as integer) as filed,
    cast(count(*) filter (where r.is_filed and not r.is_late) as integer) as filed_on_time,
    cast(count(*) filter (where r.is_filed and r.is_late) as integer) as filed_late,
    cast(count(*) filter (where r.is_filed and r.is_nil) as integer) as nil,
    cast(count(*) filter (where r.state in ('not_due', 'due')) as integer) as open,
    cast(count(*) filter (where r.state = 'late') as integer) as late,
    cast(count(*) filter (where r.state = 'held') as integer) as held,
    cast(count(*) filter (where r.state = 'blocked') as integer) as blocked,
    cast(count(*) filter (where r.state = 'missing') as integer) as missing,
    cast(count(*) filter (where r.state = 'not_applicable') as integer) as not_applicable,
    cast(count(*) filter (where not r.is_owed and r.submission_id is not null) as integer) as extra
from {{ ref('int_readiness') }} as r
{{ only_touched(
    ref('int_touched_completeness'), 'r',
    ['period_code', 'group_unit_id', 'form_code', 'unit_kind', 'calendar_code']
) }}
group by r.form_code, r.calendar_code, r.period_code, r.unit_kind, r.group_unit_id
