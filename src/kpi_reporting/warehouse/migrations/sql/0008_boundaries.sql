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
