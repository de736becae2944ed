-- Grain: one row per complete month and publish that showed other values of it than the publish before.

with

source as (

    select * from {{ source('quality', 'published_month') }}

),

renamed as (

    select
        -- ids
        publish_number,
        month,
        is_final,

        -- money: minor units
        closing_mrr,
        mrr_confirmed,
        mrr_in_grace,
        new_mrr,
        reactivation_mrr,
        expansion_mrr,
        contraction_mrr,
        churn_mrr,

        -- rates of the 12 months to the month's end
        nrr,
        grr,
        logo_retention

    from source

)

select * from renamed
