-- Grain: one row per retention period, account and product paid for at its start or its end: both amounts. The end is
-- given at the exchange rates of the start (a moving currency keeps nobody) and at its own.

with

periods as (

    select * from {{ ref('int_retention_periods') }}

),

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

    where mrr <> 0

),

fx_effects as (

    select * from {{ ref('int_fx_effects') }}

),

-- Each side fills its own columns; what is held at one end only has nothing at the other.
sides as (

    select
        periods.period_end_date,
        periods.horizon_months,
        started.account_id,
        started.product_id,
        started.term_months as opening_term_months,
        cast(null as int) as closing_term_months,
        started.mrr as opening_mrr,
        0 as closing_mrr,
        0 as closing_mrr_in_grace,
        0 as closing_mrr_reported

    from periods
    inner join account_product_mrr as started on periods.period_start_date = started.snapshot_date

    union all

    select
        periods.period_end_date,
        periods.horizon_months,
        ended.account_id,
        ended.product_id,
        cast(null as int) as opening_term_months,
        ended.term_months as closing_term_months,
        0 as opening_mrr,
        ended.mrr + coalesce(fx_effects.fx_effect_mrr, 0) as closing_mrr,
        ended.mrr_in_grace + coalesce(fx_effects.fx_effect_mrr_in_grace, 0) as closing_mrr_in_grace,
        ended.mrr as closing_mrr_reported

    from periods
    inner join account_product_mrr as ended on periods.period_end_date = ended.snapshot_date
    left join fx_effects
        on
            ended.account_id = fx_effects.account_id
            and ended.product_id = fx_effects.product_id
            and ended.snapshot_date = fx_effects.snapshot_date
            and periods.period_start_date = fx_effects.rate_date

),

final as (

    select
        period_end_date,
        horizon_months,
        account_id,
        product_id,
        max(opening_term_months) as opening_term_months,
        max(closing_term_months) as closing_term_months,
        cast(sum(opening_mrr) as bigint) as opening_mrr,
        cast(sum(closing_mrr) as bigint) as closing_mrr,
        cast(sum(closing_mrr_in_grace) as bigint) as closing_mrr_in_grace,
        cast(sum(closing_mrr_reported) as bigint) as closing_mrr_reported

    from sides

    group by 1, 2, 3, 4

)

select * from final
