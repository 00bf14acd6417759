{% macro cell_address(column_number, row_number) -%}
    case when {{ column_number }} > 26 then chr(64 + ({{ column_number }} - 1) / 26) else '' end
    || chr(65 + mod({{ column_number }} - 1, 26)) || {{ row_number }}
{%- endmacro %}
