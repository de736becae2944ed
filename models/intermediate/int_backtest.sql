-- Grain: one row per month end whose year has matured and scope: by how much the forecast of that day erred, in which
-- parts, whether what happened lay in its interval, and by how much two forecasts without a model erred (E6).

with

errors as (

    select * from {{ ref('int_forecast_errors') }}

),

intervals as (

    select * from {{ expected_intervals() }}

),

-- The interval as it was published.
published as (

    select
        errors.as_of_date,
        errors.scope_type,
        errors.scope_value,
        {{ interval_low('intervals.full_low', 'errors.expected_nrr') }} as expected_nrr_low,
        {{ interval_high('intervals.full_high', 'errors.expected_nrr') }} as expected_nrr_high

    from errors
    inner join intervals
        on
            errors.as_of_date = intervals.as_of_date
            and errors.scope_type = intervals.scope_type
            and errors.scope_value = intervals.scope_value

),

final as (

    select
        errors.as_of_date,
        errors.scope_type,
        errors.scope_value,
        errors.matured_date,
        errors.is_assumed,
        errors.accounts,
        errors.mrr,
        errors.expected_mrr,
        errors.mrr_end,
        errors.expected_nrr,
        errors.realised_nrr,
        {{ nine_decimals('errors.expected_nrr - errors.realised_nrr') }} as error_nrr,
        {{ nine_decimals('errors.realised_churn_rate - errors.expected_churn_rate') }} as churn_error_nrr,
        {{ nine_decimals('errors.realised_contraction_rate - errors.expected_contraction_rate') }} as contraction_error_nrr,
        {{ nine_decimals('errors.expected_expansion_rate - errors.realised_expansion_rate') }} as expansion_error_nrr,
        published.expected_nrr_low,
        published.expected_nrr_high,
        errors.realised_nrr >= published.expected_nrr_low
        and errors.realised_nrr <= published.expected_nrr_high as is_inside,
        errors.trailing_nrr,
        {{ nine_decimals('errors.trailing_nrr - errors.realised_nrr') }} as trailing_error_nrr,
        {{ nine_decimals('1 - errors.realised_nrr') }} as unchanged_error_nrr

    from errors
    left join published
        on
            errors.as_of_date = published.as_of_date
            and errors.scope_type = published.scope_type
            and errors.scope_value = published.scope_value

)

select * from final
