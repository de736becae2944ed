-- Grain: one row: the currency all money is in. With several currencies and no rates the raw gate stops the run.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

final as (

    select min(currency) as currency from contracts

)

select * from final
