select distinct
    t.unit_id,
    t.calendar_code,
    t.period_code
from {{ ref('int_touched_figures') }} as t
