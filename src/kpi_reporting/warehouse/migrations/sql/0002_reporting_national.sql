-- What readers see, changed only by publications, and what left for the national system.
create table reporting.publications (
    publication_id bigint generated always as identity primary key,
    night_id text not null,
    as_of timestamptz not null,
    published_at timestamptz not null default clock_timestamp(),
    registry_sha256 text not null,
    content_sha256 text not null,
    rows_added integer not null,
    rows_changed integer not null,
    rows_removed integer not null
);
comment on table reporting.publications is 'One row per atomic change of what readers see.';

create table reporting.kpi_values (
    kpi_code text not null,
    formula_code text not null,
    formula_version integer not null,
    unit_id text not null,
    unit_code text not null,
    calendar_code text not null,
    period_code text not null,
    period_kind text not null,
    first_day date not null,
    last_day date not null,
    value numeric,
    numerator numeric,
    denominator numeric,
    unit_of_measure text not null,
    units_counted integer not null,
    units_owed integer not null,
    data_state text not null,
    reason text,
    is_primary boolean not null,
    confirmed boolean not null,
    target_code text,
    target_version integer,
    target_operator text,
    target_value numeric,
    target_value_high numeric,
    target_status text not null,
    is_stale boolean not null default false,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code)
);

create table reporting.kpi_value_issues (
    kpi_code text not null,
    formula_code text not null,
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    is_removed boolean not null default false,
    cause text not null,
    formula_version integer,
    value numeric,
    numerator numeric,
    denominator numeric,
    units_counted integer,
    units_owed integer,
    data_state text,
    reason text,
    target_status text,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code, revision)
);

create table reporting.indicator_values (
    indicator_code text not null,
    breakdown_code text not null,
    observation_kind text not null,
    unit_id text not null,
    unit_code text not null,
    calendar_code text not null,
    period_code text not null,
    first_day date not null,
    last_day date not null,
    value numeric not null,
    unit_of_measure text not null,
    filed_by text not null,
    submission_id bigint not null,
    publication_id bigint not null references reporting.publications,
    primary key (indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code)
);

create table reporting.obligations (
    unit_id text not null,
    unit_code text not null,
    form_code text not null,
    calendar_code text not null,
    period_code text not null,
    due_at timestamptz not null,
    lock_at timestamptz not null,
    state text not null,
    submission_id bigint,
    received_at timestamptz,
    is_late boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (unit_id, form_code, calendar_code, period_code)
);

create table reporting.units (
    unit_id text primary key,
    unit_code text not null,
    kind text not null,
    unit_type text,
    name_vi text not null,
    name_en text,
    sort_key text not null,
    parent_id text,
    valid_from date not null,
    valid_to date,
    legal_basis text,
    confirmed boolean not null,
    publication_id bigint not null references reporting.publications
);

create table reporting.kpis (
    kpi_code text not null,
    formula_code text not null,
    formula_version integer not null,
    name_vi text not null,
    name_en text not null,
    formula_vi text,
    formula_en text,
    unit_of_measure text not null,
    decimals integer not null,
    direction text not null,
    quantified boolean not null,
    is_primary boolean not null,
    valid_from date,
    valid_to date,
    sort_order integer not null,
    legal_basis text,
    confirmed boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (kpi_code, formula_code, formula_version)
);

create table reporting.targets (
    target_code text not null,
    target_version integer not null,
    kpi_code text not null,
    target_year integer,
    operator text not null,
    threshold numeric,
    threshold_high numeric,
    scope text not null,
    unit_kind text not null,
    act text not null,
    note text,
    valid_from date not null,
    valid_to date,
    confirmed boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (target_code, target_version)
);

create table reporting.periods (
    calendar_code text not null,
    period_code text not null,
    period_kind text not null,
    year integer not null,
    number integer not null,
    first_day date not null,
    last_day date not null,
    national_due_day date,
    publication_id bigint not null references reporting.publications,
    primary key (calendar_code, period_code)
);

create table reporting.findings (
    finding_id bigint primary key,
    night_id text not null,
    submission_id bigint,
    layer text not null,
    rule_id text not null,
    severity text not null,
    sender_code text,
    form_code text,
    period_code text,
    file_name text,
    sheet_name text,
    cell text,
    subject text not null,
    found text,
    message_vi text not null,
    message_en text not null,
    action_vi text not null,
    publication_id bigint not null references reporting.publications
);

create table national.approvals (
    approval_id bigint generated always as identity primary key,
    publication_id bigint not null references reporting.publications,
    content_sha256 text not null,
    decision text not null check (decision in ('approved', 'refused')),
    approver text not null,
    decided_at timestamptz not null,
    note text,
    unique (publication_id, content_sha256)
);
comment on table national.approvals is 'Who signed off exactly which published figures (hash).';

create table national.outbox (
    message_id bigint generated always as identity primary key,
    idempotency_key text not null unique,
    packet text not null check (packet in ('indicator_catalogue', 'kpi_set', 'kpi_data', 'report_status')),
    business_key text not null,
    revision integer not null,
    approval_id bigint not null references national.approvals,
    sha256 text not null,
    body bytea not null,
    unique (packet, business_key, revision)
);
comment on table national.outbox is 'One row per message to the national system, with the bytes that are sent.';

create table national.deliveries (
    delivery_id bigint generated always as identity primary key,
    message_id bigint not null references national.outbox,
    state text not null check (state in ('ready', 'sent', 'accepted', 'part_refused', 'refused', 'unknown')),
    attempted_at timestamptz not null,
    http_status integer,
    receipt bytea,
    detail text
);
create index on national.deliveries (message_id, delivery_id desc);
comment on table national.deliveries is 'Transition log of messages with the receipt bytes; the highest delivery_id is the current state.';

grant usage on schema reporting to reporting_reader;
grant select on all tables in schema reporting to reporting_reader;
alter default privileges in schema reporting grant select on tables to reporting_reader;
