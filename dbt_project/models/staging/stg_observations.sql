{{ config(
    materialized='incremental',
    indexes=[
        {'columns': ['submission_id']},
        {'columns': ['unit_id', 'period_code', 'indicator_code', 'calendar_code', 'breakdown_code']}
    ]
) }}

select
    f.submission_id,
    f.sheet_name,
    f.row_number,
    f.column_number,
    f.indicator_code,
    f.breakdown_code,
    f.observation_kind,
    f.unit_id,
    f.calendar_code,
    f.period_code,
    f.value
from {{ ref('stg_figures') }} as f
inner join {{ ref('stg_rows') }} as r using (submission_id, sheet_name, row_number)
inner join {{ submissions_to_stage() }} using (submission_id)
where
    r.row_kind = 'data' and r.problem is null and r.note_meaning is distinct from 'no_data'
    and f.value is not null and f.unit_id is not null
