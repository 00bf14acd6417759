{# A1 address of a cell from its 1-based column and row numbers, up to column ZZ. #}
{% macro cell_address(column_number, row_number) -%}
    case when {{ column_number }} > 26 then chr(64 + ({{ column_number }} - 1) / 26) else '' end
    || chr(65 + mod({{ column_number }} - 1, 26)) || {{ row_number }}
{%- endmacro %}
