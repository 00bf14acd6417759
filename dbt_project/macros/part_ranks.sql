{% macro coverage_rank(side, part_last_day) -%}
    case
        when {{ side }}.units_owed > 0 then array[
            cast({{ side }}.units_counted as numeric) / {{ side }}.units_owed, {{ side }}.units_counted,
            date '2000-01-01' - {{ part_last_day }}, {{ side }}.units_owed
        ]
    end
{%- endmacro %}

{% macro least_covered(part) -%}
    {# Only parts that miss somebody are ranked: they are few, and ranks are dear. #}
    coalesce(
        min({{ part }}.coverage_rank) filter (where {{ part }}.units_counted < {{ part }}.units_owed),
        array[
            1.0, min({{ part }}.units_owed) filter (where {{ part }}.units_owed > 0),
            0, min({{ part }}.units_owed) filter (where {{ part }}.units_owed > 0)
        ]
    )
{%- endmacro %}

{% macro value_rank(side, formula, part_last_day) -%}
    case
        when {{ formula }}.over_time in ('max', 'min') and {{ side }}.numerator is not null
            then (
                select array[
                    d.direction * cast(v.value is not null as integer), coalesce(v.value, 0),
                    d.direction * ({{ part_last_day }} - date '2000-01-01'), {{ side }}.numerator, {{ side }}.denominator
                ]
                from (
                    select
                        case
                            when {{ formula }}.has_denominator
                                then {{ many_digits(side ~ '.numerator', side ~ '.denominator') }}
                            else {{ side }}.numerator
                        end as value
                ) as v
                cross join (select case {{ formula }}.over_time when 'max' then 1 else -1 end as direction) as d
            )
    end
{%- endmacro %}
