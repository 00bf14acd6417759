select
    u.unit_id,
    u.code as unit_code,
    u.kind,
    u.unit_type,
    u.name_vi,
    u.name_en,
    u.sort_key,
    u.parent_id,
    u.valid_from,
    u.valid_to,
    u.legal_basis,
    u.confirmed
from {{ ref('units') }} as u
