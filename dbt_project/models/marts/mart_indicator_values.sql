select
    o.indicator_code,
    o.breakdown_code,
    o.observation_kind,
    o.unit_id,
    u.code as unit_code,
    o.calendar_code,
    o.period_code,
    p.first_day,
    p.last_day,
    o.value,
    i.unit_of_measure,
    o.filed_by,
    o.submission_id
from {{ ref('int_observations') }} as o
inner join {{ ref('units') }} as u using (unit_id)
inner join {{ ref('indicators') }} as i using (indicator_code)
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
{{ only_touched(
    ref('int_touched_cells'), 'o',
    ['indicator_code', 'breakdown_code', 'observation_kind', 'unit_id', 'calendar_code', 'period_code']
) }}
order by o.period_code, o.unit_id, o.indicator_code, o.breakdown_code, o.observation_kind, o.calendar_code
