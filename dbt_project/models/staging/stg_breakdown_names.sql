{{ config(materialized='ephemeral') }}

with names as (
    select
        b.breakdown_code,
        {{ match_key('b.breakdown_code') }} as match_key
    from {{ ref('breakdowns') }} as b
    union
    select
        b.breakdown_code,
        {{ match_key('b.name_vi') }} as match_key
    from {{ ref('breakdowns') }} as b
)

-- A name that stands for several breakdowns says none of them.
select
    min(n.breakdown_code) as breakdown_code,
    n.match_key
from names as n
where n.breakdown_code <> 'total'
group by n.match_key
having count(*) = 1
