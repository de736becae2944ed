-- Grain: one row per pair of versions of the health score, customer and product whose band they see differently on the
-- newest as-of date (H10): who would be called, or left alone, by the other version.

with

score_bands as (

    select * from {{ ref('int_score_bands') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

today as (

    select score_bands.*
    from score_bands
    inner join spine on score_bands.as_of_date = spine.as_of_date and spine.is_latest

),

final as (

    select
        version_a.profile_version as version_a,
        version_b.profile_version as version_b,
        version_a.as_of_date,
        version_a.account_id,
        version_a.product_id,
        account_products.mrr,
        version_a.score as score_a,
        version_b.score as score_b,
        version_a.band as band_a,
        version_b.band as band_b,
        version_a.is_in_force as is_a_in_force,
        version_b.is_in_force as is_b_in_force

    from today as version_a
    inner join today as version_b
        on
            version_a.account_id = version_b.account_id
            and version_a.product_id = version_b.product_id
            and version_a.profile_version < version_b.profile_version
            and version_a.band <> version_b.band
    inner join account_products
        on
            version_a.as_of_date = account_products.as_of_date
            and version_a.account_id = account_products.account_id
            and version_a.product_id = account_products.product_id

)

select * from final
