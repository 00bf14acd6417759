{#
    Text of a figure as decimal text, or null when the declared locale cannot read it.
    vi 1.234,5 · en 1,234.5 · plain 1234.5; blanks around and between groups of digits are allowed.
#}
{% macro decimal_text(text, locale) -%}
    case
        when {{ locale }} = 'vi' and {{ text }} ~ '^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$'
            then replace(replace({{ text }}, '.', ''), ',', '.')
        when {{ locale }} = 'en' and {{ text }} ~ '^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$'
            then replace({{ text }}, ',', '')
        when {{ locale }} = 'plain' and {{ text }} ~ '^[+-]?\d+(\.\d+)?$'
            then {{ text }}
    end
{%- endmacro %}
