{% macro figure(numerator, denominator, formula) -%}
    case
        when {{ formula }}.has_line
            then {{ divide_and_round(numerator ~ ' * ' ~ formula ~ '.factor', 'nullif(' ~ denominator ~ ', 0)', formula ~ '.decimals') }}
        else round({{ numerator }} * {{ formula }}.factor, {{ formula }}.decimals)
    end
{%- endmacro %}
