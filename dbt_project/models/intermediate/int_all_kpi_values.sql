{{ config(materialized='ephemeral') }}

select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.unit_id,
    v.unit_code,
    v.unit_kind,
    v.calendar_code,
    v.period_code,
    v.value,
    v.numerator,
    v.denominator,
    v.unit_of_measure,
    v.units_counted,
    v.units_owed,
    v.coverage,
    v.data_state,
    v.reason,
    v.is_primary,
    v.is_confirmed
from {{ ref('int_kpi_values') }} as v
union all
select
    u.kpi_code,
    u.formula_code,
    u.formula_version,
    u.unit_id,
    u.unit_code,
    u.unit_kind,
    u.calendar_code,
    u.period_code,
    null as value,
    null as numerator,
    null as denominator,
    u.unit_of_measure,
    0 as units_counted,
    0 as units_owed,
    null as coverage,
    'absent' as data_state,
    'unquantified' as reason,
    true as is_primary,
    u.is_confirmed
from {{ ref('int_unquantified_values') }} as u
