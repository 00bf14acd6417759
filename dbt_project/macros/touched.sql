{% macro is_full() -%}
    {{ return(flags.FULL_REFRESH) }}
{%- endmacro %}

{% macro nothing_when_full() -%}
    {{ 'false' if is_full() else 'true' }}
{%- endmacro %}

{% macro only_touched(touched, relation_alias, columns=none) -%}
    {# Parsing sees the ref; a full build does without it. #}
    {%- if not is_full() or not execute %}
    inner join {{ touched }} as touched
        on
            {%- for key in columns or config.get('unique_key') %}
            {{ 'and ' if not loop.first }}{{ relation_alias }}.{{ key }} = touched.{{ key }}
            {%- endfor %}
    {%- endif %}
{%- endmacro %}

{% macro get_incremental_replace_touched_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    {%- set keys = config.require('unique_key') -%}
    delete from {{ arguments['target_relation'] }} as old
    using {{ ref(config.get('meta')['touched']) }} as touched
    where
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}old.{{ key }} = touched.{{ key }}
        {%- endfor %};

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }};
{%- endmacro %}
