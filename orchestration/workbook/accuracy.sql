select
    scope_type, scope_value, rates, first_forecast_date, last_forecast_date, forecasts, n_disjoint, bias, churn_bias,
    contraction_bias, expansion_bias, mean_absolute_error, unchanged_mae, compared_mae, trailing_mae, coverage, verdict,
    coverage_null_reason as null_reason
from marts.mart_forecast_accuracy
where as_of_date = date '{as_of}'
order by scope_type != 'all', scope_type, scope_value, rates desc
