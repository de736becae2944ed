select
    expected.scope_type, expected.scope_value, expected.accounts, expected.mrr, expected.expected_mrr_12m,
    expected.expected_nrr, expected.expected_nrr_low, expected.expected_nrr_high, past.nrr as nrr_12m, expected.basis,
    expected.observed_share, expected.past_forecasts, expected.past_bias, expected.past_mae,
    expected.past_verdict as verdict, expected.interval_null_reason as null_reason
from marts.mart_expected_nrr as expected
left join marts.mart_retention as past
    on past.period_end_date = expected.as_of_date and past.horizon_months = 12 and past.definition = 'cohort_p2p'
    and past.scope_type = expected.scope_type and past.scope_value = expected.scope_value
where expected.as_of_date = date '{as_of}'
order by expected.scope_type != 'all', expected.scope_type, expected.mrr desc, expected.scope_value
