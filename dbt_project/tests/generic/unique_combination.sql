{% test unique_combination(
    model, columns, nullable_columns=[], only_new=false, touched=none, touched_keys=none
) %}
    {# A ref for every test would make tests of all layers run with staging. #}
    {%- set new = "select submission_id from " ~ ref('stg_new_submissions') if only_new %}
    select
        {{ columns | join(', ') }},
        count(*) as times
    from {{ model }}
    {%- if touched is not none and touched_keys is none %}
    {# A unique index guards the whole table; a night looks again at what it wrote. #}
    inner join {{ touched }} using ({{ columns | join(', ') }})
    {%- elif touched is not none %}
    inner join (
        select {% for name, column in touched_keys.items() %}{{ name }} as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ touched }}
    ) as touched using ({{ touched_keys.values() | join(', ') }})
    {%- endif %}
    {#- An array is handed on into a view, a join is not. #}
    where {{ 'submission_id = any(array(' ~ new ~ '))' if only_new else 'true' }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in nullable_columns %}
            or {{ column }} is null
        {% endfor %}
{% endtest %}
