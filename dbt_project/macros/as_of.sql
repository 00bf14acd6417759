{# The instant the current night looks from; the only clock of the models. #}
{% macro as_of() -%}
    (select n.as_of from {{ source('raw', 'current_night') }} as c inner join {{ source('raw', 'nights') }} as n using (night_id))
{%- endmacro %}
