{% macro last_answer(answered, formula, mode, sides) -%}
    case
        when {{ formula }}.over_units = 'last' and {{ mode }}.is_counted
            then array[
                coalesce(extract(epoch from {{ answered }}.received_at), 0), coalesce({{ answered }}.submission_id, 0),
                {{ sides }}.numerator, {{ sides }}.denominator
            ]
    end
{%- endmacro %}
