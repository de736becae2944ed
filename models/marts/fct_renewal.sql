-- Grain: one row per account, product and day on which its paid coverage ends, past and to come, as known on the newest
-- as-of date: what was due, what followed, and what came of it (R6).

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

final as (

    select
        account_id,
        product_id,
        due_date,
        due_month,
        term_months,
        due_mrr,
        status,
        renewal_date,
        days_late,
        renewed_mrr,
        auto_renew,
        is_cancelled,
        as_of_date

    from renewals

)

select * from final
