-- Warnings that have to be explained, and rules that are waived for a sender for a time. Acts stand here, never changed.
alter table quality.findings add column needs_reason boolean not null default false;
alter table quality.findings add column value_sha256 text;
comment on column quality.findings.needs_reason is 'True when the filing is held until somebody explains this warning, or it is waived.';
comment on column quality.findings.value_sha256 is 'Hash of what stands in the cells a rule looked at; an explanation holds for these values alone.';

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
'A rule that does not stop the filings of one sender for a time: who asked, who approved, why; an expired one counts no more.';
comment on column raw.waivers.until_day is 'Last day, local time, of nights that judge with it.';
