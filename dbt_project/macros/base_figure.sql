{% macro base_figure(compared, own) -%}
    {# As reported, unless only the current boundaries make it comparable. #}
    select
        {{ own }}.unit_id,
        {{ own }}.formula_version,
        {{ own }}.value,
        {{ own }}.data_state,
        {{ own }}.reason,
        {{ own }}.confirmed,
        false as is_estimate,
        'as_reported' as basis
    where {{ is_comparable(own) }}
    union all
    {# Lives of one territory's units do not overlap: no other has a figure of that period then. #}
    select other.*
    from (
        {{ figure_of_same_territory(compared) }}
    ) as other
    where not {{ is_comparable(own) }}
{%- endmacro %}

{% macro is_comparable(own) -%}
    ({{ own }}.unit_id is not null and {{ own }}.reason is distinct from 'not_comparable')
{%- endmacro %}

{% macro figure_of_same_territory(compared) -%}
    select found.*
    from (
        {{ same_figure(ref('mart_kpi_values'), compared, 'as_reported', 'false') }}
        and known.unit_id in (
            select same.earlier_unit_id
            from {{ ref('int_same_territories') }} as same
            where {{ compared }}.unit_id = same.unit_id
        )
        union all
        {{ same_figure(
            ref('mart_kpi_values_on_current_boundaries'), compared, 'current_boundaries', 'known.is_estimate'
        ) }}
        and {{ compared }}.unit_id = known.unit_id
    ) as found
    {# The last says no more than which of several that are not comparable is named. #}
    order by found.reason is not distinct from 'not_comparable', found.basis asc, found.unit_id desc
    limit 1
{%- endmacro %}

{% macro same_figure(relation, compared, basis, is_estimate) -%}
    select
        known.unit_id,
        known.formula_version,
        known.value,
        known.data_state,
        known.reason,
        known.confirmed,
        {{ is_estimate }} as is_estimate,
        '{{ basis }}' as basis
    from {{ relation }} as known
    where
        {{ compared }}.kpi_code = known.kpi_code and {{ compared }}.formula_code = known.formula_code
        and {{ compared }}.calendar_code = known.calendar_code and {{ compared }}.base_period_code = known.period_code
{%- endmacro %}

{% macro no_comparison_because(compared, base, unit) -%}
    select
        case
            when {{ compared }}.value is null then {{ compared }}.reason
            when {{ base }}.unit_id is null and {{ unit }}.valid_from > {{ compared }}.base_last_day then 'boundaries'
            when {{ base }}.unit_id is null then 'no_figure'
            when {{ base }}.reason = 'not_comparable' then 'boundaries'
            when {{ base }}.formula_version <> {{ compared }}.formula_version then 'formula_version'
            else {{ base }}.reason
        end as reason
{%- endmacro %}
