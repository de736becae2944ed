-- Grain: one row per customer, product and reason that stands by itself on the newest as-of date: since when. It began
-- after the last month end without it: days between month ends thin out, a month end stays.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

states as (

    select * from {{ ref('int_action_states') }}

),

standing as (

    select states.*
    from states
    inner join spine on states.as_of_date = spine.as_of_date and spine.is_latest

),

month_ends as (

    select as_of_date from spine

    where is_month_end and not is_latest

),

interrupted as (

    select
        standing.account_id,
        standing.product_id,
        standing.reason_key,
        max(month_ends.as_of_date) as interrupted_date

    from standing
    cross join month_ends
    left join states
        on
            month_ends.as_of_date = states.as_of_date
            and standing.account_id = states.account_id
            and standing.product_id = states.product_id
            and standing.reason_key = states.reason_key
            and standing.state = states.state

    where states.account_id is null

    group by 1, 2, 3

),

final as (

    select
        standing.as_of_date,
        standing.account_id,
        standing.product_id,
        standing.reason_key,
        standing.state,
        interrupted.interrupted_date,
        min(states.as_of_date) as opened_date

    from standing
    left join interrupted
        on
            standing.account_id = interrupted.account_id
            and standing.product_id = interrupted.product_id
            and standing.reason_key = interrupted.reason_key
    inner join states
        on
            standing.account_id = states.account_id
            and standing.product_id = states.product_id
            and standing.reason_key = states.reason_key
            and standing.state = states.state
            and coalesce(interrupted.interrupted_date < states.as_of_date, true)

    group by 1, 2, 3, 4, 5, 6

)

select * from final
