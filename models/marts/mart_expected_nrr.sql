-- Grain: one row per as-of date and scope: what the book of that day will pay in twelve months, and how far what happens
-- may lie from it (E2).

with

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

scopes as (

    select * from {{ ref('int_book_scopes') }}

),

intervals as (

    select * from {{ expected_intervals() }}

),

accuracy as (

    select * from {{ ref('int_forecast_accuracy') }}

),

summed as (

    select
        expectations.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(distinct expectations.account_id) as bigint) as accounts,
        cast(sum(expectations.mrr) as bigint) as mrr,
        cast(sum(expectations.base_mrr) as bigint) as contracted_mrr_12m,
        cast(round(sum(expectations.expected_churn_mrr), 0) as bigint) as expected_churn_mrr,
        cast(round(sum(expectations.expected_contraction_mrr), 0) as bigint) as expected_contraction_mrr,
        cast(round(sum(expectations.expected_expansion_mrr), 0) as bigint) as expected_expansion_mrr,
        cast(round(sum(expectations.expected_mrr), 0) as bigint) as expected_mrr_12m,
        {{ rate('sum(expectations.expected_mrr)', 'sum(expectations.mrr)') }} as expected_nrr,
        {{ rate(
            "sum(case when expectations.basis = 'observed' then expectations.mrr else 0 end)", 'sum(expectations.mrr)'
        ) }} as observed_share,
        case
            when count(case when expectations.basis <> 'assumed' then 1 end) = 0 then 'assumed'
            when count(case when expectations.basis <> 'observed' then 1 end) = 0 then 'observed'
            else 'blended'
        end as basis

    from expectations
    inner join scopes
        on expectations.account_id = scopes.account_id and expectations.product_id = scopes.product_id

    group by 1, 2, 3

),

-- A forecast from the seed's rates is judged by such forecasts, a learned one by
-- learned ones.
final as (

    select
        summed.as_of_date,
        summed.scope_type,
        summed.scope_value,
        summed.accounts,
        summed.mrr,
        summed.contracted_mrr_12m,
        summed.expected_churn_mrr,
        summed.expected_contraction_mrr,
        summed.expected_expansion_mrr,
        summed.expected_mrr_12m,
        summed.expected_nrr,
        {{ interval_low('intervals.full_low', 'summed.expected_nrr') }} as expected_nrr_low,
        {{ interval_high('intervals.full_high', 'summed.expected_nrr') }} as expected_nrr_high,
        {{ interval_low('intervals.luck_low', 'summed.expected_nrr') }} as luck_low,
        {{ interval_high('intervals.luck_high', 'summed.expected_nrr') }} as luck_high,
        intervals.common_sd,
        coalesce(intervals.disjoint_years, 0) as disjoint_years,
        case when intervals.as_of_date is null then 'no_matured_window_yet' end as interval_null_reason,
        summed.observed_share,
        summed.basis,
        coalesce(accuracy.forecasts, 0) as past_forecasts,
        case
            when accuracy.forecasts is null and summed.basis = 'assumed' then 'no_assumed_forecast_matured_yet'
            when accuracy.forecasts is null then 'no_learned_forecast_matured_yet'
        end as past_null_reason,
        accuracy.bias as past_bias,
        accuracy.mean_absolute_error as past_mae,
        accuracy.verdict as past_verdict

    from summed
    left join intervals
        on
            summed.as_of_date = intervals.as_of_date
            and summed.scope_type = intervals.scope_type
            and summed.scope_value = intervals.scope_value
    left join accuracy
        on
            summed.as_of_date = accuracy.as_of_date
            and summed.scope_type = accuracy.scope_type
            and summed.scope_value = accuracy.scope_value
            and (summed.basis = 'assumed') = accuracy.is_assumed

)

select * from final
