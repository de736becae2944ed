-- Grain: one row per account and month in which its MRR changed.

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

-- Who paid for two weeks between month ends has paid before, though no month end shows it.
first_paid as (

    select
        account_id,
        min(start_date) as first_paid_date

    from mrr_periods

    where mrr > 0

    group by 1

),

-- The month before is what a change is measured against; an account starts from zero.
compared as (

    select
        account_mrr.account_id,
        account_mrr.month,
        account_mrr.is_final,
        coalesce(lag(account_mrr.mrr) over (partition by account_mrr.account_id order by account_mrr.month), 0)
            as opening_mrr,
        account_mrr.mrr as closing_mrr,
        coalesce(first_paid.first_paid_date < account_mrr.month, false) as has_paid_before

    from account_mrr
    left join first_paid on account_mrr.account_id = first_paid.account_id

    where account_mrr.is_month_end

),

final as (

    select
        account_id,
        month,
        case
            when opening_mrr = 0 and has_paid_before then 'reactivation'
            when opening_mrr = 0 then 'new'
            when closing_mrr = 0 then 'churn'
            when closing_mrr > opening_mrr then 'expansion'
            else 'contraction'
        end as movement_type,
        cast(opening_mrr as bigint) as opening_mrr,
        cast(closing_mrr - opening_mrr as bigint) as delta_mrr,
        cast(closing_mrr as bigint) as closing_mrr,
        is_final

    from compared

    where closing_mrr <> opening_mrr

)

select * from final
