-- Append-only ground of the warehouse: what was received, and what was found in it.
create schema registry;
create schema raw;
create schema staging;
create schema intermediate;
create schema marts;
create schema quality;
create schema reporting;
create schema national;

create table registry.loads (
    load_id bigint generated always as identity primary key,
    registry_code text not null,
    sha256 text not null,
    loaded_at timestamptz not null default clock_timestamp()
);
comment on table registry.loads is 'One row per registry state that was loaded into the warehouse.';

create table raw.nights (
    night_id text primary key,
    registry_code text not null,
    registry_sha256 text not null,
    as_of timestamptz not null,
    inbox text not null
);
comment on table raw.nights is 'One row per night; night_id is its as-of instant, so the same night opened twice is one row.';

create table raw.current_night (
    only_row boolean primary key default true check (only_row),
    night_id text not null references raw.nights
);
comment on table raw.current_night is 'The night being computed; models read the clock from here and nowhere else.';

create table raw.submissions (
    submission_id bigint generated always as identity primary key,
    night_id text not null references raw.nights,
    source_code text not null,
    channel text not null check (channel in ('drop_folder', 'http_api')),
    origin text not null,
    file_name text not null,
    media_type text not null,
    received_at timestamptz not null,
    collected_at timestamptz not null,
    byte_size bigint not null,
    sha256 text not null,
    landing_uri text not null,
    unique (source_code, origin, sha256)
);
comment on table raw.submissions is 'The ledger: one row per payload received, written before anything is parsed, never changed.';

create table raw.submission_states (
    state_seq bigint generated always as identity primary key,
    submission_id bigint not null references raw.submissions,
    night_id text not null references raw.nights,
    state text not null check (state in (
        'received', 'read', 'duplicate', 'refused', 'rejected', 'accepted', 'superseded', 'held'
    )),
    reason text
);
create index on raw.submission_states (submission_id, state_seq desc);
comment on table raw.submission_states is 'Transition log of submissions; the highest state_seq is the current state.';

create table raw.readings (
    submission_id bigint primary key references raw.submissions,
    reader text not null,
    sender_code text,
    form_code text,
    form_version integer,
    period_code text,
    is_nil boolean not null default false,
    claimed_by text not null check (claimed_by in ('stamp', 'file_name', 'source', 'payload')),
    sheet_name text,
    header_row integer,
    first_row integer,
    last_row integer
);
comment on table raw.readings is 'What a reader understood of a submission: who files which form for which period, and where its table stands.';

create table raw.layout_columns (
    submission_id bigint not null references raw.submissions,
    column_number integer not null,
    field_code text not null,
    primary key (submission_id, column_number)
);
comment on table raw.layout_columns is 'Which column of the submission holds which field of its form (1-based).';

create table raw.sheet_rows (
    submission_id bigint not null references raw.submissions,
    sheet_name text not null,
    row_number integer not null,
    cells jsonb not null,
    primary key (submission_id, sheet_name, row_number)
);
comment on table raw.sheet_rows is 'Rows as sent, one JSON array of cells each: null, string, number, boolean, {"date": …} or {"error": …}.';

create table quality.findings (
    finding_id bigint generated always as identity primary key,
    night_id text not null references raw.nights,
    submission_id bigint references raw.submissions,
    layer text not null check (layer in ('readable', 'structure', 'row', 'cross_form', 'history', 'exit')),
    rule_id text not null,
    severity text not null check (severity in ('error', 'warning', 'info')),
    sender_code text,
    form_code text,
    period_code text,
    file_name text,
    sheet_name text,
    cell text,
    subject text not null default '',
    found text,
    message_vi text not null,
    message_en text not null,
    action_vi text not null,
    unique nulls not distinct (submission_id, rule_id, sheet_name, cell, subject, night_id)
);
comment on table quality.findings is 'What a rule says about a cell, a submission or a figure, with what to do about it.';
comment on column quality.findings.subject is 'What is meant beside the cell: a unit, a field, or kpi/formula/unit/period of a figure at the exit.';

create table quality.check_runs (
    night_id text not null references raw.nights,
    suite text not null,
    rule_id text not null,
    status text not null check (status in ('passed', 'failed', 'error')),
    rows_checked bigint,
    rows_failed bigint,
    primary key (night_id, suite, rule_id)
);
comment on table quality.check_runs is 'Which rules ran in a night; no findings means clean only when the rule stands here as passed.';

create table quality.blocked_figures (
    night_id text not null references raw.nights,
    figure_key text not null,
    rule_id text not null,
    primary key (night_id, figure_key, rule_id)
);
comment on table quality.blocked_figures is 'Candidate figures an exit rule stopped in a night; their last good issue stays, marked stale.';
