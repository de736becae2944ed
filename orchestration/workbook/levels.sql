with today as (
    select levels.success_level, count(*) as accounts, sum(accounts.mrr) as mrr
    from marts.fct_success_level as levels
    left join marts.dim_account as accounts using (account_id)
    where levels.as_of_date = date '{as_of}' and levels.product_id = 'all'
    group by levels.success_level
)

select
    coalesce(today.success_level, past.success_level) as success_level, today.accounts, today.mrr,
    past.windows, past.churned, past.churn_rate, past.churn_rate_low, past.churn_rate_high, past.nrr as level_year_nrr,
    past.separates_from_below, lever.accounts as lever_accounts, lever.gain_mrr_one,
    lever.gain_mrr_all, lever.gain_nrr_all, lever.accounts_needed, lever.nrr_difference,
    lever.needed_null_reason as null_reason
from today
full join (select * from marts.mart_level_validity where product_profile = 'all') as past
    on past.success_level is not distinct from today.success_level
left join marts.mart_level_lever as lever
    on lever.success_level = coalesce(today.success_level, past.success_level)
    and lever.lever = 'move' and lever.scope_type = 'all'
order by 1
