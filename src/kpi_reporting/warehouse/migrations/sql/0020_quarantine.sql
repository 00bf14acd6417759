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
        when later.is_in_force then 'replaced'
        else 'waiting'
    end as state
from quality.findings as f
inner join raw.submissions as s using (submission_id)
inner join lateral (
    select
        st.state,
        st.night_id
    from raw.submission_states as st
    where f.submission_id = st.submission_id
    order by st.state_seq desc
    limit 1
) as now on true
left join lateral (
    select true as is_in_force
    from raw.readings as own
    inner join raw.readings as other
        on
            own.period_code = other.period_code and own.form_code = other.form_code
            and coalesce(own.unit_code, own.sender_code) = coalesce(other.unit_code, other.sender_code)
            and own.submission_id < other.submission_id
    inner join lateral (
        select st.state
        from raw.submission_states as st
        where other.submission_id = st.submission_id
        order by st.state_seq desc
        limit 1
    ) as theirs on theirs.state = 'accepted'
    where own.submission_id = f.submission_id
    order by other.submission_id
    limit 1
) as later on true
where f.severity = 'error';
comment on view quality.quarantine is
'One row per fault that kept a submission out: payload, cell, raw text, rule, and what became of it since.';
comment on column quality.quarantine.state is
'waiting; replaced: a later filing is in force; judged_again: an earlier judgement; else the state it has now.';
