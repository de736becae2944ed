-- Grain: one row per unit (account, account × product, group), complete month and movement type. Exchange rates come
-- first: opening → opening + fx; what was sold or lost leads from there to closing (R4).

with

product_changes as (

    select * from {{ ref('int_product_mrr_changes') }}

),

units as (

    select * from {{ ref('int_mrr_units') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

changes as (

    select
        units.unit_type,
        units.unit_account_id,
        units.unit_product_id,
        units.first_paid_date,
        units.has_paid_on_first_day,
        product_changes.month,
        product_changes.is_final,
        cast(sum(product_changes.fx_mrr) as bigint) as fx_mrr,
        cast(sum(product_changes.movement_mrr) as bigint) as movement_mrr

    from product_changes
    inner join units
        on product_changes.account_id = units.account_id and product_changes.product_id = units.product_id

    group by 1, 2, 3, 4, 5, 6, 7

    having sum(product_changes.movement_mrr) <> 0 or sum(product_changes.fx_mrr) <> 0

),

-- All that its months brought before.
openings as (

    select
        *,
        cast(coalesce(sum(fx_mrr + movement_mrr) over (
            partition by unit_type, unit_account_id, unit_product_id order by month
            rows between unbounded preceding and 1 preceding
        ), 0) as bigint) as opening_mrr

    from changes

),

final as (

    select
        unit_type,
        unit_account_id,
        unit_product_id,
        month,
        'fx' as movement_type,
        opening_mrr,
        fx_mrr as delta_mrr,
        opening_mrr + fx_mrr as closing_mrr,
        is_final

    from openings

    where fx_mrr <> 0

    union all

    select
        openings.unit_type,
        openings.unit_account_id,
        openings.unit_product_id,
        openings.month,
        case
            when
                openings.opening_mrr = 0
                and openings.has_paid_on_first_day
                and openings.first_paid_date < history_start.start_date
                and last_day(openings.month) = last_day(history_start.start_date)
                then 'opening'
            when openings.opening_mrr = 0 and openings.first_paid_date < openings.month then 'reactivation'
            when openings.opening_mrr = 0 then 'new'
            when openings.opening_mrr + openings.fx_mrr + openings.movement_mrr = 0 then 'churn'
            when openings.movement_mrr > 0 then 'expansion'
            else 'contraction'
        end as movement_type,
        openings.opening_mrr + openings.fx_mrr as opening_mrr,
        openings.movement_mrr as delta_mrr,
        openings.opening_mrr + openings.fx_mrr + openings.movement_mrr as closing_mrr,
        openings.is_final

    from openings
    cross join history_start

    where openings.movement_mrr <> 0

)

select * from final
