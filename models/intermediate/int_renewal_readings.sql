{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per month end, account and product whose contract ends a quarter later (policy effect_lead_months), and
-- leading indicator: what it showed before the renewal, as known then. Where it is not told product by product, what the
-- customer as a whole showed.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

ending as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        account_products.renewal_date,
        account_products.mrr

    from account_products
    inner join to_build on account_products.as_of_date = to_build.as_of_date and to_build.is_month_end
    cross join policies

    where
        {{ months_to_renewal('account_products.as_of_date', 'account_products.renewal_date') }}
        = policies.effect_lead_months

),

final as (

    select
        ending.as_of_date,
        ending.account_id,
        ending.product_id,
        ending.renewal_date,
        kpi_catalog.kpi_key,
        coalesce(
            max(case when account_kpis.product_id <> 'all' then account_kpis.kpi_value end),
            max(case when account_kpis.product_id = 'all' then account_kpis.kpi_value end)
        ) as kpi_value

    from ending
    inner join account_kpis
        on
            ending.as_of_date = account_kpis.as_of_date
            and ending.account_id = account_kpis.account_id
            and account_kpis.product_id in ('all', ending.product_id)
    inner join kpi_catalog
        on account_kpis.kpi_key = kpi_catalog.kpi_key and kpi_catalog.leading_lagging = 'leading'

    where account_kpis.kpi_value is not null

    group by 1, 2, 3, 4, 5

)

select * from final
