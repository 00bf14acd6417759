select distinct on (f.indicator_code, f.breakdown_code, f.observation_kind, f.unit_id, f.calendar_code, f.period_code)
    f.indicator_code,
    f.breakdown_code,
    f.observation_kind,
    f.unit_id,
    f.calendar_code,
    f.period_code,
    f.value,
    s.sender_code as filed_by,
    s.submission_id
from {{ ref('stg_figures') }} as f
inner join {{ ref('int_submissions_in_force') }} as s using (submission_id)
inner join {{ ref('stg_rows') }} as r using (submission_id, sheet_name, row_number)
where
    r.row_kind = 'data' and r.problem is null and r.note_meaning is distinct from 'no_data'
    and f.value is not null and f.unit_id is not null
order by
    f.indicator_code, f.breakdown_code, f.observation_kind, f.unit_id, f.calendar_code, f.period_code,
    s.received_at desc, s.submission_id desc
