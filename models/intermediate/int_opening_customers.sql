-- Grain: one row per scope, account and complete month at whose opening it paid: what it pays at the end, and whether
-- it could leave in between.

with

scope_mrr as (

    select * from {{ ref('int_scope_mrr') }}

),

commitments as (

    select * from {{ ref('int_product_commitments') }}

),

compared as (

    select
        scope_type,
        scope_value,
        account_id,
        month,
        lag(mrr) over (partition by scope_type, scope_value, account_id order by month) as opening_mrr,
        mrr as closing_mrr

    from scope_mrr

    where is_month_end

),

-- A customer can leave when a term of it ends (an open contract: any day) and nothing it pays for is committed longer.
final as (

    select
        compared.scope_type,
        compared.scope_value,
        compared.account_id,
        compared.month,
        compared.opening_mrr,
        compared.closing_mrr = 0 as has_churned,
        count(commitments.account_id) > 0 and count(case when commitments.is_committed then 1 end) = 0 as could_churn

    from compared
    left join commitments
        on
            compared.account_id = commitments.account_id
            and compared.month = commitments.month
            and (compared.scope_type <> 'product' or compared.scope_value = commitments.product_id)

    where compared.opening_mrr > 0

    group by 1, 2, 3, 4, 5, 6

)

select * from final
