-- Filings held after the lock: what a person decides about one stands here, its effect among the states.
create table raw.held_decisions (
    submission_id bigint primary key references raw.submissions,
    decision text not null check (decision in ('released', 'refused')),
    decided_by text not null check (decided_by <> ''),
    decided_at timestamptz not null,
    reason text not null check (reason <> ''),
    entered_by text not null check (entered_by <> ''),
    entered_at timestamptz not null default clock_timestamp(),
    check (decided_at <= entered_at)
);
comment on table raw.held_decisions is
'One row per held filing that a person released or refused, never changed; the night that sees it gives the state.';
comment on column raw.held_decisions.decided_at is 'When it was decided: nights from then on see it.';
comment on column raw.held_decisions.entered_at is 'When it was entered; no computation looks at it.';
