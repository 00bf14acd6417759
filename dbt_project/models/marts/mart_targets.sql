select
    t.target_code,
    t.target_version,
    t.kpi_code,
    t.target_year,
    t.operator,
    t.threshold,
    t.threshold_high,
    t.scope,
    t.unit_kind,
    t.act,
    t.note,
    t.valid_from,
    t.valid_to,
    t.confirmed
from {{ ref('targets') }} as t
