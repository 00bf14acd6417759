{% macro as_of() -%}
    (select n.as_of from {{ ref('stg_current_night') }} as n)
{%- endmacro %}

{% macro as_of_day() -%}
    (select n.as_of_day from {{ ref('stg_current_night') }} as n)
{%- endmacro %}
