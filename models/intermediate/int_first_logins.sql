-- Grain: one row per account (mergers done) that ever logged in: its first log-in, and the first of which the product is
-- known.

with

account_days as (

    select * from {{ ref('int_account_days') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

final as (

    select
        hierarchy.surviving_account_id as account_id,
        min(account_days.login_date) as first_login_date,
        min(case when account_days.product_id <> 'all' then account_days.login_date end)
            as first_login_with_product_date

    from account_days
    inner join hierarchy on account_days.account_id = hierarchy.account_id

    group by 1

)

select * from final
