-- Grain: one row per as-of date, scope and kind of rates with forecasts whose year had matured: how far they were off, and
-- whether a forecast without a model would have been better (E6).

with

accuracy as (

    select * from {{ ref('int_forecast_accuracy') }}

),

final as (

    select
        as_of_date,
        scope_type,
        scope_value,
        case when is_assumed then 'assumed' else 'learned' end as rates,
        first_forecast_date,
        last_forecast_date,
        forecasts,
        n_disjoint,
        bias,
        churn_bias,
        contraction_bias,
        expansion_bias,
        mean_absolute_error,
        unchanged_mae,
        compared_forecasts,
        compared_mae,
        trailing_mae,
        forecasts_with_interval,
        forecasts_inside,
        coverage,
        coverage_null_reason,
        verdict

    from accuracy

)

select * from final
