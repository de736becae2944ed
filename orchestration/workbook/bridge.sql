select
    scope_type, scope_value, from_date, to_date, expected_nrr_from, expected_nrr_to, change_nrr, size_nrr, level_nrr,
    contract_nrr, rate_nrr, left_nrr, came_nrr, accounts_from, accounts_to, mrr_from, mrr_to, change_mrr, null_reason
from marts.mart_expected_nrr_bridge
where stretch = 'month'
order by scope_type != 'all', scope_type, mrr_to desc, scope_value
