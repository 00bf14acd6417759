select distinct
    t.formula_code,
    t.formula_version,
    r.calendar_code,
    f.period_kind,
    f.form_code,
    f.form_version
from {{ ref('kpi_terms') }} as t
inner join {{ ref('form_fields') }} as ff using (indicator_code)
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join {{ ref('regimes') }} as r using (regime_code)
union
-- The product measures its own regimes every administrative month; no form asks for them.
select
    t.formula_code,
    t.formula_version,
    'administrative',
    'month',
    null,
    null
from {{ ref('kpi_terms') }} as t
where t.indicator_code in ('regimes.catalogue', 'regimes.connected')
