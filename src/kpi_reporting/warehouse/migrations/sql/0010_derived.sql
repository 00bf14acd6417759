-- What is derived from figures: held back with them, and every published state of it kept.
alter table reporting.kpi_values_on_current_boundaries
add column is_stale boolean not null default false,
add column revision integer not null default 1;
alter table reporting.kpi_comparisons
add column is_stale boolean not null default false,
add column revision integer not null default 1;
alter table reporting.target_progress
add column is_stale boolean not null default false,
add column revision integer not null default 1;
alter table reporting.kpi_values_on_current_boundaries alter column revision drop default;
alter table reporting.kpi_comparisons alter column revision drop default;
alter table reporting.target_progress alter column revision drop default;

-- One of two alike; a warehouse made anew has one only.
drop index if exists reporting.kpi_value_issues_publication_id_idx1;

create table reporting.kpi_values_on_current_boundaries_issues (
    kpi_code text not null,
    formula_code text not null,
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    is_removed boolean not null default false,
    cause text not null,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code, revision)
);
comment on table reporting.kpi_values_on_current_boundaries_issues is
'One row per published state of a figure on current boundaries; revisions count from 1 and are never changed.';

create table reporting.kpi_comparison_issues (
    kpi_code text not null,
    formula_code text not null,
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    compared_with text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    is_removed boolean not null default false,
    cause text not null,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code, compared_with, revision)
);
comment on table reporting.kpi_comparison_issues is
'One row per published state of a comparison; revisions count from 1 and are never changed.';

create table reporting.target_progress_issues (
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    is_removed boolean not null default false,
    cause text not null,
    primary key (unit_id, calendar_code, period_code, revision)
);
comment on table reporting.target_progress_issues is
'One row per published state of the targets of a unit and period; revisions count from 1 and are never changed.';

-- A rebuild may find any of these rows otherwise.
alter table quality.blocked_figures
add column table_name text not null default 'kpi_values',
drop constraint blocked_figures_pkey,
add primary key (night_id, table_name, figure_key, rule_id);
comment on table quality.blocked_figures is
'Candidates that an exit rule or a rebuild stopped in a night; the last good issue stays, marked stale.';
comment on column quality.blocked_figures.table_name is 'Published table of the row that figure_key names.';

do $$
declare
    published text;
    issues text;
begin
    for published, issues in
        values
            ('kpi_values_on_current_boundaries', 'kpi_values_on_current_boundaries_issues'),
            ('kpi_comparisons', 'kpi_comparison_issues'),
            ('target_progress', 'target_progress_issues')
    loop
        execute format('comment on column reporting.%I.is_stale is %L', published,
            'True when a figure it rests on was stopped by an exit rule, and the last good state stays.');
        execute format('comment on column reporting.%I.revision is %L', published,
            'Number of the issue that is shown: 1 is the first published one.');
        execute format('comment on column reporting.%I.revision is %L', issues,
            'Number of the issue: 1 is the first published one.');
        execute format('comment on column reporting.%I.publication_id is %L', issues,
            'Publication that brought the issue.');
        execute format('comment on column reporting.%I.is_removed is %L', issues,
            format('True when the row was taken out of %s; all but its key is null then.', published));
        execute format('comment on column reporting.%I.cause is %L', issues,
            'Why the issue came: that of the figures it rests on, or stopped and released for a change of the stale mark alone.');
        -- What a publication looks up: its own issues, and the stale rows.
        execute format('create index on reporting.%I (publication_id)', issues);
        execute format('create index on reporting.%I (unit_id) where is_stale', published);
    end loop;
end $$;

-- As in 0005, for every table that keeps its issues.
create or replace procedure reporting.extend_history()
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
        select * from (values
            ('kpi_values', 'kpi_value_issues'),
            ('indicator_values', 'indicator_value_issues'),
            ('kpi_values_on_current_boundaries', 'kpi_values_on_current_boundaries_issues'),
            ('kpi_comparisons', 'kpi_comparison_issues'),
            ('target_progress', 'target_progress_issues')
        ) as t (published, issues)
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
call reporting.extend_history();

-- What is published now is the first state that can be read back.
do $$
declare
    published text;
    issues text;
    columns text;
begin
    for published, issues in
        values
            ('kpi_values_on_current_boundaries', 'kpi_values_on_current_boundaries_issues'),
            ('kpi_comparisons', 'kpi_comparison_issues'),
            ('target_progress', 'target_progress_issues')
    loop
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
        from pg_attribute as a
        where a.attrelid = to_regclass('reporting.' || published) and a.attnum > 0 and not a.attisdropped;
        execute format(
            'insert into reporting.%1$I (%2$s, cause) select %2$s, ''first'' from reporting.%3$I',
            issues, columns, published
        );
    end loop;
end $$;

-- The view and its past are one query over the tables and over their past.
do $$
declare
    columns text;
    past record;
    series text := '
        select %1$s, c.is_estimate, ''current''::text as boundaries, c.is_stale
        from reporting.kpi_values_on_current_boundaries%2$s as c
        union all
        select %3$s, false as is_estimate, ''as_reported''::text as boundaries, v.is_stale
        from reporting.kpi_values%2$s as v
        where
            not exists (
                select
                from reporting.kpi_values_on_current_boundaries%2$s as c
                where
                    v.kpi_code = c.kpi_code and v.formula_code = c.formula_code
                    and v.calendar_code = c.calendar_code and v.period_code = c.period_code
            )';
begin
    -- All but the last two are the figure's own.
    select string_agg(format('%%1$s.%I', a.attname), ', ' order by a.attnum) into columns
    from pg_attribute as a
    where
        a.attrelid = 'reporting.kpi_series'::regclass and a.attnum > 0
        and a.attname not in ('is_estimate', 'boundaries');
    execute 'create or replace view reporting.kpi_series as'
        || format(series, format(columns, 'c'), '', format(columns, 'v'));
    for past in
        values ('as_of', 'publication bigint'), ('at', 'instant timestamptz')
    loop
        execute format(
            'create function reporting.kpi_series_%s(%s) returns setof reporting.kpi_series
            language sql stable parallel safe as %L',
            past.column1, past.column2,
            format(series, format(columns, 'c'), format('_%s($1)', past.column1), format(columns, 'v'))
        );
    end loop;
end $$;
comment on column reporting.kpi_series.is_stale is
'True when the figure, or one it rests on, was stopped by an exit rule and this one, the last good issue, stays.';

comment on function reporting.kpi_values_on_current_boundaries_as_of(bigint) is
'kpi_values_on_current_boundaries as it stood right after a publication.';
comment on function reporting.kpi_values_on_current_boundaries_at(timestamptz) is
'kpi_values_on_current_boundaries as readers could see it at an instant.';
comment on function reporting.kpi_comparisons_as_of(bigint) is 'kpi_comparisons as it stood right after a publication.';
comment on function reporting.kpi_comparisons_at(timestamptz) is 'kpi_comparisons as readers could see it at an instant.';
comment on function reporting.target_progress_as_of(bigint) is 'target_progress as it stood right after a publication.';
comment on function reporting.target_progress_at(timestamptz) is 'target_progress as readers could see it at an instant.';
comment on function reporting.kpi_series_as_of(bigint) is 'kpi_series as it stood right after a publication.';
comment on function reporting.kpi_series_at(timestamptz) is 'kpi_series as readers could see it at an instant.';
grant execute on function
reporting.kpi_values_on_current_boundaries_as_of(bigint),
reporting.kpi_values_on_current_boundaries_at(timestamptz),
reporting.kpi_comparisons_as_of(bigint), reporting.kpi_comparisons_at(timestamptz),
reporting.target_progress_as_of(bigint), reporting.target_progress_at(timestamptz),
reporting.kpi_series_as_of(bigint), reporting.kpi_series_at(timestamptz)
to reporting_reader;
