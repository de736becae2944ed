-- Grain: one row per level from MQC up and owner with matured windows of it: how much MRR grew in a year, of the accounts
-- that the owner has today (E4).

with

windows as (

    select * from {{ ref('int_windows') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

    where is_latest

),

policies as (

    select * from {{ ref('int_policies') }}

),

treatments as (

    select * from {{ ref('level_treatments') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

    where scope_type = 'owner' and scope_value <> 'unknown'

),

mqc_levels as (

    select distinct success_level from treatments
    where is_mqc

),

final as (

    select
        windows.success_level,
        account_scopes.scope_value as owner_id,
        cast(count(distinct windows.account_id) as bigint) as accounts,
        {{ rate(
            'sum(case when windows.mrr_end > windows.base_mrr then windows.mrr_end - windows.base_mrr else 0 end)',
            'sum(windows.base_mrr)'
        ) }} as expansion_rate

    from windows
    inner join mqc_levels on windows.success_level = mqc_levels.success_level
    inner join account_scopes on windows.account_id = account_scopes.account_id
    cross join spine
    cross join policies

    where
        windows.matured_date <= spine.as_of_date
        and windows.window_start_date >= {{ months_before('spine.as_of_date', 'policies.outcome_history_months') }}

    group by 1, 2

)

select * from final
