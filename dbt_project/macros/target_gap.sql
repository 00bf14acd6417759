{% macro target_gap(value, threshold, threshold_high, operator, direction) -%}
    case
        when {{ operator }} = 'between'
            then least({{ value }} - {{ threshold }}, {{ threshold_high }} - {{ value }})
        when {{ operator }} = '=' and {{ direction }} = 'range' then -abs({{ value }} - {{ threshold }})
        {# A plan that says "= 70 %" is fulfilled by more, or by less where less is better. #}
        when {{ operator }} = '<=' or ({{ operator }} = '=' and {{ direction }} = 'lower')
            then {{ threshold }} - {{ value }}
        else {{ value }} - {{ threshold }}
    end
{%- endmacro %}
