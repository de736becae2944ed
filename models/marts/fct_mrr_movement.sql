-- Grain: one row per account and month in which its MRR changed.

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

-- The month before is what a change is measured against; an account starts from zero.
compared as (

    select
        account_id,
        month,
        is_final,
        coalesce(lag(mrr) over (partition by account_id order by month), 0) as opening_mrr,
        mrr as closing_mrr,
        coalesce(
            max(mrr) over (
                partition by account_id order by month
                rows between unbounded preceding and 1 preceding
            ), 0
        ) > 0 as has_paid_before

    from account_mrr

    where is_month_end

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
