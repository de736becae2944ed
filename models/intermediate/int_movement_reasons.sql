-- Grain: one row per account, product and complete month with a movement: its parts, which add up to it (R4).

with

product_changes as (

    select * from {{ ref('int_product_mrr_changes') }}

    where movement_mrr <> 0

),

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

-- Only of a product paid for before and after can be said what changed about it.
held_on as (

    select
        *,
        {{ plus_days('month', -1) }} as previous_month_end_date

    from product_changes

    where opening_mrr > 0 and closing_mrr > 0

),

plans as (

    select
        held_on.account_id,
        held_on.product_id,
        held_on.month,
        mrr_periods.plan,
        mrr_periods.start_date <= held_on.previous_month_end_date as is_before,
        mrr_periods.end_date_exclusive is null or mrr_periods.end_date_exclusive > held_on.month_end_date as is_after

    from held_on
    inner join mrr_periods
        on
            held_on.account_id = mrr_periods.account_id
            and held_on.product_id = mrr_periods.product_id
            and held_on.month_end_date >= mrr_periods.start_date
            and (
                mrr_periods.end_date_exclusive is null
                or held_on.previous_month_end_date < mrr_periods.end_date_exclusive
            )

),

changed_plans as (

    select
        account_id,
        product_id,
        month

    from plans

    group by 1, 2, 3

    having
        min(case when is_before then plan end) <> min(case when is_after then plan end)
        or max(case when is_before then plan end) <> max(case when is_after then plan end)

),

-- The rest is the plan when it changed, else the price; without seats there is no telling.
reasoned as (

    select
        product_changes.account_id,
        product_changes.product_id,
        product_changes.month,
        product_changes.movement_mrr,
        case
            when held_on.month is null then 'other'
            when changed_plans.month is not null then 'plan'
            when held_on.seat_effect_mrr is null then 'other'
            else 'price'
        end as rest_reason,
        coalesce(held_on.discount_effect_mrr, 0) as discount_mrr,
        coalesce(held_on.seat_effect_mrr, 0) as seat_mrr

    from product_changes
    left join held_on
        on
            product_changes.account_id = held_on.account_id
            and product_changes.product_id = held_on.product_id
            and product_changes.month = held_on.month
    left join changed_plans
        on
            product_changes.account_id = changed_plans.account_id
            and product_changes.product_id = changed_plans.product_id
            and product_changes.month = changed_plans.month

),

final as (

    select
        account_id,
        product_id,
        month,
        seat_mrr,
        {% for reason in ['price', 'plan', 'other'] -%}
            case when rest_reason = '{{ reason }}' then movement_mrr - discount_mrr - seat_mrr else 0 end
                as {{ reason }}_mrr,
        {% endfor -%}
        discount_mrr

    from reasoned

)

select * from final
