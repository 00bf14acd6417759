-- purpose: Units without a filing for a period that they owe, with the day it was due, for reminders.
-- columns:
--   unit_id: text
--   name_vi: text
--   form_code: text
--   calendar_code: text
--   due_at: timestamptz
--   state: text
--   is_late: boolean
-- one_per: [unit_id, form_code, calendar_code]
-- as_many_as: select count(*) from obligations where period_code = :'period_code' and submission_id is null
-- parameters:
--   period_code: select max(period_code) from obligations
-- limit_ms: 200
select
    o.unit_id,
    u.name_vi,
    o.form_code,
    o.calendar_code,
    o.due_at,
    o.state,
    o.is_late
from obligations as o
inner join units as u using (unit_id)
where o.period_code = :'period_code' and o.submission_id is null
order by o.form_code, u.sort_key;
