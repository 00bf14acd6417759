"""How a submission stands: the last word of its log of states."""

# To be joined to submissions under the alias s; a condition has to follow.
STATE_NOW = """inner join lateral (
    select st.state, st.reason, st.night_id from raw.submission_states as st
    where st.submission_id = s.submission_id
    order by st.state_seq desc limit 1
) as now on"""
