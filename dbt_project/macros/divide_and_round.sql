{% macro divide_and_round(numerator, denominator, decimals) -%}
    {%- set above, below = "cast(" ~ numerator ~ " as numeric)", "cast(" ~ denominator ~ " as numeric)" -%}
    round(
        sign({{ above }}) * sign({{ below }})
        * div(
            2 * abs({{ above }}) * power(cast(10 as numeric), {{ decimals }}) + abs({{ below }}), 2 * abs({{ below }})
        ) * power(cast(10 as numeric), -{{ decimals }}),
        {{ decimals }}
    )
{%- endmacro %}
