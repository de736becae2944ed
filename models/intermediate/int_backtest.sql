-- Grain: one row per month end whose year has matured and scope: by how much the forecast of that day erred, in which
-- parts, whether what happened lay in its interval, and by how much two forecasts without a model erred (E6).

with

errors as (

    select * from {{ ref('int_forecast_errors') }}

),

intervals as (

    select * from {{ expected_intervals() }}

),

-- An interval holds what it is drawn around, as it was published.
final as (

    select
        errors.*,
        {{ nine_decimals('errors.expected_nrr - errors.realised_nrr') }} as error_nrr,
        {{ nine_decimals('errors.realised_churn_rate - errors.expected_churn_rate') }} as churn_error_nrr,
        {{ nine_decimals('errors.realised_contraction_rate - errors.expected_contraction_rate') }} as contraction_error_nrr,
        {{ nine_decimals('errors.expected_expansion_rate - errors.realised_expansion_rate') }} as expansion_error_nrr,
        case when intervals.full_low is not null then least(intervals.full_low, errors.expected_nrr) end
            as expected_nrr_low,
        case when intervals.full_high is not null then greatest(intervals.full_high, errors.expected_nrr) end
            as expected_nrr_high,
        case
            when intervals.full_low is not null
                then errors.realised_nrr between least(intervals.full_low, errors.expected_nrr)
                    and greatest(intervals.full_high, errors.expected_nrr)
        end as is_inside,
        {{ nine_decimals('errors.trailing_nrr - errors.realised_nrr') }} as trailing_error_nrr,
        {{ nine_decimals('1 - errors.realised_nrr') }} as unchanged_error_nrr

    from errors
    left join intervals
        on
            errors.as_of_date = intervals.as_of_date
            and errors.scope_type = intervals.scope_type
            and errors.scope_value = intervals.scope_value

)

select * from final
