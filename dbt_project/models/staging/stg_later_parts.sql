-- A view: what is staged tonight may have been received before what was staged earlier.
{{ config(materialized='view') }}

select
    e.submission_id,
    l.submission_id as later_submission_id,
    f.filing_policy = 'delete' as takes_rows_back
from {{ ref('stg_filings') }} as e
inner join {{ ref('stg_filings') }} as l
    on
        e.sender_unit_id = l.sender_unit_id and e.form_code = l.form_code
        and e.calendar_code = l.calendar_code and e.period_code = l.period_code
        and (e.received_at, e.sha256, e.submission_id) < (l.received_at, l.sha256, l.submission_id)
inner join {{ ref('forms') }} as f on l.form_code = f.form_code and l.form_version = f.form_version
where l.is_partial
