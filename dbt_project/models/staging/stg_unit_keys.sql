{{ config(materialized='ephemeral') }}

select
    u.unit_id,
    'code' as key_kind,
    u.code as unit_key,
    u.valid_from,
    u.valid_to
from {{ ref('units') }} as u
union all
select
    u.unit_id,
    'name' as key_kind,
    u.match_key as unit_key,
    u.valid_from,
    u.valid_to
from {{ ref('units') }} as u
union all
select
    u.unit_id,
    'name' as key_kind,
    a.match_key as unit_key,
    u.valid_from,
    u.valid_to
from {{ ref('unit_aliases') }} as a
inner join {{ ref('units') }} as u using (unit_id)
where a.match_key <> u.match_key
