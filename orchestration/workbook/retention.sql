select
    period_end_date, accounts as accounts_12m_ago, retained_accounts, opening_mrr as mrr_12m_ago,
    expansion_mrr as expansion_mrr_12m, contraction_mrr as contraction_mrr_12m, churn_mrr as churn_mrr_12m,
    closing_mrr as mrr_of_them, nrr as nrr_12m, nrr_confirmed, grr as grr_12m, grr_confirmed,
    logo_retention as logo_retention_12m, is_final
from marts.mart_retention
where definition = 'cohort_p2p' and horizon_months = 12 and scope_type = 'all'
order by period_end_date desc
