{% macro submissions_to_stage() -%}
    {%- set all_of_them, new_ones = ref('stg_submissions'), ref('stg_new_submissions') -%}
    {{ new_ones if is_incremental() else all_of_them }}
{%- endmacro %}
