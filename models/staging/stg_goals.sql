-- Grain: one row per goal that a customer pursues with the product,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'goals') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        goal_id,
        account_id,
        product_id,
        scope,
        metric,
        target,
        baseline,
        set_date,
        due_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by goal_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
