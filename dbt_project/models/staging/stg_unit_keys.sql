{{ config(materialized='ephemeral') }}

with names as (
    select
        u.unit_id,
        u.match_key,
        u.valid_from,
        u.valid_to
    from {{ ref('units') }} as u
    union
    select
        u.unit_id,
        a.match_key,
        u.valid_from,
        u.valid_to
    from {{ ref('unit_aliases') }} as a
    inner join {{ ref('units') }} as u using (unit_id)
)

select
    u.unit_id,
    'code' as key_kind,
    u.code as unit_key,
    u.valid_from,
    u.valid_to
from {{ ref('units') }} as u
union
select
    n.unit_id,
    k.key_kind,
    k.unit_key,
    n.valid_from,
    n.valid_to
from names as n
inner join lateral (
    values
    ('name', n.match_key),
    ('bare_name', {{ bare_key('n.match_key') }}),
    ('folded_name', {{ folded_key('n.match_key') }})
) as k (key_kind, unit_key) on true
