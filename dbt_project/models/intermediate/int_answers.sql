{{ config(materialized='ephemeral') }}

select
    t.formula_code,
    t.formula_version,
    t.part_code,
    o.unit_id,
    t.side,
    o.value * t.coefficient as amount,
    1 as terms,
    false as is_owed,
    o.received_at,
    o.submission_id
from {{ ref('int_observations') }} as o
inner join {{ ref('int_part_terms') }} as t
    on
        o.period_code = t.part_code and o.calendar_code = t.calendar_code
        and o.indicator_code = t.indicator_code and o.breakdown_code = t.breakdown_code
where o.observation_kind = 'actual'
union all
select
    n.formula_code,
    n.formula_version,
    n.part_code,
    n.unit_id,
    null as side,
    null as amount,
    1 as terms,
    false as is_owed,
    n.received_at,
    n.submission_id
from {{ ref('int_nil_terms') }} as n
union all
select
    w.formula_code,
    w.formula_version,
    w.part_code,
    w.unit_id,
    null as side,
    null as amount,
    0 as terms,
    true as is_owed,
    null as received_at,
    null as submission_id
from {{ ref('int_owed_parts') }} as w
