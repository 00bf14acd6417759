{{ config(materialized='ephemeral') }}

select
    f.calendar_code,
    f.period_code,
    coalesce(u.unit_id, f.sender_unit_id) as unit_id,
    d.indicator_code,
    max(f.received_at) as received_at,
    max(f.submission_id) as submission_id
from {{ ref('int_filings_in_force') }} as f
inner join {{ ref('form_fields') }} as d using (form_code, form_version)
left join {{ ref('int_obligation_units') }} as u
    on
        f.form_code = u.form_code and f.calendar_code = u.calendar_code and f.period_code = u.period_code
        and f.sender_unit_id = u.sender_unit_id
where f.is_nil and d.indicator_code is not null and d.observation_kind = 'actual'
group by f.calendar_code, f.period_code, coalesce(u.unit_id, f.sender_unit_id), d.indicator_code
