{# What staging works on: everything in a full build, in a night only what the door has not judged yet. #}
{% macro is_to_be_staged(relation_alias) -%}
    {%- set submissions = ref('stg_submissions') -%}
    {%- if is_incremental() -%}
        {{ relation_alias }}.submission_id in (select w.submission_id from {{ submissions }} as w where w.state = 'read')
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
