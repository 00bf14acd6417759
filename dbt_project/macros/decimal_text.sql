{% macro decimal_text(text, locale) -%}
    case
        when length({{ text }}) > 100 then null
        when
            {{ locale }} = 'vi'
            and {{ text }} ~ '^[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+|[0-9]+)(,[0-9]+)?$'
            then translate({{ text }}, ',. ', '.')
        when
            {{ locale }} = 'en'
            and {{ text }} ~ '^[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+|[0-9]+)(\.[0-9]+)?$'
            then translate({{ text }}, '., ', '.')
        when
            {{ locale }} = 'plain'
            and {{ text }} ~ '^[+-]?([0-9]{1,3}( [0-9]{3})+|[0-9]+)(\.[0-9]+)?$'
            then translate({{ text }}, ' ', '')
    end
{%- endmacro %}
