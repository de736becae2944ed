-- Grain: one row per retention period and scope with a decided renewal that was due in it: what was due, and what was
-- renewed of it (R5, definition renewals_due). What is still open counts neither way.

with

periods as (

    select * from {{ ref('int_retention_periods') }}

),

renewals as (

    select * from {{ ref('int_renewals_scoped') }}

    where status <> 'open'

),

-- A renewal at a higher price keeps what was due and adds to it; one at a lower price keeps only its own amount.
final as (

    select
        periods.period_end_date,
        periods.horizon_months,
        renewals.scope_type,
        renewals.scope_value,
        cast(count(*) as bigint) as renewals,
        cast(count(case when renewals.renewed_mrr > 0 then 1 end) as bigint) as retained_renewals,
        cast(sum(renewals.due_mrr) as bigint) as due_mrr,
        cast(sum(renewals.renewed_mrr) as bigint) as renewed_mrr,
        cast(sum(least(renewals.renewed_mrr, renewals.due_mrr)) as bigint) as retained_mrr,
        cast(sum(case when renewals.renewed_mrr > 0 then 0 else -renewals.due_mrr end) as bigint) as churn_mrr

    from periods
    inner join renewals
        on periods.period_start_date < renewals.due_date and periods.period_end_date >= renewals.due_date

    group by 1, 2, 3, 4

)

select * from final
