-- Reminders: one row before a mail is handed over, another when it is known what became of it.
create table raw.reminders (
    reminder_seq bigint generated always as identity primary key,
    unit_code text not null,
    reminded_day date not null,
    state text not null check (state in ('pending', 'sent', 'refused')),
    message_id text not null,
    sha256 text not null,
    addresses text[] not null check (cardinality(addresses) > 0),
    night_id text not null references raw.nights,
    detail text,
    recorded_at timestamptz not null default clock_timestamp()
);
create unique index on raw.reminders (unit_code, reminded_day) where state = 'sent';
comment on table raw.reminders is
'Log of reminders: one row per state; the highest reminder_seq of a sender and day is its current state.';
comment on column raw.reminders.unit_code is 'Sender that is reminded.';
comment on column raw.reminders.reminded_day is 'Day in Vietnam for which it is reminded; at most one digest of it is sent.';
comment on column raw.reminders.state is
'pending: about to be handed over, and, without a later row, perhaps taken; sent: taken; refused: taken from nobody.';
comment on column raw.reminders.message_id is 'Message-ID, the same for every attempt of a sender and day.';
comment on column raw.reminders.sha256 is 'Hash of subject and plain text.';
comment on column raw.reminders.addresses is 'Addresses it was meant for.';
comment on column raw.reminders.night_id is 'Night from which it is known what is missing.';
comment on column raw.reminders.detail is 'What the mail server answered of addresses it refused.';
comment on column raw.reminders.recorded_at is 'When the row was written; no computation looks at it.';
