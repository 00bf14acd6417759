-- How far the ledger was read by what readers see, and what a figure says of its coverage.
create table raw.computations (
    computation_id bigint generated always as identity primary key,
    night_id text not null references raw.nights,
    as_of timestamptz not null,
    ledger_seq bigint not null,
    state_sha256 text not null,
    is_full boolean not null,
    is_published boolean not null default false
);
comment on table raw.computations is
'One row per computation of figures: up to which state_seq it read the ledger, and whether it was published.';

alter table reporting.kpi_values
add column coverage numeric,
add column value_low numeric,
add column value_high numeric;
