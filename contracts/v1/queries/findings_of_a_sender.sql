-- purpose: What the checks said about a sender's files, newest first, with what the sender can do about it.
-- columns:
--   finding_id: bigint
--   night_id: text
--   form_code: text
--   period_code: text
--   file_name: text
--   sheet_name: text
--   cell: text
--   severity: text
--   message_vi: text
--   action_vi: text
-- one_per: [finding_id]
-- parameters:
--   sender_code: select max(sender_code) from findings
-- limit_ms: 500
select
    f.finding_id,
    f.night_id,
    f.form_code,
    f.period_code,
    f.file_name,
    f.sheet_name,
    f.cell,
    f.severity,
    f.message_vi,
    f.action_vi
from findings as f
where f.sender_code = :'sender_code'
order by f.finding_id desc;
