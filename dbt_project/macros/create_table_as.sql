{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not config.get('contract').enforced -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- else -%}
        {# Filled first: several processes read at once, and no index is kept row by row. #}
        {{ get_assert_columns_equivalent(sql) }}
        create table {{ relation }} as (
            {{ get_select_subquery(sql) }}
        );
        alter table {{ relation }} {{ promised() | join(', ') }};
    {%- endif -%}
{%- endmacro %}

{% macro promised() -%}
    {%- set changes = [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == 'not_null' -%}
                {%- do changes.append('alter column ' ~ column.name ~ ' set not null') -%}
            {%- elif constraint.type == 'check' -%}
                {%- do changes.append('add check (' ~ constraint.expression ~ ')') -%}
            {%- else -%}
                {%- do exceptions.raise_compiler_error('Not for columns: ' ~ constraint.type) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in adapter.render_raw_model_constraints(raw_constraints=model.constraints) -%}
        {%- do changes.append('add ' ~ constraint) -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}
