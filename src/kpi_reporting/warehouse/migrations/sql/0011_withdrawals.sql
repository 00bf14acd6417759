-- Withdrawals: a sender takes back a filing that is in force. The act stands here, its effect among states.
create table raw.withdrawals (
    submission_id bigint primary key references raw.submissions,
    asked_by text not null check (asked_by <> ''),
    asked_at timestamptz not null,
    reason text not null check (reason <> ''),
    entered_by text not null check (entered_by <> ''),
    entered_at timestamptz not null default clock_timestamp(),
    check (asked_at <= entered_at)
);
comment on table raw.withdrawals is
'One row per submission that its sender took back, never changed; the night that sees it gives the state withdrawn.';
comment on column raw.withdrawals.asked_at is 'When it was asked for: nights from then on see it, and it is held against the lock.';
comment on column raw.withdrawals.entered_at is 'When it was entered; no computation looks at it.';

alter table raw.submission_states drop constraint submission_states_state_check;
alter table raw.submission_states add constraint submission_states_state_check check (state in (
    'received', 'read', 'duplicate', 'refused', 'rejected', 'accepted', 'superseded', 'held', 'withdrawn'
));
