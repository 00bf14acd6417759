{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ env_var('KPI_SCHEMA_PREFIX', '') ~ (custom_schema_name or target.schema) }}
{%- endmacro %}
