{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}]
) }}

with opened as (
    select
        t.submission_id,
        t.sheet_name,
        t.row_number,
        max(m.mark_section_code) as opened_code
    from {{ ref('stg_row_texts') }} as t
    inner join {{ submissions_to_stage() }} using (submission_id)
    left join {{ ref('stg_marked_cells') }} as m
        on
            t.submission_id = m.submission_id and t.sheet_name = m.sheet_name and t.row_number = m.row_number
            and m.mark_kind = 'section'
    group by t.submission_id, t.sheet_name, t.row_number
),

numbered as (
    select
        o.submission_id,
        o.sheet_name,
        o.row_number,
        o.opened_code,
        count(o.opened_code) over (
            partition by o.submission_id, o.sheet_name order by o.row_number
        ) as section_number
    from opened as o
)

select
    n.submission_id,
    n.sheet_name,
    n.row_number,
    n.opened_code is not null as opens_section,
    max(n.opened_code) over (partition by n.submission_id, n.sheet_name, n.section_number) as section_code
from numbered as n
