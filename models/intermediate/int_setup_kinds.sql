-- Grain: one row per product contracted or handed over: its profile on the newest as-of date, and how that profile is
-- set up.

with

product_stays as (

    select * from {{ ref('int_product_stays') }}

),

handovers as (

    select * from {{ ref('int_account_handovers') }}

),

product_profiles as (

    select * from {{ ref('product_profiles') }}

),

profile_settings as (

    select * from {{ ref('profile_settings') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

products as (

    select product_id from product_stays

    union

    select product_id from handovers

),

profiled as (

    select
        products.product_id,
        coalesce(product_profiles.product_profile, 'default') as product_profile

    from products
    inner join spine on spine.is_latest
    left join product_profiles
        on
            products.product_id = product_profiles.product_id
            and spine.as_of_date >= product_profiles.valid_from
            and spine.as_of_date < coalesce(product_profiles.valid_to_exclusive, cast('9999-12-31' as date))

),

final as (

    select
        profiled.product_id,
        profiled.product_profile,
        coalesce(profile_settings.setup_kind, 'tasks') as setup_kind

    from profiled
    left join profile_settings on profiled.product_profile = profile_settings.product_profile

)

select * from final
