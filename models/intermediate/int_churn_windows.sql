-- Grain: one row per matured window (month end and horizon), account and product paid for at its start: whether it could
-- leave in the window, as known at its start, and whether it had left at its end.

with

window_ends as (

    select * from {{ ref('int_window_ends') }}

),

validity_horizons as (

    select * from {{ ref('validity_horizons') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

bands as (

    select * from {{ ref('bands') }}

),

starts as (

    select
        window_ends.window_start_date,
        window_ends.horizon_months,
        window_ends.window_end_date,
        window_ends.matured_date,
        window_ends.account_id,
        window_ends.product_id,
        window_ends.mrr_start,
        window_ends.mrr_end,
        window_ends.ended_date,
        account_products.renewal_date,
        {{ months_to_renewal('window_ends.window_start_date', 'account_products.renewal_date') }} as months_to_renewal

    from window_ends
    inner join validity_horizons on window_ends.horizon_months = validity_horizons.horizon_months
    inner join account_products
        on
            window_ends.window_start_date = account_products.as_of_date
            and window_ends.account_id = account_products.account_id
            and window_ends.product_id = account_products.product_id

),

-- Whoever has no end in sight can give notice on any day. Whoever has lapsed and is waited for decides in the window.
-- A renewal date on the window's last day is inside: from that day on nothing is paid for unless it is renewed.
final as (

    select
        starts.window_start_date,
        starts.horizon_months,
        starts.window_end_date,
        starts.matured_date,
        starts.account_id,
        starts.product_id,
        starts.mrr_start,
        starts.months_to_renewal,
        coalesce(bands.band, 'open-ended') as renewal_band,
        coalesce(starts.renewal_date <= starts.window_end_date, true) as could_churn,
        -- As in expected NRR: nothing paid for the product, nor for one the account did not hold at the start.
        starts.mrr_end = 0 as is_churned,
        case when starts.mrr_end = 0 then starts.ended_date end as ended_date

    from starts
    left join bands on {{ in_band('bands', 'renewal', 'starts.months_to_renewal') }}

)

select * from final
