-- Grain: one row per pair of dates of int_bridge_dates, account and product held on either: what was expected of it at each
-- step of the way from the one date to the other (E3). The steps are said in the macro, because `csw bridge` walks them too.

with

bridge_dates as (

    select distinct
        from_date,
        to_date

    from {{ ref('int_bridge_dates') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

{{ bridge_units('bridge_dates', 'expectations', 'level_rates') }},

final as (

    select * from bridge_units

)

select * from final
