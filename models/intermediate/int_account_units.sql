{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds, and one per customer as a whole (product `all`): what
-- every indicator of the road to value is measured for.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

product_profiles as (

    select * from {{ ref('product_profiles') }}

),

profile_settings as (

    select * from {{ ref('profile_settings') }}

),

units as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        coalesce(product_profiles.product_profile, 'default') as product_profile,
        account_products.plan,
        account_products.mrr,
        account_products.seats,
        account_products.first_paid_date

    from account_products
    left join product_profiles
        on
            account_products.product_id = product_profiles.product_id
            and account_products.as_of_date >= product_profiles.valid_from
            and account_products.as_of_date < coalesce(product_profiles.valid_to_exclusive, cast('9999-12-31' as date))

    union all

    select
        as_of_date,
        account_id,
        'all' as product_id,
        product_profile,
        cast(null as {{ dbt.type_string() }}) as plan,
        mrr,
        seats,
        first_paid_date

    from account_as_of

),

-- How a profile is set up: by steps that are ticked off, or by a project that is delivered.
final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        -- A customer that holds one product is measured as a whole: what names no product can only be of that one.
        case
            when count(*) over (partition by units.as_of_date, units.account_id) = 2 then 'all' else units.product_id
        end as measured_as,
        units.product_profile,
        coalesce(profile_settings.setup_kind, 'tasks') as setup_kind,
        units.plan,
        units.mrr,
        units.seats,
        units.first_paid_date

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    left join profile_settings on units.product_profile = profile_settings.product_profile

)

select * from final
