-- Grain: one row per account, as it is today; attributes hold for all dates.

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

history as (

    select
        account_id,
        min(case when mrr > 0 and is_month_end then month end) as cohort_month,
        max(case when is_as_of_date then mrr end) as mrr,
        count(case when is_as_of_date and is_customer then 1 end) > 0 as is_customer

    from account_mrr

    group by 1

),

today as (

    select
        account_as_of.account_id,
        account_as_of.product_profile

    from account_as_of
    inner join spine on account_as_of.as_of_date = spine.as_of_date and spine.is_latest

),

final as (

    select
        accounts.account_id,
        accounts.account_name,
        accounts.parent_account_id,
        accounts.merged_into_account_id,
        accounts.segment,
        accounts.industry,
        accounts.country,
        cast(accounts.headcount as bigint) as headcount,
        accounts.owner_id,
        accounts.created_date,
        today.product_profile,
        history.cohort_month,
        coalesce(history.is_customer, false) as is_customer,
        cast(coalesce(history.mrr, 0) as bigint) as mrr,
        currency.currency

    from accounts
    cross join currency
    left join history on accounts.account_id = history.account_id
    left join today on accounts.account_id = today.account_id

)

select * from final
