{% macro keep_statistics(relation) -%}
    {%- if model.config.materialized == 'table' or not (is_incremental() and is_big(relation)) -%}
        analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}

{% macro is_big(relation) -%}
    {%- set known = "select reltuples > 1000000 from pg_class where oid = to_regclass('" ~ relation ~ "')" -%}
    {%- set answer = run_query(known) -%}
    {{- return(answer and answer.columns[0].values()[0]) -}}
{%- endmacro %}
