select
    expected.as_of_date, expected.accounts, expected.mrr, expected.expected_mrr_12m, expected.expected_nrr,
    expected.expected_nrr_low, expected.expected_nrr_high, expected.basis, outcome.realised_nrr, outcome.error_nrr,
    outcome.is_inside
from marts.mart_expected_nrr as expected
left join marts.mart_forecast_backtest as outcome using (as_of_date, scope_type, scope_value)
where expected.scope_type = 'all'
order by expected.as_of_date desc
