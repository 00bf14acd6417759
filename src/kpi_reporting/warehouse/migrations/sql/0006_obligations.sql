-- Readiness of obligations: told deadlines, transitions, completeness tonight and as of any past evening.
alter table reporting.obligations
add column correction_lock_at timestamptz,
add column lock_lifted_until_day date,
add column is_nil boolean not null default false;

update reporting.obligations set correction_lock_at = lock_at;
update reporting.obligations as o set is_nil = r.is_nil
from raw.readings as r
where r.submission_id = o.submission_id;

alter table reporting.obligations
alter column correction_lock_at set not null,
alter column is_nil drop default;

create table reporting.told_deadlines (
    unit_id text not null,
    form_code text not null,
    calendar_code text not null,
    period_code text not null,
    due_at timestamptz not null,
    lock_at timestamptz not null,
    correction_lock_at timestamptz not null,
    told_as_of timestamptz not null,
    publication_id bigint not null references reporting.publications,
    primary key (unit_id, form_code, calendar_code, period_code)
);
comment on table reporting.told_deadlines is
'The deadlines an obligation was first published with: it keeps them, whatever the tables of days off say later.';
comment on column reporting.told_deadlines.unit_id is 'Dated unit that owes.';
comment on column reporting.told_deadlines.form_code is 'Form it owes.';
comment on column reporting.told_deadlines.calendar_code is 'Calendar of the period.';
comment on column reporting.told_deadlines.period_code is 'Period it owes the form for.';
comment on column reporting.told_deadlines.due_at is 'Last instant of the due day as it was told.';
comment on column reporting.told_deadlines.lock_at is 'Last instant before first filings are held, as it was told.';
comment on column reporting.told_deadlines.correction_lock_at is 'Last instant before corrections are held, as it was told.';
comment on column reporting.told_deadlines.told_as_of is 'Night that told it: the instant it looked from.';
comment on column reporting.told_deadlines.publication_id is 'Publication that told it.';

create table reporting.obligation_transitions (
    unit_id text not null,
    form_code text not null,
    calendar_code text not null,
    period_code text not null,
    from_state text,
    to_state text,
    submission_id bigint,
    is_late boolean,
    is_nil boolean,
    as_of timestamptz not null,
    publication_id bigint not null references reporting.publications,
    primary key (unit_id, form_code, calendar_code, period_code, publication_id)
);
create index on reporting.obligation_transitions (
    unit_id, form_code, calendar_code, period_code, as_of desc, publication_id desc
);
comment on table reporting.obligation_transitions is
'One row per change of an obligation''s state or of the filing it rests on, the first included; never changed.';
comment on column reporting.obligation_transitions.unit_id is 'Dated unit of the obligation.';
comment on column reporting.obligation_transitions.form_code is 'Form of the obligation.';
comment on column reporting.obligation_transitions.calendar_code is 'Calendar of the period.';
comment on column reporting.obligation_transitions.period_code is 'Period of the obligation.';
comment on column reporting.obligation_transitions.from_state is 'State before; null when there was none.';
comment on column reporting.obligation_transitions.to_state is 'State after; null when nobody owes it any more.';
comment on column reporting.obligation_transitions.submission_id is 'Submission in force after; null when there is none.';
comment on column reporting.obligation_transitions.is_late is 'Whether it was late after.';
comment on column reporting.obligation_transitions.is_nil is 'Whether the submission in force after says that nothing happened.';
comment on column reporting.obligation_transitions.as_of is 'Night that saw the change: the instant it looked from.';
comment on column reporting.obligation_transitions.publication_id is 'Publication that brought the change.';

insert into reporting.told_deadlines
select
    o.unit_id,
    o.form_code,
    o.calendar_code,
    o.period_code,
    o.due_at,
    o.lock_at,
    o.correction_lock_at,
    p.as_of as told_as_of,
    p.publication_id
from reporting.obligations as o
inner join reporting.publications as p using (publication_id);

insert into reporting.obligation_transitions
select
    o.unit_id,
    o.form_code,
    o.calendar_code,
    o.period_code,
    null as from_state,
    o.state as to_state,
    o.submission_id,
    o.is_late,
    o.is_nil,
    p.as_of,
    p.publication_id
from reporting.obligations as o
inner join reporting.publications as p using (publication_id);

create table reporting.completeness (
    form_code text not null,
    calendar_code text not null,
    period_code text not null,
    unit_kind text not null,
    group_unit_id text not null,
    owed integer not null,
    filed integer not null,
    filed_on_time integer not null,
    filed_late integer not null,
    nil integer not null,
    open integer not null,
    late integer not null,
    held integer not null,
    blocked integer not null,
    missing integer not null,
    not_applicable integer not null,
    extra integer not null,
    share_filed numeric,
    share_on_time numeric,
    publication_id bigint not null references reporting.publications,
    primary key (form_code, calendar_code, period_code, unit_kind, group_unit_id)
);
comment on column reporting.completeness.publication_id is 'Publication that last changed the row.';

create view reporting.extra_filings as
select
    o.unit_id,
    o.unit_code,
    o.form_code,
    o.calendar_code,
    o.period_code,
    o.state,
    o.submission_id,
    o.received_at
from reporting.obligations as o
where o.state = 'not_owed' or (o.state = 'not_applicable' and o.submission_id is not null);
comment on view reporting.extra_filings is
'One row per filing in force of a unit that owes none: listed, and never counted for a gap somebody else left.';
comment on column reporting.extra_filings.unit_id is 'Dated unit that files.';
comment on column reporting.extra_filings.unit_code is 'Code of the unit.';
comment on column reporting.extra_filings.form_code is 'Form it filed.';
comment on column reporting.extra_filings.calendar_code is 'Calendar of the period.';
comment on column reporting.extra_filings.period_code is 'Period it filed for.';
comment on column reporting.extra_filings.state is 'not_owed, or not_applicable when the form was declared so for the unit.';
comment on column reporting.extra_filings.submission_id is 'Submission in force.';
comment on column reporting.extra_filings.received_at is 'Instant at which it was received.';

create function reporting.obligations_as_of(instant timestamptz)
returns table (
    unit_id text, form_code text, calendar_code text, period_code text, state text, submission_id bigint,
    is_late boolean, is_nil boolean, due_at timestamptz, known_as_of timestamptz
)
language sql stable
as $$
    select
        n.unit_id, n.form_code, n.calendar_code, n.period_code, n.to_state, n.submission_id, n.is_late, n.is_nil,
        d.due_at, n.as_of
    from (
        select distinct on (t.unit_id, t.form_code, t.calendar_code, t.period_code) t.*
        from reporting.obligation_transitions as t
        where t.as_of <= instant
        order by t.unit_id, t.form_code, t.calendar_code, t.period_code, t.as_of desc, t.publication_id desc
    ) as n
    left join reporting.told_deadlines as d using (unit_id, form_code, calendar_code, period_code)
    where n.to_state is not null
$$;
comment on function reporting.obligations_as_of is
'How every obligation stood at an instant, as the last night looking from then or before had published it.';

create function reporting.completeness_as_of(instant timestamptz)
returns table (
    form_code text, calendar_code text, period_code text, unit_kind text, group_unit_id text,
    owed integer, filed integer, filed_on_time integer, filed_late integer, nil integer, open integer,
    late integer, held integer, blocked integer, missing integer, not_applicable integer, extra integer,
    share_filed numeric, share_on_time numeric
)
language sql stable
as $$
    with recursive climbed as (
        select u.unit_id, u.kind, u.unit_id as group_unit_id, u.parent_id
        from reporting.units as u
        union all
        select c.unit_id, c.kind, u.unit_id, u.parent_id
        from climbed as c
        inner join reporting.units as u on u.unit_id = c.parent_id
    ),

    counted as (
        select
            o.form_code, o.calendar_code, o.period_code, c.kind, c.group_unit_id,
            count(*) filter (where o.state not in ('not_applicable', 'not_owed')) as owed,
            count(*) filter (where f.is_filed) as filed,
            count(*) filter (where f.is_filed and not o.is_late) as filed_on_time,
            count(*) filter (where f.is_filed and o.is_nil) as nil,
            count(*) filter (where o.state in ('not_due', 'due')) as open,
            count(*) filter (where o.state = 'late') as late,
            count(*) filter (where o.state = 'held') as held,
            count(*) filter (where o.state = 'blocked') as blocked,
            count(*) filter (where o.state = 'missing') as missing,
            count(*) filter (where o.state = 'not_applicable') as not_applicable,
            count(*) filter (
                where o.state = 'not_owed' or (o.state = 'not_applicable' and o.submission_id is not null)
            ) as extra
        from reporting.obligations_as_of(instant) as o
        inner join climbed as c
            on c.unit_id = o.unit_id and (c.group_unit_id <> c.unit_id or c.parent_id is null)
        cross join lateral (
            select o.state in ('nil', 'provisional', 'approved', 'exported', 'restated') as is_filed
        ) as f
        group by o.form_code, o.calendar_code, o.period_code, c.kind, c.group_unit_id
    )

    select
        n.form_code, n.calendar_code, n.period_code, n.kind, n.group_unit_id, n.owed::integer, n.filed::integer,
        n.filed_on_time::integer, (n.filed - n.filed_on_time)::integer, n.nil::integer, n.open::integer,
        n.late::integer, n.held::integer, n.blocked::integer, n.missing::integer, n.not_applicable::integer,
        n.extra::integer, round(n.filed::numeric / nullif(n.owed, 0), 4),
        round(n.filed_on_time::numeric / nullif(n.owed, 0), 4)
    from counted as n
$$;
comment on function reporting.completeness_as_of is
'Completeness as reporting.completeness held it at an instant: what the last night looking from then or before had published.';
