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

create table quality.rebuilds (
    rebuild_id bigint generated always as identity primary key,
    night_id text not null references raw.nights,
    computation_id bigint references raw.computations,
    rows_compared bigint not null
);
comment on table quality.rebuilds is
'One row per full rebuild in side schemas that was compared with the tables nights keep up to date.';

create table quality.rebuild_differences (
    rebuild_id bigint not null references quality.rebuilds,
    table_name text not null,
    row_key text not null,
    column_name text not null,
    kept text,
    rebuilt text,
    primary key (rebuild_id, table_name, row_key, column_name)
);
comment on table quality.rebuild_differences is
'Cells in which a rebuild differs from what nights kept; its figures are not published until they agree.';
