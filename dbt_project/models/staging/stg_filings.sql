{{ config(
    materialized='incremental',
    indexes=[
        {'columns': ['submission_id'], 'unique': true},
        {'columns': ['sender_unit_id', 'period_code', 'form_code', 'calendar_code']},
        {'columns': ['received_at']}
    ]
) }}

select
    s.submission_id,
    s.sender_unit_id,
    s.sender_code,
    s.form_code,
    s.form_version,
    s.calendar_code,
    s.period_code,
    s.last_day,
    s.received_at,
    s.sha256,
    s.is_nil,
    s.is_partial
from {{ submissions_to_stage() }} as s
where s.sender_unit_id is not null
