with reported as (
    select distinct on (
        o.period_code, o.unit_id, o.indicator_code, o.breakdown_code, o.observation_kind, o.calendar_code
    )
        o.*,
        f.sender_code as filed_by,
        f.received_at
    from {{ ref('stg_observations') }} as o
    inner join {{ ref('int_filings_in_force') }} as f using (submission_id)
    {{ only_touched(
        ref('int_touched_cells'), 'o',
        ['indicator_code', 'breakdown_code', 'observation_kind', 'unit_id', 'calendar_code', 'period_code']
    ) }}
    left join {{ ref('int_overruled_figures') }} as v
        on
            o.submission_id = v.submission_id and o.sheet_name = v.sheet_name
            and o.row_number = v.row_number and o.column_number = v.column_number
    where v.submission_id is null
    -- Of two forms that bring the same figure the one received last is believed.
    order by
        o.period_code asc, o.unit_id asc, o.indicator_code asc, o.breakdown_code asc,
        o.observation_kind asc, o.calendar_code asc, f.received_at desc, f.submission_id desc,
        o.row_number asc, o.column_number asc
)

select
    r.indicator_code,
    r.breakdown_code,
    r.observation_kind,
    r.unit_id,
    r.calendar_code,
    r.period_code,
    r.value,
    r.filed_by,
    r.submission_id,
    r.received_at
from reported as r
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
    m.submission_id,
    null as received_at
from {{ ref('int_measured_observations') }} as m
