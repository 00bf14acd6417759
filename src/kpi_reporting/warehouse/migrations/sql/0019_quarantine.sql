-- What was not taken in: every row, cell or file at fault, with what became of its submission since.
create view quality.quarantine as
select
    f.finding_id,
    f.submission_id,
    s.sha256,
    s.file_name,
    f.sender_code,
    f.form_code,
    f.period_code,
    f.sheet_name,
    f.cell,
    f.subject,
    f.found as raw_text,
    f.rule_id,
    f.night_id,
    case
        when now.state not in ('refused', 'rejected') then now.state
        when f.night_id <> now.night_id then 'judged_again'
        when exists (
            select from raw.readings as own
            inner join raw.readings as other
                on
                    other.period_code = own.period_code and other.form_code = own.form_code
                    and coalesce(other.unit_code, other.sender_code) = coalesce(own.unit_code, own.sender_code)
            inner join lateral (
                select st.state from raw.submission_states as st
                where st.submission_id = other.submission_id
                order by st.state_seq desc limit 1
            ) as later on later.state = 'accepted'
            where own.submission_id = f.submission_id and other.submission_id > own.submission_id
        ) then 'replaced'
        else 'waiting'
    end as state
from quality.findings as f
inner join raw.submissions as s using (submission_id)
inner join lateral (
    select st.state, st.night_id from raw.submission_states as st
    where st.submission_id = f.submission_id
    order by st.state_seq desc limit 1
) as now on true
where f.severity = 'error';
comment on view quality.quarantine is
'One row per fault that kept a submission out: payload, cell, raw text, rule, and what became of the submission since.';
comment on column quality.quarantine.state is
'waiting: nobody mended it; replaced: a later filing is in force; judged_again: an earlier judgement; else its state now.';
