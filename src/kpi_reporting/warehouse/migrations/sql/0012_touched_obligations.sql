-- A night finds what is new of the ledger, of signatures and of deadlines without reading all there is.
alter table raw.computations
add column approvals_read bigint not null default 0,
add column deliveries_read bigint not null default 0;
comment on column raw.computations.approvals_read is 'Highest approval_id it can have seen.';
comment on column raw.computations.deliveries_read is 'Highest delivery_id it can have seen.';

create table raw.unsettled_submissions (
    submission_id bigint primary key references raw.submissions,
    state text not null check (state in ('received', 'read', 'held'))
);
comment on table raw.unsettled_submissions is
'Submissions that wait for a step or a person, by the last row of their log; kept by a trigger on that log.';

insert into raw.unsettled_submissions
select
    s.submission_id,
    s.state
from (
    select distinct on (t.submission_id)
        t.submission_id,
        t.state
    from raw.submission_states as t
    order by t.submission_id asc, t.state_seq desc
) as s
where s.state in ('received', 'read', 'held');

create function raw.keep_unsettled() returns trigger language plpgsql as $$
begin
    delete from raw.unsettled_submissions as u
    using new_states as n
    where u.submission_id = n.submission_id;

    insert into raw.unsettled_submissions (submission_id, state)
    select s.submission_id, s.state
    from (
        select distinct on (n.submission_id) n.submission_id, n.state
        from new_states as n
        order by n.submission_id, n.state_seq desc
    ) as s
    where s.state in ('received', 'read', 'held');
    return null;
end $$;

create trigger keep_unsettled after insert on raw.submission_states
referencing new table as new_states
for each statement execute function raw.keep_unsettled();

create index on raw.submission_states (night_id);
create index on raw.readings (period_code, form_code, (coalesce(unit_code, sender_code)));
create index on reporting.told_deadlines (due_at);
create index on reporting.told_deadlines (lock_at);
