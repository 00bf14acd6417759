{% macro assigned_units(form_periods) -%}
    {{ form_periods }} as fp
    inner join {{ ref('periods') }} as p using (calendar_code, period_code)
    inner join {{ ref('obligations') }} as o on fp.form_code = o.form_code and {{ holds_on('p.last_day', 'o') }}
    inner join {{ ref('units') }} as u
        on
            o.unit_kind = u.kind and u.code = coalesce(o.unit_code, u.code)
            and {{ holds_on('p.last_day', 'u') }}
{%- endmacro %}
