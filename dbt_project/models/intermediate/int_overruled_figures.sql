select distinct
    v.submission_id,
    v.sheet_name,
    v.row_number,
    v.column_number,
    f.sender_unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from {{ ref('stg_filings') }} as f
-- Of other forms not even a full build looks for later parts.
inner join (
    select distinct p.form_code
    from {{ ref('forms') }} as p
    where p.filing_policy <> 'replace'
) as parted using (form_code)
{{ only_touched(
    ref('int_touched_filings'), 'f', ['sender_unit_id', 'form_code', 'calendar_code', 'period_code']
) }}
inner join lateral (
    -- Filing by filing: joined as a whole, the view is read as a whole.
    select n.*
    from {{ ref('stg_named_again') }} as n
    where n.submission_id = f.submission_id
    order by n.later_submission_id asc
    offset 0
) as v on true
inner join lateral (
    select c.state
    from {{ ref('stg_state_changes') }} as c
    where v.later_submission_id = c.submission_id
    order by c.state_seq desc limit 1
-- What was withdrawn brings back nothing it had replaced.
) as later on later.state in ('accepted', 'superseded', 'withdrawn')
