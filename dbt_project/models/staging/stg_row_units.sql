{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}]
) }}

with placed as (
    select
        c.submission_id,
        c.sheet_name,
        c.row_number,
        c.unit_id,
        c.has_code,
        c.is_coded,
        c.is_named_in_full,
        c.is_foreign,
        c.is_coded and c.name_likeness < max(c.name_likeness) over same_row as is_contradicted,
        rank() over (
            same_row order by c.is_coded desc, c.is_named_in_full desc, c.is_foreign asc
        ) as preference
    from {{ ref('stg_row_unit_candidates') }} as c
    inner join {{ submissions_to_stage() }} using (submission_id)
    window same_row as (partition by c.submission_id, c.sheet_name, c.row_number)
)

-- A code that is given decides, so that a name alone does not stand in for a code nobody has.
select
    p.submission_id,
    p.sheet_name,
    p.row_number,
    min(p.unit_id) as unit_id,
    cast(count(*) as integer) as units_found,
    bool_or(p.is_named_in_full) as is_named_in_full,
    bool_or(p.is_contradicted) as is_contradicted,
    bool_or(p.is_foreign) as is_foreign
from placed as p
where p.preference = 1 and (p.is_coded or not p.has_code)
group by p.submission_id, p.sheet_name, p.row_number
