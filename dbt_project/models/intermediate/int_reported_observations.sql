select distinct on (
    f.indicator_code, f.breakdown_code, f.observation_kind, f.unit_id, f.calendar_code, f.period_code
)
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
inner join {{ ref('int_filings_in_force') }} as s using (submission_id)
inner join {{ ref('stg_rows') }} as r using (submission_id, sheet_name, row_number)
where
    r.row_kind = 'data' and r.problem is null and r.note_meaning is distinct from 'no_data'
    and f.value is not null and f.unit_id is not null
-- Of two forms that bring the same figure the one received last is believed.
order by
    f.indicator_code asc, f.breakdown_code asc, f.observation_kind asc, f.unit_id asc, f.calendar_code asc,
    f.period_code asc, s.received_at desc, s.submission_id desc, f.row_number asc, f.column_number asc
