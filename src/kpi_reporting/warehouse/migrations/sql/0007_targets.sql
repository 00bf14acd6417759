-- Targets by act, kind and trajectory, what a figure was compared with, and how a unit stands as a whole.
alter table reporting.targets
-- What was published before was assigned, and measured by the next milestone.
add column target_kind text not null default 'assigned',
add column period_kind text,
add column trajectory text not null default 'step',
add column trajectory_confirmed boolean not null default false,
add column measured_by text,
add column unit_code text,
add column unit_id text,
add column approver text,
add column change_reason text;
alter table reporting.targets
alter column target_kind drop default,
alter column trajectory drop default,
alter column trajectory_confirmed drop default;

alter table reporting.kpi_values
add column target_year integer,
add column target_from_code text,
add column target_from_version integer,
add column target_gap numeric;

create table reporting.target_progress (
    unit_id text not null,
    unit_code text not null,
    calendar_code text not null,
    period_code text not null,
    period_kind text not null,
    first_day date not null,
    last_day date not null,
    targets_quantified integer not null,
    targets_reached integer not null,
    targets_on_track integer not null,
    targets_behind integer not null,
    targets_no_data integer not null,
    targets_not_comparable integer not null,
    targets_unquantified integer not null,
    share_reached numeric,
    publication_id bigint not null references reporting.publications,
    primary key (unit_id, calendar_code, period_code)
);
comment on table reporting.target_progress is 'One row per unit and period: how many of its targets stand how.';
comment on column reporting.target_progress.publication_id is 'Publication that last changed the row.';

-- Their words changed; the next publication takes them over from the marts.
comment on column reporting.kpi_values.target_version is null;
comment on column reporting.kpi_values.target_value is null;
comment on column reporting.kpi_values.target_value_high is null;
comment on column reporting.kpi_values.target_status is null;
