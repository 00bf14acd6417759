{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='submission_id') }}

with named as (
    select
        k.submission_id,
        k.sheet_name,
        k.row_number,
        k.unit_code,
        k.name_key,
        k.plain_name_key,
        s.last_day
    from {{ ref('stg_row_kinds') }} as k
    inner join {{ ref('stg_submissions') }} as s using (submission_id)
    where
        k.row_kind = 'data' and k.marked_unit_id is null
        and (k.unit_code is not null or k.name_key is not null)
        and {{ is_to_be_staged('s') }}
),

names as (
    select u.unit_id, u.match_key, u.valid_from, u.valid_to from {{ ref('units') }} as u
    union
    select u.unit_id, a.match_key, u.valid_from, u.valid_to
    from {{ ref('unit_aliases') }} as a
    inner join {{ ref('units') }} as u using (unit_id)
),

matched as (
    select n.*, u.unit_id, 'code' as matched_by
    from named as n
    inner join {{ ref('units') }} as u
        on n.unit_code = u.code and n.last_day between u.valid_from and coalesce(u.valid_to, 'infinity')
    union all
    select n.*, m.unit_id, case when m.match_key = n.name_key then 'name' else 'plain_name' end as matched_by
    from named as n
    inner join names as m
        on
            m.match_key in (n.name_key, n.plain_name_key)
            and n.last_day between m.valid_from and coalesce(m.valid_to, 'infinity')
    where n.unit_code is null
)

select
    m.submission_id,
    m.sheet_name,
    m.row_number,
    min(m.unit_id) as unit_id,
    min(m.matched_by) as matched_by,
    cast(count(distinct m.unit_id) as integer) as units_found
from matched as m
group by m.submission_id, m.sheet_name, m.row_number
