select
    renewal.due_date as renewal_date, renewal.account_id, accounts.account_name, renewal.product_id, renewal.owner_id,
    renewal.segment, renewal.mrr as due_mrr, renewal.signed_mrr, renewal.is_renewal_signed, renewal.is_cancelled,
    renewal.is_overdue as is_in_grace, renewal.auto_renew, renewal.term_months, renewal.success_level,
    renewal.health_score, coalesce(bands.label_{lang}, renewal.health_band) as health_band
from marts.mart_renewal_calendar as renewal
left join marts.dim_account as accounts using (account_id)
left join reference.health_bands as bands on bands.score_kind = 'health' and bands.band = renewal.health_band
order by renewal.due_date, renewal.mrr desc, renewal.account_id, renewal.product_id
