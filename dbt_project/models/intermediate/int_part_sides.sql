{{ config(materialized='ephemeral') }}

{% for unit_level in range(4) %}
{{ 'union all' if not loop.first }}
select
    s.formula_code,
    s.formula_version,
    s.part_code,
    s.unit_id,
    s.numerator,
    s.denominator,
    s.spare_numerator,
    s.spare_denominator,
    s.last_answer,
    s.units_counted,
    s.units_owed,
    s.answers_counted,
    s.is_blocking,
    s.misses_a_part
from {{ ref('int_part_sides_level_' ~ unit_level) }} as s
{% endfor %}
