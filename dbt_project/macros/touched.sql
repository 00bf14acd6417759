{% macro nothing_when_full() -%}
    {{ 'false' if execute and flags.FULL_REFRESH else 'true' }}
{%- endmacro %}

{% macro equal_keys(keys, relation_alias, named={}) -%}
    {%- set pairs = [] -%}
    {%- for key in keys -%}
        {%- do pairs.append(relation_alias ~ '.' ~ key ~ ' = touched.' ~ named.get(key, key)) -%}
    {%- endfor -%}
    {{ pairs | join('\n    and ') }}
{%- endmacro %}

{% macro only_touched(touched, relation_alias, keys, named={}) -%}
    {# Parsing sees the ref; a full build does without it. #}
    {%- if not execute or not flags.FULL_REFRESH -%}
        inner join {{ touched }} as touched
            on {{ equal_keys(keys, relation_alias, named) }}
    {%- endif -%}
{%- endmacro %}

{% macro get_incremental_replace_touched_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arguments['target_relation'] }} as old
    using {{ ref(config.get('meta')['touched']) }} as touched
    where {{ equal_keys(config.require('unique_key'), 'old', config.get('meta').get('named', {})) }};

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }};
{%- endmacro %}
