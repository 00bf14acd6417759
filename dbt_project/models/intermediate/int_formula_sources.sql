select distinct
    t.formula_code,
    t.formula_version,
    r.calendar_code,
    f.period_kind,
    f.form_code,
    f.form_version
from {{ ref('formula_terms') }} as t
inner join {{ ref('form_fields') }} as d using (indicator_code)
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join {{ ref('stg_form_shapes') }} as s using (form_code, form_version)
inner join {{ ref('regimes') }} as r using (regime_code)
where
    d.observation_kind = 'actual'
    and (d.breakdown_code = t.breakdown_code or (d.breakdown_code = 'total' and s.names_breakdowns))
union
-- What the product measures itself it measures every month; no form asks for it.
select
    t.formula_code,
    t.formula_version,
    c.value as calendar_code,
    'month' as period_kind,
    null as form_code,
    null as form_version
from {{ ref('formula_terms') }} as t
inner join {{ ref('indicators') }} as i using (indicator_code)
inner join {{ ref('settings') }} as c on c.setting = 'measured_calendar'
where i.own_measure is not null
