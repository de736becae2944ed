-- Grain: one row per target of the seed: how far its period has come, the MRR it started from, and what moved since.
-- Amounts count upwards, also those that are lost.

with

targets as (

    -- One without a last month is rolling, and never complete.
    select * from {{ ref('targets') }}
    where period_end_month is not null

),

month_ends as (

    select * from {{ ref('int_snapshot_dates') }}

    where is_month_end

),

retention_months as (

    select * from {{ ref('int_retention_p2p') }}

    where horizon_months = 1

),

scopes as (

    select distinct
        scope_type,
        scope_value

    from {{ ref('int_account_scopes') }}

    where scope_type in ('all', 'owner')

),

final as (

    select
        targets.period_start_month,
        targets.period_end_month,
        targets.owner_id,
        targets.activity,
        targets.target_value,
        targets.unit,
        -- NULL for somebody who owns no account.
        scopes.scope_type,
        cast(
            12 * (extract(year from targets.period_end_month) - extract(year from targets.period_start_month))
            + extract(month from targets.period_end_month) - extract(month from targets.period_start_month) + 1
            as int
        ) as period_months,
        -- So far means until the last complete month.
        max(month_ends.snapshot_date) as reached_date,
        coalesce(max(month_ends.month) = targets.period_end_month, false) as is_complete,
        cast(sum(
            case when month_ends.month = targets.period_start_month then retention_months.opening_mrr end
        ) as bigint) as opening_mrr,
        {% for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
            cast(coalesce(sum(abs(retention_months.{{ movement }}_movement_mrr)), 0) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from targets
    left join scopes
        on targets.owner_id = scopes.scope_value and (targets.owner_id = 'all') = (scopes.scope_type = 'all')
    left join month_ends
        on targets.period_start_month <= month_ends.month and targets.period_end_month >= month_ends.month
    left join retention_months
        on
            month_ends.snapshot_date = retention_months.period_end_date
            and scopes.scope_type = retention_months.scope_type
            and scopes.scope_value = retention_months.scope_value

    group by 1, 2, 3, 4, 5, 6, 7

)

select * from final
