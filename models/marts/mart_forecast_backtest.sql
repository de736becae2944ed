-- Grain: one row per month end whose year has matured and scope: what was forecast on that day, and what happened (E6).

with

backtest as (

    select * from {{ ref('int_backtest') }}

),

final as (

    select
        as_of_date,
        scope_type,
        scope_value,
        matured_date,
        case when is_assumed then 'assumed' else 'learned' end as rates,
        accounts,
        mrr,
        expected_mrr as expected_mrr_12m,
        mrr_end as realised_mrr_12m,
        expected_nrr,
        realised_nrr,
        error_nrr,
        churn_error_nrr,
        contraction_error_nrr,
        expansion_error_nrr,
        expected_nrr_low,
        expected_nrr_high,
        is_inside,
        trailing_nrr,
        trailing_error_nrr,
        unchanged_error_nrr

    from backtest

)

select * from final
