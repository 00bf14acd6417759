"""The SELECTs of checks that look at what a sender filed before; see ``built_in_queries`` for what each yields."""

from __future__ import annotations

_FIGURES = """
    select r.unit_id, r.breakdown_code, f.field_code, f.value
    from staging.stg_figures as f
    inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
    where f.submission_id = {submission} and r.row_kind = 'data'
"""

SAME_FIGURES = f"""
select
    s.submission_id, null as sheet_name, null as cell, null as subject, before.period_code as found,
    concat('Kỳ trước: ', before.period_code, ', ', same.figures, ' số khác 0.') as detail_vi,
    concat('The period before is ', before.period_code, ', ', same.figures, ' figures are not 0.') as detail_en
from judged as s
inner join registry.periods as p using (calendar_code, period_code)
cross join lateral (
    select e.submission_id, e.period_code
    from registry.periods as q
    inner join staging.stg_filings as e
        on
            e.sender_unit_id = s.sender_unit_id and e.form_code = s.form_code
            and e.calendar_code = q.calendar_code and e.period_code = q.period_code
    where
        q.calendar_code = p.calendar_code and q.period_kind = p.period_kind and q.last_day = p.first_day - 1
        and exists (
            select from raw.submission_states as t where t.submission_id = e.submission_id and t.state = 'accepted'
        )
    order by e.received_at desc, e.submission_id desc
    limit 1
) as before
cross join lateral (
    select count(*) filter (where n.value <> 0) as figures, bool_and(n.value is not distinct from o.value) as are_equal
    from ({_FIGURES.format(submission="s.submission_id")}) as n
    full join ({_FIGURES.format(submission="before.submission_id")}) as o using (unit_id, breakdown_code, field_code)
) as same
where
    not s.is_nil and not s.is_partial and same.are_equal
    -- Fewer may well come out the same twice.
    and same.figures >= 5
"""
