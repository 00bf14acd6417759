"""How a finding shows a figure of a form to people, as SQL."""

from __future__ import annotations

# A figure that its form (``d``) knows by the name of its cell is shown by the name of its indicator.
SHOWN = """
left join registry.indicators as i on i.indicator_code = d.indicator_code
cross join lateral (select case when d.label like '=%%' then i.name_vi else d.label end as label) as shown
"""
