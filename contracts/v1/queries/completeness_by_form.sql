-- purpose: How complete the filings of a period are, form by form, with those late and those not due yet.
-- columns:
--   read_publication_id: bigint
--   form_code: text
--   calendar_code: text
--   units_owed: bigint
--   units_filed: bigint
--   units_late: bigint
--   units_not_due: bigint
-- one_per: [form_code, calendar_code]
-- as_many_as: >
--   select count(distinct (form_code, calendar_code)) from obligations where period_code = :'period_code'
-- parameters:
--   period_code: select max(period_code) from obligations
-- limit_ms: 200
select
    (select max(p.publication_id) from publications as p) as read_publication_id,
    o.form_code,
    o.calendar_code,
    count(*) as units_owed,
    count(o.submission_id) as units_filed,
    count(*) filter (where o.is_late) as units_late,
    count(*) filter (where o.state in ('not_due', 'due')) as units_not_due
from obligations as o
where o.period_code = :'period_code'
group by o.form_code, o.calendar_code
order by o.form_code, o.calendar_code;
