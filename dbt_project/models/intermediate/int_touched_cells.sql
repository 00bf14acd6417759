select distinct
    o.indicator_code,
    o.breakdown_code,
    o.observation_kind,
    o.unit_id,
    o.calendar_code,
    o.period_code
from {{ ref('int_touched_filings') }}
inner join {{ ref('stg_filings') }} using (sender_unit_id, form_code, calendar_code, period_code)
inner join {{ ref('stg_observations') }} as o using (submission_id)
union
-- What the product measures may differ in every month, whatever was filed.
select
    m.indicator_code,
    m.breakdown_code,
    m.observation_kind,
    m.unit_id,
    m.calendar_code,
    m.period_code
from {{ ref('int_measured_observations') }} as m
where {{ nothing_when_full() }}
order by period_code, unit_id, indicator_code, breakdown_code, observation_kind, calendar_code
