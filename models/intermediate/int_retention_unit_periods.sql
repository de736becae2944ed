-- Grain: one row per retention period and unit (account, account × product, group) that pays at its start or its end:
-- what it pays at both, and in periods of one month the movement that this is (R4, R5).

with

account_products as (

    select * from {{ ref('int_retention_account_products') }}

),

units as (

    select * from {{ ref('int_retention_units') }}

),

periods as (

    select * from {{ ref('int_retention_periods') }}

),

by_unit as (

    select
        account_products.period_end_date,
        account_products.horizon_months,
        units.unit_type,
        units.unit_account_id,
        units.unit_product_id,
        min(units.first_paid_date) as first_paid_date,
        max(account_products.opening_term_months) as opening_term_months,
        max(account_products.closing_term_months) as closing_term_months,
        cast(sum(account_products.opening_mrr) as bigint) as opening_mrr,
        cast(sum(account_products.opening_mrr_at_end_rates) as bigint) as opening_mrr_at_end_rates,
        cast(sum(account_products.closing_mrr) as bigint) as closing_mrr,
        cast(sum(account_products.closing_mrr - account_products.closing_mrr_in_grace) as bigint)
            as closing_mrr_confirmed,
        cast(sum(account_products.closing_mrr_reported) as bigint) as closing_mrr_reported

    from account_products
    inner join units
        on account_products.account_id = units.account_id and account_products.product_id = units.product_id

    group by 1, 2, 3, 4, 5

),

-- A movement is measured at the rates of the month it happens in; what the rates did before it is fx, not a movement.
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
        case
            when by_unit.horizon_months > 1 or not periods.is_month_end then null
            when by_unit.closing_mrr_reported = by_unit.opening_mrr_at_end_rates then null
            when by_unit.opening_mrr = 0 and by_unit.first_paid_date < periods.end_month then 'reactivation'
            when by_unit.opening_mrr = 0 then 'new'
            when by_unit.closing_mrr_reported = 0 then 'churn'
            when by_unit.closing_mrr_reported > by_unit.opening_mrr_at_end_rates then 'expansion'
            else 'contraction'
        end as movement_type,
        by_unit.closing_mrr_reported - by_unit.opening_mrr_at_end_rates as movement_mrr,
        by_unit.opening_mrr_at_end_rates - by_unit.opening_mrr as fx_mrr

    from by_unit
    inner join periods
        on
            by_unit.period_end_date = periods.period_end_date
            and by_unit.horizon_months = periods.horizon_months

)

select * from final
