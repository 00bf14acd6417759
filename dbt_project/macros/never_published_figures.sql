{% macro never_published_figures() -%}
    {# One that was stopped before it was ever published is marked stale nowhere. #}
    select s.*
    from (
        select distinct
            split_part(b.figure_key, '/', 1) as kpi_code,
            split_part(b.figure_key, '/', 2) as formula_code,
            split_part(b.figure_key, '/', 3) as unit_id,
            split_part(b.figure_key, '/', 4) as calendar_code,
            split_part(b.figure_key, '/', 5) as period_code
        from {{ source('quality', 'blocked_figures') }} as b
        where b.table_name = 'kpi_values'
    ) as s
    left join {{ source('reporting', 'kpi_values') }} as k
        on
            s.kpi_code = k.kpi_code and s.formula_code = k.formula_code and s.unit_id = k.unit_id
            and s.calendar_code = k.calendar_code and s.period_code = k.period_code
    where k.kpi_code is null
{%- endmacro %}
