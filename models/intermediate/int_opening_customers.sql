-- Grain: one row per scope, account and complete month at whose opening it paid: what it pays at the end, and whether
-- it could leave in between.

with

scope_mrr as (

    select * from {{ ref('int_scope_mrr') }}

),

commitments as (

    select * from {{ ref('int_product_commitments') }}

),

-- What counts in the scopes of a product, and in all others.
committed as (

    select
        account_id,
        product_id,
        month,
        is_committed

    from commitments

    union all

    select
        account_id,
        'all' as product_id,
        month,
        is_committed

    from commitments

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
        count(committed.account_id) > 0 and count(case when committed.is_committed then 1 end) = 0 as could_churn

    from compared
    left join committed
        on
            compared.account_id = committed.account_id
            and compared.month = committed.month
            and case when compared.scope_type = 'product' then compared.scope_value else 'all' end
            = committed.product_id

    where compared.opening_mrr > 0

    group by 1, 2, 3, 4, 5, 6

)

select * from final
