{% macro many_digits(numerator, denominator) -%}
    {{ numerator }} * cast('1e40' as numeric) / nullif({{ denominator }}, 0) * cast('1e-40' as numeric)
{%- endmacro %}
