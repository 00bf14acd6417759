{{ config(materialized='ephemeral') }}

with delivered as (
    select distinct f.regime_code
    from {{ ref('int_delivered_formulas') }}
    inner join {{ ref('int_formula_sources') }} using (formula_code)
    inner join {{ ref('forms') }} as f using (form_code, form_version)
)

select
    f.regime_code,
    min(s.last_day) as first_filed_day
from {{ ref('int_filings_in_force') }} as s
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join delivered using (regime_code)
group by f.regime_code
