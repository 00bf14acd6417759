{% macro part_sides(unit_level, level_below=none) -%}
    {%- set keys = ['part_code', 'unit_id', 'formula_code', 'formula_version'] -%}
    with contributions as (
        select p.*
        from (
            {{ own_sides(unit_level) }}
        ) as p
        {{ only_touched(ref('int_touched_part_sides'), 'p', keys) }}
        {{ and_sides_below(level_below, keys) if level_below is not none }}
    )

    select
        c.formula_code,
        c.formula_version,
        c.part_code,
        c.unit_id,
        sum(c.numerator) as numerator,
        sum(c.denominator) as denominator,
        sum(c.spare_numerator) as spare_numerator,
        sum(c.spare_denominator) as spare_denominator,
        max(c.last_answer) as last_answer,
        cast(sum(c.units_counted) as integer) as units_counted,
        cast(sum(c.units_owed) as integer) as units_owed,
        cast(sum(c.answers_counted) as integer) as answers_counted,
        bool_or(c.is_blocking) as is_blocking,
        bool_or(c.misses_a_part) as misses_a_part
    from contributions as c
    group by c.part_code, c.unit_id, c.formula_code, c.formula_version
{%- endmacro %}

{% macro own_sides(unit_level) -%}
    select
        p.formula_code,
        p.formula_version,
        p.part_code,
        p.unit_id,
        -- What only the province has is not added up: of several filers those who owe it are believed.
        case when p.is_owed or f.over_units <> 'province_only' then p.numerator end as numerator,
        case when p.is_owed or f.over_units <> 'province_only' then p.denominator end as denominator,
        case when not p.is_owed and f.over_units = 'province_only' then p.numerator end as spare_numerator,
        case when not p.is_owed and f.over_units = 'province_only' then p.denominator end as spare_denominator,
        p.last_answer,
        cast(p.is_counted and p.is_owed as integer) as units_counted,
        cast(p.is_owed as integer) as units_owed,
        cast(p.is_counted as integer) as answers_counted,
        p.is_blocking,
        p.misses_a_part
    from {{ ref('int_unit_parts') }} as p
    inner join {{ ref('stg_unit_levels') }} as u on p.unit_id = u.unit_id and u.unit_level = {{ unit_level }}
    inner join {{ ref('int_formulas') }} as f
        on p.formula_code = f.formula_code and p.formula_version = f.formula_version
{%- endmacro %}

{% macro and_sides_below(level_below, keys) -%}
    union all
    select below.*
    from (
        select
            c.formula_code,
            c.formula_version,
            c.part_code,
            u.parent_id as unit_id,
            c.numerator,
            c.denominator,
            c.spare_numerator,
            c.spare_denominator,
            c.last_answer,
            c.units_counted,
            c.units_owed,
            c.answers_counted,
            c.is_blocking,
            c.misses_a_part
        from {{ level_below }} as c
        inner join {{ ref('stg_unit_levels') }} as u on c.unit_id = u.unit_id
    ) as below
    {{ only_touched(ref('int_touched_part_sides'), 'below', keys) }}
{%- endmacro %}
