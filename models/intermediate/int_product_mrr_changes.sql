-- Grain: one row per account, product and complete month, held at the end of it or of the month before: opening + fx +
-- movement = closing, and why. Opening + fx is the opening at the exchange rates of this month (R4).

with

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

fx_effects as (

    select * from {{ ref('int_fx_effects') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

month_ends as (

    select
        month,
        is_final,
        snapshot_date as month_end_date,
        lag(snapshot_date) over (order by snapshot_date) as previous_month_end_date

    from snapshot_dates

    where is_month_end

),

-- A rate that takes a sum of a few yen to or from nothing makes no customer and loses none: it is no fx movement.
openings as (

    select
        products.account_id,
        products.product_id,
        month_ends.month,
        month_ends.is_final,
        products.mrr,
        case
            when products.mrr > 0 and products.mrr + fx_effects.fx_effect_mrr > 0 then fx_effects.fx_effect_mrr
            else 0
        end as fx_mrr,
        products.discount_mrr + coalesce(fx_effects.fx_effect_discount_mrr, 0) as discount_mrr,
        products.seats,
        products.plan

    from account_product_mrr as products
    inner join month_ends on products.snapshot_date = month_ends.previous_month_end_date
    left join fx_effects
        on
            products.account_id = fx_effects.account_id
            and products.product_id = fx_effects.product_id
            and products.snapshot_date = fx_effects.snapshot_date
            and month_ends.month_end_date = fx_effects.rate_date

),

closings as (

    select
        products.account_id,
        products.product_id,
        month_ends.month,
        month_ends.is_final,
        products.mrr,
        products.discount_mrr,
        products.seats,
        products.plan

    from account_product_mrr as products
    inner join month_ends on products.snapshot_date = month_ends.month_end_date

),

compared as (

    select
        coalesce(openings.account_id, closings.account_id) as account_id,
        coalesce(openings.product_id, closings.product_id) as product_id,
        coalesce(openings.month, closings.month) as month,
        coalesce(openings.is_final, closings.is_final) as is_final,
        coalesce(openings.mrr, 0) as opening_mrr,
        coalesce(openings.fx_mrr, 0) as fx_mrr,
        coalesce(closings.mrr, 0) as closing_mrr,
        coalesce(closings.mrr, 0) - coalesce(openings.mrr + openings.fx_mrr, 0) as movement_mrr,
        openings.discount_mrr - closings.discount_mrr as discount_effect_mrr,
        -- The price of a seat is that of the opening, before discount.
        {{ divide_half_away(
            '((closings.seats - openings.seats) * (openings.mrr + openings.fx_mrr + openings.discount_mrr))',
            'nullif(openings.seats, 0)'
        ) }} as seat_effect_mrr,
        openings.plan <> closings.plan as has_changed_plan

    from openings
    full join closings
        on
            openings.account_id = closings.account_id
            and openings.product_id = closings.product_id
            and openings.month = closings.month

),

-- Only of a product paid for before and after can be said what changed about it; the rest is the plan when it changed,
-- else the price, and without seats there is no telling.
reasoned as (

    select
        *,
        case
            when opening_mrr = 0 or closing_mrr = 0 then 'other'
            when has_changed_plan then 'plan'
            when seat_effect_mrr is null then 'other'
            else 'price'
        end as rest_reason,
        case when opening_mrr > 0 and closing_mrr > 0 then discount_effect_mrr else 0 end as discount_mrr,
        case when opening_mrr > 0 and closing_mrr > 0 then coalesce(seat_effect_mrr, 0) else 0 end as seat_mrr

    from compared

),

final as (

    select
        account_id,
        product_id,
        month,
        is_final,
        opening_mrr,
        fx_mrr,
        movement_mrr,
        closing_mrr,
        seat_mrr,
        {% for reason in ['price', 'plan', 'other'] -%}
            case when rest_reason = '{{ reason }}' then movement_mrr - discount_mrr - seat_mrr else 0 end
                as {{ reason }}_mrr,
        {% endfor -%}
        discount_mrr

    from reasoned

)

select * from final
