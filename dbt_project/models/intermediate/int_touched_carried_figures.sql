select distinct
    f.kpi_code,
    t.formula_code,
    c.current_unit_id as unit_id,
    t.calendar_code,
    t.period_code
from {{ ref('int_touched_sides') }} as t
inner join {{ ref('int_past_windows') }}
    using (formula_code, formula_version, calendar_code, period_code)
inner join {{ ref('int_carried_shares') }} as c using (unit_id)
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
order by t.period_code, c.current_unit_id, f.kpi_code, t.formula_code, t.calendar_code
