{{ config(materialized='incremental', indexes=[
    {'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}
]) }}

with placed as (
    select
        m.submission_id,
        m.sheet_name,
        m.row_number,
        m.row_kind,
        m.marked_unit_id,
        t.has_numbers,
        t.is_closing,
        min(m.row_number) filter (where m.row_kind = 'data') over same_sheet as first_data_row,
        max(m.row_number) filter (where t.has_numbers) over same_sheet as last_number_row
    from {{ ref('stg_row_marks') }} as m
    inner join {{ submissions_to_stage() }} using (submission_id)
    inner join {{ ref('stg_row_texts') }} as t using (submission_id, sheet_name, row_number)
    window same_sheet as (partition by m.submission_id, m.sheet_name)
),

ended as (
    select
        p.*,
        min(p.row_number) filter (
            where p.row_kind = 'end' or (p.is_closing and p.row_number > coalesce(p.last_number_row, 0))
        ) over same_sheet as end_row,
        min(p.row_number) filter (where p.row_kind = 'grand_total' and p.row_number > p.first_data_row)
            over same_sheet as total_row
    from placed as p
    window same_sheet as (partition by p.submission_id, p.sheet_name)
)

select
    e.submission_id,
    e.sheet_name,
    e.row_number,
    case
        when
            e.row_kind = 'data'
            and e.row_number >= least(e.end_row, min(e.row_number) filter (
                where e.row_kind = 'rate' and e.row_number > e.total_row
            ) over (partition by e.submission_id, e.sheet_name))
            then 'outside'
        when e.row_kind = 'data' and e.row_number > e.total_row
            then case when e.has_numbers then 'below_total' else 'outside' end
        else e.row_kind
    end as row_kind,
    e.marked_unit_id
from ended as e
