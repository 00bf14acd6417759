-- What is replaced: depends_on {{ ref('int_touched_unit_parts') }}
with answered as (
    select
        a.formula_code,
        a.formula_version,
        a.part_code,
        a.unit_id,
        sum(a.amount) filter (where a.side = 'numerator') as numerator,
        sum(a.amount) filter (where a.side = 'denominator') as denominator,
        sum(a.amount) filter (where a.side = 'weight') as weight,
        sum(a.terms) as terms,
        count(a.amount) as values,
        coalesce(bool_or(a.amount <> 0), false) as has_something,
        bool_or(a.is_owed) as is_owed,
        max(a.received_at) as received_at,
        max(a.submission_id) as submission_id
    from {{ ref('int_touched_part_answers') }} as a
    group by a.part_code, a.unit_id, a.formula_code, a.formula_version
)

select
    a.formula_code,
    a.formula_version,
    a.part_code,
    a.unit_id,
    s.numerator,
    s.denominator,
    a.is_owed,
    m.is_counted,
    a.terms > 0 and not m.is_whole and f.missing_mode in ('non_null', 'partial_null', 'always_null')
        as misses_a_part,
    (f.missing_mode in ('partial_null', 'always_null') and a.terms > 0 and not m.is_whole)
    or (f.missing_mode = 'always_null' and a.is_owed and a.terms = 0) as is_blocking,
    {{ last_answer('a', 'f', 'm', 's') }} as last_answer
from answered as a
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
inner join lateral (
    {{ counted_answer('a', 'f') }}
) as m on true
inner join lateral (
    {{ counted_sides('a', 'f', 'm') }}
) as s on true
