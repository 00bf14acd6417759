{{ config(materialized='ephemeral') }}

select
    p.formula_code,
    p.formula_version,
    p.part_code
from {{ ref('int_formula_parts') }} as p
where
    p.needed_from_day >= (select c.as_of_day from {{ ref('stg_last_computation') }} as c)
    and {{ nothing_when_full() }}
