{% macro computes_everything() -%}
    {{ return(execute and flags.FULL_REFRESH) }}
{%- endmacro %}

{% macro nothing_when_full() -%}
    {{ 'false' if computes_everything() else 'true' }}
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
    {%- if not computes_everything() -%}
        inner join {{ touched }} as touched
            on {{ equal_keys(keys, relation_alias, named) }}
    {%- endif -%}
{%- endmacro %}

{% macro touched_rows(relation, relation_alias, touched, keys, named={}) -%}
    {# Key by key: joined as a whole, a relation of many tables is read as a whole. #}
    {%- if computes_everything() -%}
        {{ relation }} as {{ relation_alias }}
    {%- else -%}
        {{ touched }} as touched
        inner join lateral (
            select asked.*
            from {{ relation }} as asked
            where {{ equal_keys(keys, 'asked', named) }}
            offset 0
        ) as {{ relation_alias }} on true
    {%- endif -%}
{%- endmacro %}

{% macro submission(asked) -%}
    {# One by one, for the same reason. #}
    select known.*
    from {{ ref('stg_submissions') }} as known
    where known.submission_id = {{ asked }}.submission_id
    offset 0
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
