-- Grain: one row per account and calendar year in which it was asked for an NPS answer, or gave one, and paid at the end
-- of the first such month: what it said, and what became of it (S8).

with

nps_asked as (

    select * from {{ ref('int_nps_asked') }}

),

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

paid as (

    select
        nps_asked.account_id,
        nps_asked.month,
        max(case when account_mrr.snapshot_date = nps_asked.start_date then account_mrr.mrr end) as opening_mrr,
        min(account_mrr.mrr) = 0 as is_churned

    from nps_asked
    inner join account_mrr
        on
            nps_asked.account_id = account_mrr.account_id
            and account_mrr.is_month_end
            and account_mrr.snapshot_date between nps_asked.start_date and nps_asked.end_date

    group by 1, 2

),

logins as (

    select
        as_of_date,
        account_id,
        kpi_value as logins_per_week

    from account_kpis

    where kpi_key = 'logins_per_week' and product_id = 'all'

),

final as (

    select
        nps_asked.account_id,
        nps_asked.month,
        nps_asked.nps_group,
        paid.is_churned,
        logins_before.logins_per_week as logins_per_week_before,
        logins_after.logins_per_week as logins_per_week_after

    from nps_asked
    inner join paid
        on nps_asked.account_id = paid.account_id and nps_asked.month = paid.month and paid.opening_mrr > 0
    left join logins as logins_before
        on nps_asked.account_id = logins_before.account_id and nps_asked.start_date = logins_before.as_of_date
    left join logins as logins_after
        on
            nps_asked.account_id = logins_after.account_id
            and logins_after.as_of_date = last_day({{ plus_months('nps_asked.month', 3) }})

)

select * from final
