with months as (
    select
        p.calendar_code,
        p.period_code,
        p.last_day,
        u.unit_id,
        u.code as filed_by
    from {{ ref('int_ended_periods') }} as p
    inner join {{ ref('units') }} as u
        on u.parent_id is null and p.last_day between u.valid_from and coalesce(u.valid_to, 'infinity')
    where
        p.calendar_code = 'administrative' and p.period_kind = 'month'
        and p.last_day >= (select cast(min(s.received_at) as date) from {{ ref('stg_submissions') }} as s)
),

counted as (
    select
        m.*,
        count(*) as catalogue,
        count(c.regime_code) as connected
    from months as m
    inner join {{ ref('regimes') }} as r
        on r.in_catalogue and m.last_day between r.valid_from and coalesce(r.valid_to, 'infinity')
    left join {{ ref('int_connected_regimes') }} as c
        on r.regime_code = c.regime_code and m.last_day >= c.first_filed_day
    group by m.calendar_code, m.period_code, m.last_day, m.unit_id, m.filed_by
)

select
    i.indicator_code,
    'total' as breakdown_code,
    'actual' as observation_kind,
    c.unit_id,
    c.calendar_code,
    c.period_code,
    cast(case i.indicator_code when 'regimes.catalogue' then c.catalogue else c.connected end as numeric) as value,
    c.filed_by,
    cast(0 as bigint) as submission_id
from counted as c
inner join {{ ref('indicators') }} as i on i.indicator_code in ('regimes.catalogue', 'regimes.connected')
