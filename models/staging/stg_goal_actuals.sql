-- Grain: one row per goal and day it was measured,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'goal_actuals') }}

),

renamed as (

    select
        goal_id,
        measured_date,
        value,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by goal_id, measured_date
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
