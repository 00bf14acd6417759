-- Warnings that have to be explained, and rules that are waived for a sender for a time.
create table quality.values_to_explain (
    finding_id bigint primary key references quality.findings,
    value_sha256 text not null
);
comment on table quality.values_to_explain is
'Warnings that hold their filing until somebody explains them, with the hash of what stands in their cells.';

create table raw.explanations (
    submission_id bigint not null references raw.submissions,
    sender_unit_id text not null,
    form_code text not null,
    calendar_code text not null,
    period_code text not null,
    rule_id text not null,
    subject text not null,
    value_sha256 text not null,
    reason text not null check (length(reason) >= 10),
    explained_by text not null check (explained_by <> ''),
    explained_at timestamptz not null,
    entered_by text not null check (entered_by <> ''),
    entered_at timestamptz not null default clock_timestamp(),
    primary key (sender_unit_id, form_code, calendar_code, period_code, rule_id, subject, value_sha256),
    check (explained_at <= entered_at)
);
create index on raw.explanations (submission_id);
comment on table raw.explanations is
'Why a value that a rule warned of is right, in the words of its sender; nights from explained_at on see it.';

create table raw.waivers (
    waiver_id bigint generated always as identity primary key,
    submission_id bigint not null references raw.submissions,
    unit_code text not null,
    form_code text not null,
    rule_id text not null,
    requested_by text not null check (requested_by <> ''),
    approved_by text not null check (approved_by <> ''),
    approved_at timestamptz not null,
    until_day date not null,
    reason text not null check (length(reason) >= 10),
    entered_by text not null check (entered_by <> ''),
    entered_at timestamptz not null default clock_timestamp(),
    check (approved_at <= entered_at),
    check (lower(trim(requested_by)) <> lower(trim(approved_by)))
);
create index on raw.waivers (unit_code, form_code, rule_id);
create index on raw.waivers (submission_id);
comment on table raw.waivers is
'A rule that stops no filing of one sender for a time: who asked, who approved, why; it ends with its day.';
comment on column raw.waivers.until_day is 'Last day, local time, of nights that judge with it.';
