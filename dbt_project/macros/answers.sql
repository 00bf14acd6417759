{% macro answers(asked=none, of_units=true) -%}
    {# Each arm is given what is asked for: a join with all of them together is not passed on. #}
    select
        t.formula_code,
        t.formula_version,
        t.part_code,
        o.unit_id,
        t.side,
        o.value * t.coefficient as amount,
        1 as terms,
        false as is_owed,
        o.received_at,
        o.submission_id
    from {{ ref('int_part_terms') }} as t
    {{ only_asked_parts(asked, false, 't', 't') }}
    inner join lateral (
        {{ observed_values('t', 'asked' if asked and of_units else none) }}
    ) as o on true
    union all
    {{ answers_without_value(ref('int_nil_terms'), asked, of_units, is_owed=false) }}
    union all
    {{ answers_without_value(ref('int_owed_parts'), asked, of_units, is_owed=true) }}
    union all
    {{ answers_without_value(ref('int_measured_parts'), asked, of_units, is_owed=true) }}
{%- endmacro %}

{% macro answers_without_value(relation, asked, of_units, is_owed) -%}
    select
        w.formula_code,
        w.formula_version,
        w.part_code,
        w.unit_id,
        null as side,
        null as amount,
        {{ 0 if is_owed else 1 }} as terms,
        {{ is_owed }} as is_owed,
        {{ 'null' if is_owed else 'w.received_at' }} as received_at,
        {{ 'null' if is_owed else 'w.submission_id' }} as submission_id
    from {{ relation }} as w
    {{ only_asked_parts(asked, of_units, 'w', 'w') }}
{%- endmacro %}

{% macro only_asked_parts(asked, of_units, term, answer) -%}
    {%- if asked -%}
        inner join {{ asked }} as asked
            on
                {{ term }}.part_code = asked.part_code and {{ term }}.formula_code = asked.formula_code
                and {{ term }}.formula_version = asked.formula_version
                {% if of_units -%} and {{ answer }}.unit_id = asked.unit_id {%- endif %}
    {%- endif -%}
{%- endmacro %}

{% macro observed_values(term, of_unit) -%}
    {# Of one unit value by value: joined as a whole, all its indicators are read for each of its parts. #}
    select known.*
    from {{ ref('int_observations') }} as known
    where
        {{ term }}.part_code = known.period_code and {{ term }}.calendar_code = known.calendar_code
        and {{ term }}.indicator_code = known.indicator_code and {{ term }}.breakdown_code = known.breakdown_code
        and known.observation_kind = 'actual'
        {% if of_unit %}and {{ of_unit }}.unit_id = known.unit_id{% endif %}
    {% if of_unit %}offset 0{% endif %}
{%- endmacro %}
