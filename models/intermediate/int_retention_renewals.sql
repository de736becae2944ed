-- Grain: one row per retention period and scope with a decided renewal that was due in it: what was due, and what was
-- renewed of it (R5, definition renewals_due). What is still open counts neither way.

with

periods as (

    select * from {{ ref('int_retention_periods') }}

),

renewals as (

    select * from {{ ref('int_renewals') }}

    where status <> 'open'

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

units as (

    select * from {{ ref('int_retention_units') }}

),

bands as (

    select * from {{ ref('bands') }}

),

scoped as (

    select
        renewals.*,
        account_scopes.scope_type,
        account_scopes.scope_value

    from renewals
    inner join account_scopes on renewals.account_id = account_scopes.account_id

    union all

    select
        renewals.*,
        case when units.unit_type = 'group' then 'parent' else 'product' end as scope_type,
        case when units.unit_type = 'group' then units.unit_account_id else units.unit_product_id end as scope_value

    from renewals
    inner join units
        on
            renewals.account_id = units.account_id
            and renewals.product_id = units.product_id
            and units.unit_type in ('account_product', 'group')

    union all

    -- The term is that of what ended.
    select
        renewals.*,
        'term' as scope_type,
        coalesce(bands.band, 'open-ended') as scope_value

    from renewals
    left join bands
        on
            bands.band_set = 'term'
            and renewals.term_months >= coalesce(bands.minimum, renewals.term_months)
            and renewals.term_months < coalesce(bands.below_maximum, renewals.term_months + 1)

),

-- A renewal at a higher price keeps what was due and adds to it; one at a lower price keeps only its own amount.
final as (

    select
        periods.period_end_date,
        periods.horizon_months,
        scoped.scope_type,
        scoped.scope_value,
        cast(count(*) as bigint) as renewals,
        cast(count_if(scoped.renewed_mrr > 0) as bigint) as retained_renewals,
        cast(sum(scoped.due_mrr) as bigint) as due_mrr,
        cast(sum(scoped.renewed_mrr) as bigint) as renewed_mrr,
        cast(sum(least(scoped.renewed_mrr, scoped.due_mrr)) as bigint) as retained_mrr,
        cast(sum(case when scoped.renewed_mrr > 0 then 0 else -scoped.due_mrr end) as bigint) as churn_mrr

    from periods
    inner join scoped
        on periods.period_start_date < scoped.due_date and periods.period_end_date >= scoped.due_date

    group by 1, 2, 3, 4

)

select * from final
