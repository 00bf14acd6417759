{% macro looking_from() -%}
    {{ env_var('KPI_NIGHT_ID', '') if execute }}
{%- endmacro %}
