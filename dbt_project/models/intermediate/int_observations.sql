select
    r.indicator_code,
    r.breakdown_code,
    r.observation_kind,
    r.unit_id,
    r.calendar_code,
    r.period_code,
    r.value,
    r.filed_by,
    r.submission_id
from {{ ref('int_reported_observations') }} as r
union all
select
    m.indicator_code,
    m.breakdown_code,
    m.observation_kind,
    m.unit_id,
    m.calendar_code,
    m.period_code,
    m.value,
    m.filed_by,
    m.submission_id
from {{ ref('int_measured_observations') }} as m
