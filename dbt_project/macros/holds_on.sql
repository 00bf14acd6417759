{% macro holds_on(day, relation_alias) -%}
    {{ day }} between {{ relation_alias }}.valid_from and coalesce({{ relation_alias }}.valid_to, 'infinity')
{%- endmacro %}
