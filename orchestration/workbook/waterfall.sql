select
    month, opening_mrr, fx_mrr, opening_book_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr, churn_mrr,
    closing_mrr, mrr_confirmed, mrr_in_grace, new_accounts, churn_accounts, closing_accounts, is_final
from marts.mart_mrr_waterfall
order by month desc
