{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='submission_id') }}

with sections as (
    select
        t.*,
        m.section_code as opens,
        count(m.row_number) over (
            partition by t.submission_id, t.sheet_name order by t.row_number
        ) as section_number
    from {{ ref('stg_row_texts') }} as t
    left join {{ ref('stg_row_marks') }} as m
        on
            t.submission_id = m.submission_id and t.sheet_name = m.sheet_name and t.row_number = m.row_number
            and m.row_kind = 'section'
    where {{ is_to_be_staged('t') }}
),

in_section as (
    select
        s.*,
        max(s.opens) over (partition by s.submission_id, s.sheet_name, s.section_number) as section_code
    from sections as s
),

marked as (
    select
        i.*,
        m.unit_id as marked_unit_id,
        case
            when i.opens is not null then 'section'
            when i.is_blank then 'blank'
            when m.row_kind is null or m.row_kind = 'unit' then 'data'
            else m.row_kind
        end as row_kind
    from in_section as i
    left join {{ ref('stg_row_marks') }} as m
        on
            i.submission_id = m.submission_id and i.sheet_name = m.sheet_name and i.row_number = m.row_number
            and m.row_kind <> 'section'
            and (m.section_code is null or m.section_code = i.section_code)
),

followed as (
    select
        m.*,
        count(*) filter (where m.row_kind = 'data') over before as data_rows_before
    from marked as m
    window before as (
        partition by m.submission_id, m.sheet_name order by m.row_number rows between unbounded preceding and 1 preceding
    )
),

ended as (
    select
        f.*,
        -- A grand total below data ends the table; one on top, as some forms have it, does not.
        coalesce(
            bool_or(f.row_kind = 'end' or (f.row_kind = 'grand_total' and f.data_rows_before > 0)) over (
                partition by f.submission_id, f.sheet_name order by f.row_number rows between unbounded preceding and 1 preceding
            ), false
        ) as is_below_the_table
    from followed as f
)

select
    e.submission_id,
    e.sheet_name,
    e.row_number,
    case when e.is_below_the_table and e.row_kind = 'data' then 'outside' else e.row_kind end as row_kind,
    e.section_code,
    e.marked_unit_id,
    e.unit_code,
    e.unit_name,
    e.breakdown,
    e.item_code,
    e.item_label,
    e.name_key,
    e.plain_name_key,
    e.note_key
from ended as e
