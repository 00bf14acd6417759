select distinct
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.part_code,
    w.part_last_day
from {{ ref('int_formula_windows') }} as w
