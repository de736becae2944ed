-- Grain: one row per account and product handed over from sales to customer success, with its delivery project,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'handovers') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        account_id,
        product_id,
        handed_over_at,
        handed_over_date,
        is_goal_filled,
        is_info_complete,
        csm_assigned_at,
        csm_assigned_date,
        kickoff_planned_date,
        kickoff_date,
        delivery_planned_date,
        delivery_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by account_id, product_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
