{{ config(materialized='ephemeral') }}

with counted as (
    select
        m.calendar_code,
        m.period_code,
        m.unit_id,
        m.unit_code,
        cast(count(*) as numeric) as catalogue,
        cast(count(c.regime_code) as numeric) as connected
    from {{ ref('int_measured_months') }} as m
    inner join {{ ref('regimes') }} as r on r.in_catalogue and {{ holds_on('m.last_day', 'r') }}
    left join {{ ref('int_connected_regimes') }} as c
        on r.regime_code = c.regime_code and m.last_day >= c.connected_from
    group by m.calendar_code, m.period_code, m.unit_id, m.unit_code
)

select
    i.indicator_code,
    'total' as breakdown_code,
    'actual' as observation_kind,
    c.unit_id,
    c.calendar_code,
    c.period_code,
    case i.own_measure when 'regimes_in_catalogue' then c.catalogue else c.connected end as value,
    c.unit_code as filed_by,
    cast(0 as bigint) as submission_id
from counted as c
inner join {{ ref('indicators') }} as i on i.own_measure is not null
