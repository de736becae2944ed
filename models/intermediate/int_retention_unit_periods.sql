-- Grain: one row per retention period and unit (account, account × product, group) that pays at its start or its end:
-- what it pays at both, and in periods of one month the movement that this is (R4, R5).

with

account_products as (

    select * from {{ ref('int_retention_account_products') }}

),

units as (

    select * from {{ ref('int_mrr_units') }}

    -- An account without relatives is no group: its own rows would say the same once more.
    where unit_type <> 'group' or unit_accounts > 1

),

-- By month end; a month has at most one movement beside that of the exchange rates.
movements as (

    select
        last_day(month) as period_end_date,
        unit_type,
        unit_account_id,
        unit_product_id,
        max(case when movement_type <> 'fx' then movement_type end) as movement_type,
        cast(sum(case when movement_type <> 'fx' then delta_mrr else 0 end) as bigint) as movement_mrr,
        cast(sum(case when movement_type = 'fx' then delta_mrr else 0 end) as bigint) as fx_mrr

    from {{ ref('int_mrr_movements') }}

    group by 1, 2, 3, 4

),

by_unit as (

    select
        account_products.period_end_date,
        account_products.horizon_months,
        units.unit_type,
        units.unit_account_id,
        units.unit_product_id,
        max(account_products.opening_term_months) as opening_term_months,
        max(account_products.closing_term_months) as closing_term_months,
        cast(sum(account_products.opening_mrr) as bigint) as opening_mrr,
        cast(sum(account_products.closing_mrr) as bigint) as closing_mrr,
        cast(sum(account_products.closing_mrr - account_products.closing_mrr_in_grace) as bigint)
            as closing_mrr_confirmed,
        cast(sum(account_products.closing_mrr_reported) as bigint) as closing_mrr_reported

    from account_products
    inner join units
        on account_products.account_id = units.account_id and account_products.product_id = units.product_id

    group by 1, 2, 3, 4, 5

),

final as (

    select
        by_unit.period_end_date,
        by_unit.horizon_months,
        by_unit.unit_type,
        by_unit.unit_account_id,
        by_unit.unit_product_id,
        -- What it held at the start; what was not held then counts by what came.
        case when by_unit.opening_mrr > 0 then by_unit.opening_term_months else by_unit.closing_term_months end
            as term_months,
        by_unit.opening_mrr,
        by_unit.closing_mrr,
        by_unit.closing_mrr_confirmed,
        by_unit.closing_mrr_reported,
        movements.movement_type,
        coalesce(movements.movement_mrr, 0) as movement_mrr,
        coalesce(movements.fx_mrr, 0) as fx_mrr

    from by_unit
    left join movements
        on
            case when by_unit.horizon_months = 1 then by_unit.period_end_date end = movements.period_end_date
            and by_unit.unit_type = movements.unit_type
            and by_unit.unit_account_id = movements.unit_account_id
            and by_unit.unit_product_id is not distinct from movements.unit_product_id

)

select * from final
