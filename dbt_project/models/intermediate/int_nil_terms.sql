{{ config(materialized='ephemeral') }}

-- A nil filing answers for all breakdowns of its indicators, with nothing to add.
select
    n.period_code as part_code,
    n.unit_id,
    t.formula_code,
    t.formula_version,
    n.received_at,
    n.submission_id
from {{ ref('int_nil_indicators') }} as n
inner join {{ ref('int_part_terms') }} as t
    on
        n.calendar_code = t.calendar_code and n.period_code = t.part_code
        and n.indicator_code = t.indicator_code
left join {{ ref('int_observations') }} as o
    on
        n.period_code = o.period_code and n.unit_id = o.unit_id and n.indicator_code = o.indicator_code
        and t.breakdown_code = o.breakdown_code and n.calendar_code = o.calendar_code
        and o.observation_kind = 'actual'
where o.unit_id is null
