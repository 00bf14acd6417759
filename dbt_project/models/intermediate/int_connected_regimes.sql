{{ config(materialized='ephemeral') }}

with delivered as (
    select
        f.regime_code,
        {{ day_in_vietnam('min(d.first_accepted_at)') }} as first_accepted_day
    from {{ ref('int_delivered_formulas') }} as d
    inner join {{ ref('int_formula_sources') }} using (formula_code)
    inner join {{ ref('forms') }} as f using (form_code, form_version)
    group by f.regime_code
)

select
    f.regime_code,
    greatest(min(s.last_day), min(d.first_accepted_day)) as connected_from
from {{ ref('int_filings_in_force') }} as s
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join delivered as d using (regime_code)
group by f.regime_code
