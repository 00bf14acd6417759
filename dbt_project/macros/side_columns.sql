{% macro side_columns(relation_alias) -%}
    {{ relation_alias }}.formula_code,
    {{ relation_alias }}.formula_version,
    {{ relation_alias }}.part_code,
    {{ relation_alias }}.unit_id,
    {{ relation_alias }}.numerator,
    {{ relation_alias }}.denominator,
    {{ relation_alias }}.spare_numerator,
    {{ relation_alias }}.spare_denominator,
    {{ relation_alias }}.last_answer,
    {{ relation_alias }}.units_counted,
    {{ relation_alias }}.units_owed,
    {{ relation_alias }}.answers_counted,
    {{ relation_alias }}.is_blocking,
    {{ relation_alias }}.misses_a_part
{%- endmacro %}
