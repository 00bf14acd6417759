-- Every published state of every figure, and why it changed.
alter table reporting.publications
add column registry_files jsonb,
add column changed_files text[],
add column exit_rules_sha256 text,
add column ledger_seq bigint;
comment on column reporting.publications.registry_files is 'SHA-256 of each registry file the figures follow.';
comment on column reporting.publications.changed_files is
'Registry files that differ from those of the publication before; null when there was none to compare with.';
comment on column reporting.publications.exit_rules_sha256 is 'SHA-256 of the rules at the exit; null without such rules.';
comment on column reporting.publications.ledger_seq is 'Last transition of the ledger of submissions that is in the figures.';
comment on column reporting.publications.published_at is 'Instant at which it was complete, by the wall clock.';
comment on column reporting.publications.content_sha256 is
'Hash over period_hashes, thus of all rows of kpi_values after it: what is signed off.';

create table reporting.period_hashes (
    calendar_code text not null,
    period_code text not null,
    sha256 text not null,
    publication_id bigint not null references reporting.publications,
    primary key (calendar_code, period_code)
);
comment on table reporting.period_hashes is 'One row per period with figures: the hash of its rows of kpi_values.';
comment on column reporting.period_hashes.calendar_code is 'Calendar of the period.';
comment on column reporting.period_hashes.period_code is 'Period.';
comment on column reporting.period_hashes.sha256 is
'SHA-256 of its figures with their stale marks, in the order of their keys; equal figures have an equal hash.';
comment on column reporting.period_hashes.publication_id is 'Publication that last changed the row.';

create table reporting.indicator_value_issues (
    indicator_code text not null,
    breakdown_code text not null,
    observation_kind text not null,
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    is_removed boolean not null default false,
    cause text not null,
    primary key (
        indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code, revision
    )
);
comment on table reporting.indicator_value_issues is
'One row per published state of a reported figure; revisions count from 1 and are never changed.';
comment on column reporting.indicator_value_issues.revision is 'Number of the issue: 1 is the first published one.';
comment on column reporting.indicator_value_issues.publication_id is 'Publication that brought the issue.';
comment on column reporting.indicator_value_issues.is_removed is
'True when the figure was taken out of indicator_values; all but its key is null then.';
comment on column reporting.indicator_value_issues.cause is
'Why the issue came: first, correction, withdrawal, formula, unit_event, registry, removed or recomputed.';
comment on column reporting.kpi_value_issues.is_removed is
'True when the figure was taken out of kpi_values; all but its key is null then.';
comment on column reporting.kpi_value_issues.cause is
'Why the issue came: first, late, correction, withdrawal, formula, unit_event, target, rule, registry, removed, recomputed, or
stopped and released for a change of the stale mark alone.';

create index on reporting.kpi_value_issues (publication_id);
create index on reporting.indicator_value_issues (publication_id);
-- What a publication looks up: the figures of a period, the stale ones, and tonight's findings.
create index on reporting.kpi_values (calendar_code, period_code);
create index on reporting.kpi_values (kpi_code) where is_stale;
create index on quality.findings (night_id);

-- A past state is read back with every column, so an issue has every column its table has, and the functions
-- that read it name them all. Called after every migration, because later ones add columns.
create procedure reporting.extend_history()
language plpgsql as $$
declare
    history record;
    missing record;
    columns text;
    same_key text;
    issue text;
    body text := '
        select %1$s
        from reporting.%2$I as i
        where
            i.publication_id <= %3$s and not i.is_removed
            and not exists (
                select from reporting.%2$I as later
                where %4$s and later.revision = i.revision + 1 and later.publication_id <= %3$s
            )';
    newest text := '(select max(p.publication_id) from reporting.publications as p where p.published_at <= $1)';
    head text := 'create or replace function reporting.%I(%s) returns setof reporting.%I
        language sql stable parallel safe as %L';
begin
    for history in
        select * from (values ('kpi_values', 'kpi_value_issues'), ('indicator_values', 'indicator_value_issues'))
            as t (published, issues)
    loop
        for missing in
            select a.attname as name, format_type(a.atttypid, a.atttypmod) as kind
            from pg_attribute as a
            where
                a.attrelid = to_regclass('reporting.' || history.published) and a.attnum > 0 and not a.attisdropped
                and not exists (
                    select from pg_attribute as i
                    where i.attrelid = to_regclass('reporting.' || history.issues) and i.attname = a.attname
                )
            order by a.attnum
        loop
            execute format(
                'alter table reporting.%I add column %I %s', history.issues, missing.name, missing.kind
            );
        end loop;
        select string_agg(format('i.%I', a.attname), ', ' order by a.attnum) into columns
        from pg_attribute as a
        where a.attrelid = to_regclass('reporting.' || history.published) and a.attnum > 0 and not a.attisdropped;
        select string_agg(format('later.%1$I = i.%1$I', a.attname), ' and ' order by a.attnum) into same_key
        from pg_index as x inner join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = any(x.indkey)
        where x.indrelid = to_regclass('reporting.' || history.published) and x.indisprimary;
        issue := format(body, columns, history.issues, '$1', same_key);
        execute format(head, history.published || '_as_of', 'publication bigint', history.published, issue);
        issue := format(body, columns, history.issues, newest, same_key);
        execute format(head, history.published || '_at', 'instant timestamptz', history.published, issue);
    end loop;
end $$;
revoke execute on procedure reporting.extend_history() from public;
comment on procedure reporting.extend_history is
'Gives issues the columns their table has, and the functions that read the past too; the owner calls it after migrations.';
call reporting.extend_history();
comment on function reporting.kpi_values_as_of(bigint) is 'kpi_values as it stood right after a publication.';
comment on function reporting.kpi_values_at(timestamptz) is 'kpi_values as readers could see it at an instant.';
comment on function reporting.indicator_values_as_of(bigint) is 'indicator_values as it stood right after a publication.';
comment on function reporting.indicator_values_at(timestamptz) is 'indicator_values as readers could see it at an instant.';
grant execute on function
reporting.kpi_values_as_of(bigint), reporting.kpi_values_at(timestamptz),
reporting.indicator_values_as_of(bigint), reporting.indicator_values_at(timestamptz)
to reporting_reader;

-- What is published now is the first state that can be read back whole.
update reporting.kpi_value_issues as i
set
    unit_code = v.unit_code,
    period_kind = v.period_kind,
    first_day = v.first_day,
    last_day = v.last_day,
    unit_of_measure = v.unit_of_measure,
    is_primary = v.is_primary,
    confirmed = v.confirmed,
    target_code = v.target_code,
    target_version = v.target_version,
    target_operator = v.target_operator,
    target_value = v.target_value,
    target_value_high = v.target_value_high,
    is_stale = v.is_stale,
    coverage = v.coverage,
    value_low = v.value_low,
    value_high = v.value_high
from reporting.kpi_values as v
where
    i.kpi_code = v.kpi_code and i.formula_code = v.formula_code and i.unit_id = v.unit_id
    and i.calendar_code = v.calendar_code and i.period_code = v.period_code and i.revision = v.revision;
insert into reporting.indicator_value_issues (
    indicator_code,
    breakdown_code,
    observation_kind,
    unit_id,
    unit_code,
    calendar_code,
    period_code,
    first_day,
    last_day,
    value,
    unit_of_measure,
    filed_by,
    submission_id,
    publication_id,
    revision,
    cause
)
select
    v.indicator_code,
    v.breakdown_code,
    v.observation_kind,
    v.unit_id,
    v.unit_code,
    v.calendar_code,
    v.period_code,
    v.first_day,
    v.last_day,
    v.value,
    v.unit_of_measure,
    v.filed_by,
    v.submission_id,
    v.publication_id,
    1 as revision,
    'first' as cause
from reporting.indicator_values as v;
