with filed as (
    select
        f.regime_code,
        min(s.last_day) as first_filed_day
    from {{ ref('int_submissions_in_force') }} as s
    inner join {{ ref('forms') }} as f using (form_code, form_version)
    group by f.regime_code
),

delivered as (
    select distinct f.regime_code
    from {{ ref('int_delivered_formulas') }} as d
    inner join {{ ref('kpi_terms') }} as t using (formula_code)
    inner join {{ ref('form_fields') }} as ff using (indicator_code)
    inner join {{ ref('forms') }} as f using (form_code, form_version)
)

select
    filed.regime_code,
    filed.first_filed_day
from filed
inner join delivered using (regime_code)
