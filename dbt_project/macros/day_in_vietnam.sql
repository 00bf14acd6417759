{% macro day_in_vietnam(instant) -%}
    cast({{ instant }} at time zone 'Asia/Ho_Chi_Minh' as date)
{%- endmacro %}
