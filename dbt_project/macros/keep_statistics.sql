{% macro keep_statistics(relation) -%}
    {%- if model.config.materialized == 'table' or not (is_incremental() and is_big(relation)) -%}
        {{ count_together(relation) }}
        analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}

{% macro count_together(relation) -%}
    {# By themselves, the columns of a key make a hash join look dear; by index it is seven times the time. #}
    {%- set columns = model.config.meta.get('counted_together') -%}
    {%- if columns and not is_incremental() -%}
        create statistics (ndistinct) on {{ columns | join(', ') }} from {{ relation }};
    {%- endif -%}
{%- endmacro %}

{% macro is_big(relation) -%}
    {%- set known = "select reltuples > 1000000 from pg_class where oid = to_regclass('" ~ relation ~ "')" -%}
    {%- set answer = run_query(known) -%}
    {{- return(answer and answer.columns[0].values()[0]) -}}
{%- endmacro %}
