-- Grain: one row per period end (each complete month end, and the as-of date), horizon, definition and scope.
-- Same-customer (cohort point-to-point) retention: who paid h months before, and what they pay now (R5).

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

horizons as (

    select 1 as horizon_months
    union all
    select 3 as horizon_months
    union all
    select 12 as horizon_months

),

period_ends as (

    select
        snapshot_dates.snapshot_date as period_end_date,
        snapshot_dates.is_month_end,
        snapshot_dates.is_final,
        horizons.horizon_months,
        {{ months_before('snapshot_dates.snapshot_date', 'horizons.horizon_months') }} as period_start_date

    from snapshot_dates
    cross join horizons

    where snapshot_dates.is_month_end or snapshot_dates.is_as_of_date

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

scope_values as (

    select distinct
        scope_type,
        scope_value

    from scopes

),

-- Every period has its row in every scope, also where nobody paid at its start.
frame as (

    select
        period_ends.*,
        scope_values.scope_type,
        scope_values.scope_value

    from period_ends
    cross join scope_values

),

-- The cohort is fixed at the start: new customers and returning ones do not enter.
compared as (

    select
        period_ends.period_end_date,
        period_ends.horizon_months,
        started.account_id,
        started.mrr as opening_mrr,
        ended.mrr as closing_mrr,
        ended.mrr - ended.mrr_in_grace as closing_mrr_confirmed

    from period_ends
    inner join account_mrr as started
        on period_ends.period_start_date = started.snapshot_date and started.mrr > 0
    inner join account_mrr as ended
        on
            period_ends.period_end_date = ended.snapshot_date
            and started.account_id = ended.account_id

),

totals as (

    select
        compared.period_end_date,
        compared.horizon_months,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(*) as bigint) as accounts,
        cast(count_if(compared.closing_mrr > 0) as bigint) as retained_accounts,
        cast(sum(compared.opening_mrr) as bigint) as opening_mrr,
        cast(sum(compared.closing_mrr) as bigint) as closing_mrr,
        cast(sum(compared.closing_mrr_confirmed) as bigint) as closing_mrr_confirmed,
        cast(sum(least(compared.closing_mrr, compared.opening_mrr)) as bigint) as retained_mrr,
        cast(sum(least(compared.closing_mrr_confirmed, compared.opening_mrr)) as bigint) as retained_mrr_confirmed

    from compared
    inner join scopes on compared.account_id = scopes.account_id

    group by 1, 2, 3, 4

),

final as (

    select
        frame.period_end_date,
        frame.period_start_date,
        frame.is_month_end,
        frame.horizon_months,
        'cohort_p2p' as definition,
        frame.scope_type,
        frame.scope_value,
        coalesce(totals.accounts, 0) as accounts,
        coalesce(totals.opening_mrr, 0) as opening_mrr,
        coalesce(totals.closing_mrr, 0) as closing_mrr,
        coalesce(totals.closing_mrr_confirmed, 0) as closing_mrr_confirmed,
        coalesce(totals.retained_mrr, 0) as retained_mrr,
        coalesce(totals.retained_accounts, 0) as retained_accounts,
        {{ rate('totals.closing_mrr', 'totals.opening_mrr') }} as nrr,
        {{ rate('totals.retained_mrr', 'totals.opening_mrr') }} as grr,
        {{ rate('totals.retained_accounts', 'totals.accounts') }} as logo_retention,
        {{ rate('totals.closing_mrr_confirmed', 'totals.opening_mrr') }} as nrr_confirmed,
        {{ rate('totals.retained_mrr_confirmed', 'totals.opening_mrr') }} as grr_confirmed,
        frame.is_final,
        case when totals.accounts is null then 'no_customers_at_start' end as null_reason

    from frame
    left join totals
        on
            frame.period_end_date = totals.period_end_date
            and frame.horizon_months = totals.horizon_months
            and frame.scope_type = totals.scope_type
            and frame.scope_value = totals.scope_value

)

select * from final
