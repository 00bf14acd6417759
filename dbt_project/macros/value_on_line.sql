{% macro value_on_line(year, from_year, to_year, from_value, to_value, decimals) -%}
    {# One fraction, with more digits than it takes to tell a half among so few years. #}
    round(
        round({{ from_value }} * ({{ to_year }} - {{ year }}) + {{ to_value }} * ({{ year }} - {{ from_year }}), 40)
        / ({{ to_year }} - {{ from_year }}),
        {{ decimals }}
    )
{%- endmacro %}
