with judged as (
    select
        s.*,
        f.factor,
        f.decimals,
        f.has_denominator,
        f.is_primary,
        f.is_confirmed,
        f.unit_of_measure,
        u.code as unit_code,
        u.kind as unit_kind,
        case
            when
                u.parent_id is not null
                and (s.first_part_day < u.valid_from or s.last_part_day > coalesce(u.valid_to, 'infinity'))
                then 'not_comparable'
            when s.numerator is null and not s.misses_a_part then 'no_data'
            when s.lacks_a_period then 'missing_period'
            when s.numerator is null or (f.has_denominator and s.denominator is null) then 'missing_part'
            when f.has_denominator and s.denominator = 0 then 'denominator_zero'
        end as reason
    from {{ ref('int_kpi_sides') }} as s
    inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version, kpi_code)
    inner join {{ ref('units') }} as u using (unit_id)
)

select
    j.*,
    case
        when j.reason is not null then null
        when j.has_denominator then round(j.numerator * j.factor / j.denominator, j.decimals)
        else round(j.numerator * j.factor, j.decimals)
    end as value
from judged as j
