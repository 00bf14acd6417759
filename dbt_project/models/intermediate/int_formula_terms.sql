{{ config(materialized='ephemeral') }}

select
    t.formula_code,
    t.formula_version,
    t.side,
    t.indicator_code,
    t.breakdown_code,
    t.coefficient,
    row_number() over same_formula as term_number,
    count(*) over same_formula as terms_needed
from {{ ref('kpi_terms') }} as t
window same_formula as (partition by t.formula_code, t.formula_version)
