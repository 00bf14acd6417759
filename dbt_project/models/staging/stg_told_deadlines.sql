{{ config(materialized='ephemeral') }}

select
    t.unit_id,
    t.form_code,
    t.calendar_code,
    t.period_code,
    t.due_at,
    t.lock_at,
    t.correction_lock_at
from {{ source('reporting', 'told_deadlines') }} as t
