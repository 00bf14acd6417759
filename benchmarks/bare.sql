-- What a careful engineer would write by hand for this shape: staged, level by level, with the same keys.
create schema if not exists bare;
drop table if exists bare.observations, bare.indicators, bare.unit_parts, bare.level_2, bare.level_1, bare.level_0, bare.sides, bare.figures,
    bare.comparisons, bare.candidates;

create table bare.observations as
select distinct on (o.period_code, o.unit_id, o.indicator_code)
    o.period_code, o.unit_id, o.indicator_code, o.breakdown_code, o.observation_kind, o.calendar_code, o.value,
    f.sender_code, f.submission_id, f.received_at
from staging.stg_observations as o
inner join staging.stg_filings as f using (submission_id)
order by o.period_code, o.unit_id, o.indicator_code, f.received_at desc;
create unique index on bare.observations (period_code, unit_id, indicator_code, breakdown_code, observation_kind, calendar_code);
analyze bare.observations;

create table bare.indicators as
select o.*, u.code, p.first_day, p.last_day
from bare.observations as o
inner join registry.units as u using (unit_id)
inner join registry.periods as p using (calendar_code, period_code);
create unique index on bare.indicators (indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code);
analyze bare.indicators;

create table bare.unit_parts as
select
    o.period_code as part_code, o.unit_id, t.formula_code,
    sum(o.value) filter (where t.side = 'numerator') as numerator,
    sum(o.value) filter (where t.side = 'denominator') as denominator
from bare.observations as o
inner join registry.formula_terms as t using (indicator_code)
group by o.period_code, o.unit_id, t.formula_code;
create unique index on bare.unit_parts (part_code, unit_id, formula_code);
analyze bare.unit_parts;

create table bare.level_2 as
select p.*, 1 as units_counted from bare.unit_parts as p;
create unique index on bare.level_2 (part_code, unit_id, formula_code);
analyze bare.level_2;

create table bare.level_1 as
select
    c.part_code, u.parent_id as unit_id, c.formula_code, sum(c.numerator) as numerator,
    sum(c.denominator) as denominator, sum(c.units_counted) as units_counted
from bare.level_2 as c inner join registry.units as u using (unit_id)
group by c.part_code, u.parent_id, c.formula_code;
create unique index on bare.level_1 (part_code, unit_id, formula_code);
analyze bare.level_1;

create table bare.level_0 as
select
    c.part_code, u.parent_id as unit_id, c.formula_code, sum(c.numerator) as numerator,
    sum(c.denominator) as denominator, sum(c.units_counted) as units_counted
from bare.level_1 as c inner join registry.units as u using (unit_id)
group by c.part_code, u.parent_id, c.formula_code;
create unique index on bare.level_0 (part_code, unit_id, formula_code);
analyze bare.level_0;

create table bare.sides as
select
    w.period_code, s.unit_id, s.formula_code, sum(s.numerator) as numerator, sum(s.denominator) as denominator,
    min(s.units_counted) as units_counted
from intermediate.int_formula_windows as w
inner join (
    select * from bare.level_2 union all select * from bare.level_1 union all select * from bare.level_0
) as s using (formula_code, part_code)
group by w.period_code, s.unit_id, s.formula_code;
create unique index on bare.sides (period_code, unit_id, formula_code);
analyze bare.sides;

create table bare.figures as
select
    f.kpi_code, s.formula_code, s.unit_id, u.code as unit_code, p.calendar_code, s.period_code, p.period_kind,
    p.first_day, p.last_day, round(s.numerator * f.factor / s.denominator, 2) as value, s.numerator, s.denominator,
    s.units_counted
from bare.sides as s
inner join intermediate.int_formulas as f using (formula_code)
inner join registry.units as u using (unit_id)
inner join registry.periods as p on s.period_code = p.period_code and p.calendar_code = 'administrative';
create unique index on bare.figures (kpi_code, formula_code, unit_id, calendar_code, period_code);
analyze bare.figures;

create table bare.comparisons as
select
    f.*, p.compared_with, p.base_period_code, b.unit_id as base_unit_id, b.value as base_value,
    f.value - b.value as change, round((f.value - b.value) * 100 / nullif(abs(b.value), 0), 2) as change_percent
from bare.figures as f
inner join intermediate.int_period_bases as p using (calendar_code, period_code)
left join bare.figures as b
    on
        f.kpi_code = b.kpi_code and f.formula_code = b.formula_code and f.unit_id = b.unit_id
        and f.calendar_code = b.calendar_code and p.base_period_code = b.period_code;
create unique index on bare.comparisons (kpi_code, formula_code, unit_id, calendar_code, period_code, compared_with);
analyze bare.comparisons;

create table bare.candidates as
select f.*, b.value as previous_value
from bare.figures as f
left join bare.figures as b
    on
        f.kpi_code = b.kpi_code and f.formula_code = b.formula_code and f.unit_id = b.unit_id
        and f.calendar_code = b.calendar_code and f.period_kind = b.period_kind and f.first_day = b.last_day + 1;
create unique index on bare.candidates (kpi_code, formula_code, unit_id, calendar_code, period_code);
analyze bare.candidates;
