-- depends_on: {{ ref('int_touched_completeness') }}
select
    c.form_code,
    c.calendar_code,
    c.period_code,
    c.unit_kind,
    c.group_unit_id,
    c.owed,
    c.filed,
    c.filed_on_time,
    c.filed_late,
    c.nil,
    c.open,
    c.late,
    c.held,
    c.blocked,
    c.missing,
    c.not_applicable,
    c.extra,
    round(cast(c.filed as numeric) / nullif(c.owed, 0), 4) as share_filed,
    round(cast(c.filed_on_time as numeric) / nullif(c.owed, 0), 4) as share_on_time
from {{ ref('int_completeness') }} as c
