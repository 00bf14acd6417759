{{ config(materialized='ephemeral') }}

select distinct
    f.form_code,
    f.form_version,
    n.match_key,
    n.meaning,
    n.period_code,
    p.last_day
from {{ ref('form_notes') }} as n
inner join {{ ref('forms') }} as f using (form_code)
inner join {{ ref('regimes') }} as r using (regime_code)
left join {{ ref('periods') }} as p on r.calendar_code = p.calendar_code and n.period_code = p.period_code
