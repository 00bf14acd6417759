{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}]
) }}

with placed as (
    select
        m.submission_id,
        m.sheet_name,
        m.row_number,
        m.row_kind,
        m.marked_unit_id,
        min(m.row_number) filter (where m.row_kind = 'data') over (
            partition by m.submission_id, m.sheet_name
        ) as first_data_row
    from {{ ref('stg_row_marks') }} as m
    inner join {{ submissions_to_stage() }} using (submission_id)
)

select
    p.submission_id,
    p.sheet_name,
    p.row_number,
    case
        -- A grand total below data ends the table; one on top, as some forms have it, does not.
        when
            p.row_kind = 'data'
            and p.row_number > min(p.row_number) filter (
                where p.row_kind = 'end' or (p.row_kind = 'grand_total' and p.row_number > p.first_data_row)
            ) over (partition by p.submission_id, p.sheet_name)
            then 'outside'
        else p.row_kind
    end as row_kind,
    p.marked_unit_id
from placed as p
