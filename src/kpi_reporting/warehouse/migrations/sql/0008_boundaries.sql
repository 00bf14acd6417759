-- Units through time for readers: what became of whom, and which codes mean several territories.
alter table raw.readings add column unit_code text;
comment on column raw.readings.sender_code is 'Code of the unit that files, on the day of receipt.';
comment on column raw.readings.unit_code is
'Code, on the last day of the period, of the unit it is about; null when it was not understood.';

create table reporting.unit_crosswalk (
    from_unit_id text not null,
    to_unit_id text not null,
    share_kind text not null,
    valid_from date not null,
    valid_to date,
    share numeric,
    is_same_territory boolean not null,
    confirmed boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (from_unit_id, to_unit_id, share_kind, valid_from)
);
comment on table reporting.unit_crosswalk is
'One row per unit, boundaries and unit of these boundaries that it is or has become, with the share that went over.';
comment on column reporting.unit_crosswalk.publication_id is 'Publication that last changed the row.';

create function reporting.comparable(unit_id_a text, unit_id_b text, by_share_kind text default 'event')
returns text
language sql stable
return coalesce(
    (
        select
            case
                when c.is_same_territory then 'same territory'
                when c.share = 1 then 'merged into'
                when c.share is not null then 'split'
            end
        from (
            select
                unit_id_a as one,
                unit_id_b as other,
                by_share_kind as share_kind
        ) as asked
        inner join reporting.unit_crosswalk as c
            on
                asked.share_kind = c.share_kind
                and (c.from_unit_id, c.to_unit_id) in ((asked.one, asked.other), (asked.other, asked.one))
        order by c.valid_from
        limit 1
    ),
    'not comparable'
);
comment on function reporting.comparable is
'How the older of two dated units stands to the newer: same territory, merged into, split (with a known share), '
'not comparable.';

create function reporting.units_by_code(code text)
returns table (
    unit_id text, name_vi text, kind text, valid_from date, valid_to date, is_same_territory boolean
)
language sql stable
begin atomic
    select
        u.unit_id,
        u.name_vi,
        u.kind,
        u.valid_from,
        u.valid_to,
        reporting.comparable(u.unit_id, last_value(u.unit_id) over by_day) = 'same territory'
            as is_same_territory
    from (select code as unit_code) as asked
    inner join reporting.units as u using (unit_code)
    window by_day as (order by u.valid_from rows between unbounded preceding and unbounded following)
    order by u.valid_from;
end;
comment on function reporting.units_by_code is
'Every dated unit that a code means or meant, and whether it has the territory of the newest of them.';

create view reporting.code_warnings as
select
    earlier.unit_code,
    earlier.unit_id,
    earlier.name_vi,
    earlier.valid_from,
    earlier.valid_to,
    later.unit_id as later_unit_id,
    later.name_vi as later_name_vi,
    later.valid_from as later_valid_from,
    later.valid_to as later_valid_to,
    reporting.comparable(earlier.unit_id, later.unit_id) as relation
from reporting.units as earlier
inner join reporting.units as later
    on earlier.unit_code = later.unit_code and earlier.valid_from < later.valid_from
where reporting.comparable(earlier.unit_id, later.unit_id) <> 'same territory';
comment on view reporting.code_warnings is
'One row per code and pair of dated units with that code that are not one territory: figures joined by the code would '
'compare different places.';
comment on column reporting.code_warnings.unit_code is 'Code that was used again.';
comment on column reporting.code_warnings.unit_id is 'Earlier dated unit with this code.';
comment on column reporting.code_warnings.name_vi is 'Its Vietnamese name.';
comment on column reporting.code_warnings.valid_from is 'Its first day.';
comment on column reporting.code_warnings.valid_to is 'Its last day.';
comment on column reporting.code_warnings.later_unit_id is 'Later dated unit with the same code.';
comment on column reporting.code_warnings.later_name_vi is 'Its Vietnamese name.';
comment on column reporting.code_warnings.later_valid_from is 'Its first day.';
comment on column reporting.code_warnings.later_valid_to is 'Its last day; null means open.';
comment on column reporting.code_warnings.relation is
'merged into: the later unit holds all of the earlier one and more; split: a known part of it; else not comparable.';

create table reporting.kpi_values_on_current_boundaries (
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
    is_estimate boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code)
);
comment on table reporting.kpi_values_on_current_boundaries is
'One row per KPI, formula, unit of today and period that reaches back before the newest event by which a unit became '
'another one: what earlier units reported, carried to the unit by the shares that went over.';
comment on column reporting.kpi_values_on_current_boundaries.publication_id is 'Publication that last changed the row.';

create table reporting.kpi_comparisons (
    kpi_code text not null,
    formula_code text not null,
    formula_version integer not null,
    unit_id text not null,
    unit_code text not null,
    calendar_code text not null,
    period_code text not null,
    period_kind text not null,
    last_day date not null,
    compared_with text not null,
    base_period_code text,
    base_unit_id text,
    basis text,
    value numeric,
    base_value numeric,
    change numeric,
    change_unit text not null,
    change_percent numeric,
    data_state text not null,
    base_data_state text,
    status text not null,
    status_reason text,
    is_estimate boolean not null,
    is_primary boolean not null,
    confirmed boolean not null,
    publication_id bigint not null references reporting.publications,
    primary key (kpi_code, formula_code, unit_id, calendar_code, period_code, compared_with)
);
comment on table reporting.kpi_comparisons is
'One row per figure and period it is compared with: the one before, and the same one a year earlier.';
comment on column reporting.kpi_comparisons.publication_id is 'Publication that last changed the row.';

create view reporting.kpi_series as
select
    c.kpi_code,
    c.formula_code,
    c.formula_version,
    c.unit_id,
    c.unit_code,
    c.calendar_code,
    c.period_code,
    c.period_kind,
    c.first_day,
    c.last_day,
    c.value,
    c.numerator,
    c.denominator,
    c.unit_of_measure,
    c.units_counted,
    c.units_owed,
    c.data_state,
    c.reason,
    c.is_primary,
    c.confirmed,
    c.is_estimate,
    'current' as boundaries
from reporting.kpi_values_on_current_boundaries as c
union all
select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.unit_id,
    v.unit_code,
    v.calendar_code,
    v.period_code,
    v.period_kind,
    v.first_day,
    v.last_day,
    v.value,
    v.numerator,
    v.denominator,
    v.unit_of_measure,
    v.units_counted,
    v.units_owed,
    v.data_state,
    v.reason,
    v.is_primary,
    v.confirmed,
    false as is_estimate,
    'as_reported' as boundaries
from reporting.kpi_values as v
where
    not exists (
        select
        from reporting.kpi_values_on_current_boundaries as c
        where
            v.kpi_code = c.kpi_code and v.formula_code = c.formula_code and v.calendar_code = c.calendar_code
            and v.period_code = c.period_code
    );
comment on view reporting.kpi_series is
'One row per KPI, formula, unit and period, all on the boundaries of today: kpi_values, and for the periods that reach back '
'before them kpi_values_on_current_boundaries.';
comment on column reporting.kpi_series.kpi_code is 'Code of the KPI.';
comment on column reporting.kpi_series.formula_code is
'Formula of the KPI; the code alone does not name a figure.';
comment on column reporting.kpi_series.formula_version is 'Version of the formula.';
comment on column reporting.kpi_series.unit_id is
'Unit as it was between two days; of a current row, one that exists today.';
comment on column reporting.kpi_series.unit_code is 'Its code.';
comment on column reporting.kpi_series.calendar_code is 'Calendar of the period.';
comment on column reporting.kpi_series.period_code is 'Period inside its calendar.';
comment on column reporting.kpi_series.period_kind is 'month, quarter, half, nine_month or year.';
comment on column reporting.kpi_series.first_day is 'First day of the period.';
comment on column reporting.kpi_series.last_day is 'Last day of the period.';
comment on column reporting.kpi_series.value is 'The figure, exact; null is never zero.';
comment on column reporting.kpi_series.numerator is 'Sum above the line.';
comment on column reporting.kpi_series.denominator is 'Sum below the line.';
comment on column reporting.kpi_series.unit_of_measure is 'Unit of measure of the figure.';
comment on column reporting.kpi_series.units_counted is
'How many units that owed are in the least covered part.';
comment on column reporting.kpi_series.units_owed is 'How many owed it.';
comment on column reporting.kpi_series.data_state is 'complete, partial or absent.';
comment on column reporting.kpi_series.reason is 'Why there is no value.';
comment on column reporting.kpi_series.is_primary is
'True for the formula that targets are compared with.';
comment on column reporting.kpi_series.confirmed is
'False while something the figure rests on awaits confirmation.';
comment on column reporting.kpi_series.is_estimate is
'True when a share other than the whole of an earlier unit took part.';
comment on column reporting.kpi_series.boundaries is
'current: carried to the units of today; as_reported: by units that are still the same.';

-- Its words changed; the next publication takes them over from the marts.
comment on column reporting.kpi_values.reason is null;
