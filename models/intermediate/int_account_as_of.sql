{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and account that is a customer on it (or ended and still inside the grace).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

product_profiles as (

    select * from {{ ref('product_profiles') }}

),

-- Also of products that are held no longer; only what was known on the date.
first_starts as (

    select
        to_build.as_of_date,
        contract_lines.account_id,
        min(contract_lines.start_date) as first_start_date,
        min(case when contract_lines.mrr > 0 then contract_lines.start_date end) as first_paid_date

    from to_build
    inner join contract_lines
        on
            to_build.as_of_date >= contract_lines.known_from_date
            and to_build.as_of_date >= contract_lines.start_date

    group by 1, 2

),

-- An account with several products is read by the profile of the one it pays most for.
main_product as (

    select
        account_products.as_of_date,
        account_products.account_id,
        coalesce(product_profiles.product_profile, 'default') as product_profile

    from account_products
    inner join to_build on account_products.as_of_date = to_build.as_of_date
    left join product_profiles
        on
            account_products.product_id = product_profiles.product_id
            and account_products.as_of_date >= product_profiles.valid_from
            and account_products.as_of_date < coalesce(product_profiles.valid_to_exclusive, cast('9999-12-31' as date))

    qualify row_number() over (
        partition by account_products.as_of_date, account_products.account_id
        order by account_products.mrr desc, account_products.product_id asc
    ) = 1

),

totals as (

    select
        account_products.as_of_date,
        account_products.account_id,
        cast(sum(account_products.mrr) as bigint) as mrr,
        cast(sum(account_products.mrr_in_grace) as bigint) as mrr_in_grace,
        cast(sum(account_products.seats) as bigint) as seats,
        -- The next date on which something of this account ends.
        min(account_products.renewal_date) as next_renewal_date

    from account_products
    inner join to_build on account_products.as_of_date = to_build.as_of_date

    group by 1, 2

),

final as (

    select
        totals.as_of_date,
        totals.account_id,
        main_product.product_profile,
        totals.mrr,
        totals.mrr_in_grace,
        totals.seats,
        first_starts.first_paid_date,
        totals.next_renewal_date,
        {{ months_to_renewal('totals.as_of_date', 'totals.next_renewal_date') }} as months_to_renewal,
        cast({{ days_between('first_starts.first_start_date', 'totals.as_of_date') }} as int) as tenure_days

    from totals
    inner join main_product
        on totals.as_of_date = main_product.as_of_date and totals.account_id = main_product.account_id
    inner join first_starts
        on totals.as_of_date = first_starts.as_of_date and totals.account_id = first_starts.account_id

)

select * from final
