-- What readers had already seen and saw change, and what the national system has otherwise.
create table reporting.restatements (
    kpi_code text not null,
    formula_code text not null,
    unit_id text not null,
    calendar_code text not null,
    period_code text not null,
    revision integer not null,
    publication_id bigint not null references reporting.publications,
    cause text not null,
    is_removed boolean not null,
    old_value numeric not null,
    new_value numeric,
    old_numerator numeric,
    new_numerator numeric,
    old_denominator numeric,
    new_denominator numeric,
    old_data_state text,
    new_data_state text,
    difference numeric,
    difference_unit text not null,
    signed_value numeric,
    was_delivered boolean not null,
    is_material boolean not null,
    material_reasons text[] not null,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code, revision)
);
create index on reporting.restatements (publication_id);
comment on table reporting.restatements is 'One row per issue that changed a value readers had already seen.';
comment on column reporting.restatements.kpi_code is 'KPI of the figure.';
comment on column reporting.restatements.formula_code is 'Formula of the figure.';
comment on column reporting.restatements.unit_id is 'Dated unit of the figure.';
comment on column reporting.restatements.calendar_code is 'Calendar of the period.';
comment on column reporting.restatements.period_code is 'Period of the figure.';
comment on column reporting.restatements.revision is 'Issue that brought the new value.';
comment on column reporting.restatements.publication_id is 'Publication that brought the new value.';
comment on column reporting.restatements.cause is 'Why it changed: the cause of the issue.';
comment on column reporting.restatements.is_removed is 'True when the figure was taken away; it has no new value then.';
comment on column reporting.restatements.old_value is 'Value readers saw before.';
comment on column reporting.restatements.new_value is 'Value since; null with a reason in the issue, never zero for missing.';
comment on column reporting.restatements.old_numerator is 'Sum above the line before.';
comment on column reporting.restatements.new_numerator is 'Sum above the line since.';
comment on column reporting.restatements.old_denominator is 'Sum below the line before.';
comment on column reporting.restatements.new_denominator is 'Sum below the line since.';
comment on column reporting.restatements.old_data_state is 'complete or partial, before.';
comment on column reporting.restatements.new_data_state is 'complete, partial or absent, since; null when it was taken away.';
comment on column reporting.restatements.difference is 'New value minus old value; null when there is no new value.';
comment on column reporting.restatements.difference_unit is
'Unit of the difference: percentage points for a KPI in %, else the unit of measure of the KPI.';
comment on column reporting.restatements.signed_value is
'Value in the last publication that was signed off; null when the figure was not in it.';
comment on column reporting.restatements.was_delivered is 'True when the national system had accepted a value of the figure.';
comment on column reporting.restatements.is_material is 'True when a person has to know of it: there is a material reason.';
comment on column reporting.restatements.material_reasons is
'Why it is material: any_change (the KPI has no threshold), threshold (against the value before or the signed one),
value_gone, target (reached before and not since, or the other way), delivered.';

-- The message format is the adapter's; another one brings another view.
create view national.delivered_figures as
select
    m.message_id,
    m.revision,
    m.publication_id,
    item.value ->> 'kpi_code' as kpi_code,
    item.value ->> 'formula_code' as formula_code,
    split_part(m.business_key, '/', 2) as calendar_code,
    split_part(m.business_key, '/', 3) as period_code,
    cast(item.value ->> 'value' as numeric) as value
from (
    select distinct on (o.business_key)
        o.message_id,
        o.business_key,
        o.revision,
        o.body,
        a.publication_id
    from national.outbox as o
    inner join national.approvals as a using (approval_id)
    where
        o.packet = 'kpi_data'
        and exists (
            select from national.deliveries as d
            where d.message_id = o.message_id and d.state = 'accepted'
        )
    order by o.business_key asc, o.revision desc
) as m
cross join jsonb_array_elements(cast(convert_from(m.body, 'UTF8') as jsonb) -> 'items') as item (value);
comment on view national.delivered_figures is
'One row per figure of the top unit in the latest message of its period that the national system accepted.';
comment on column national.delivered_figures.message_id is 'Message that brought it.';
comment on column national.delivered_figures.revision is 'Revision of that message.';
comment on column national.delivered_figures.publication_id is 'Publication the message was made from.';
comment on column national.delivered_figures.kpi_code is 'KPI of the figure.';
comment on column national.delivered_figures.formula_code is 'Formula of the figure.';
comment on column national.delivered_figures.calendar_code is 'Calendar of the period.';
comment on column national.delivered_figures.period_code is 'Period of the figure.';
comment on column national.delivered_figures.value is 'Value as it was sent.';

-- Since when: the first issue after the last one that agreed with what was sent.
create view national.divergences as
select
    d.kpi_code,
    d.formula_code,
    u.unit_id,
    d.calendar_code,
    d.period_code,
    d.value as sent_value,
    v.value as current_value,
    d.message_id,
    d.revision as message_revision,
    since.publication_id as differs_since_publication_id,
    since.cause
from national.delivered_figures as d
inner join reporting.units as u on u.parent_id is null
inner join lateral (
    select
        i.publication_id,
        i.cause
    from reporting.kpi_value_issues as i
    where
        i.kpi_code = d.kpi_code and i.formula_code = d.formula_code and i.unit_id = u.unit_id
        and i.calendar_code = d.calendar_code and i.period_code = d.period_code
        and i.revision > (
            select max(agreed.revision)
            from reporting.kpi_value_issues as agreed
            where
                agreed.kpi_code = d.kpi_code and agreed.formula_code = d.formula_code
                and agreed.unit_id = u.unit_id and agreed.calendar_code = d.calendar_code
                and agreed.period_code = d.period_code
                and agreed.value = d.value
        )
    order by i.revision
    limit 1
) as since on true
left join reporting.kpi_values as v
    on
        d.kpi_code = v.kpi_code and d.formula_code = v.formula_code and u.unit_id = v.unit_id
        and d.calendar_code = v.calendar_code and d.period_code = v.period_code;
comment on view national.divergences is
'The register of figures that changed after the national system accepted them: one row as long as the two differ.';
comment on column national.divergences.kpi_code is 'KPI of the figure.';
comment on column national.divergences.formula_code is 'Formula of the figure.';
comment on column national.divergences.unit_id is 'Dated unit of the figure.';
comment on column national.divergences.calendar_code is 'Calendar of the period.';
comment on column national.divergences.period_code is 'Period of the figure.';
comment on column national.divergences.sent_value is 'Value the national system accepted last.';
comment on column national.divergences.current_value is 'Value readers see; null when there is none any more.';
comment on column national.divergences.message_id is 'Message that was accepted.';
comment on column national.divergences.message_revision is 'Revision of that message.';
comment on column national.divergences.differs_since_publication_id is 'First publication in which they differed.';
comment on column national.divergences.cause is 'Why the figure changed then.';
