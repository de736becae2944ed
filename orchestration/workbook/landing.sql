select
    owner_id, period_start_month, period_end_month, accounts_at_start, accounts_now, mrr_at_start, mrr_now,
    contracted_mrr, at_risk_mrr, landing_mrr, nrr_so_far, landing_nrr, target_nrr, gap_nrr, gap_mrr, progress_status,
    null_reason
from marts.mart_nrr_landing
where as_of_date = date '{as_of}'
order by owner_id != 'all', owner_id, period_end_month
