{% macro submissions_to_stage() -%}
    {# Parsing sees both refs; a run only the one in use, so that a unit test gives only that. #}
    {%- if is_incremental() or not execute -%}
        {{ ref('stg_new_submissions') }}
    {%- endif -%}
    {%- if not is_incremental() -%}
        {{ ref('stg_submissions') }}
    {%- endif -%}
{%- endmacro %}
