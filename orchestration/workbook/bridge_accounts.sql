select
    change.change_rank, change.account_id, accounts.account_name, accounts.owner_id, change.membership,
    change.mrr_from, change.mrr_to, change.change_nrr, change.size_nrr, change.level_nrr, change.contract_nrr,
    change.rate_nrr, change.left_nrr, change.came_nrr, change.change_mrr
from marts.mart_expected_nrr_change as change
left join marts.dim_account as accounts using (account_id)
where change.stretch = 'month'
order by change.change_rank
