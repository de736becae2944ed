{% set keys = ['profile_version', 'component_key', 'horizon_months', 'comparison'] %}
-- Grain: one row per version, component of the health score, horizon, comparison and account that could churn in a
-- window: its part of the AUC. The comparison is plain, or within_calendar: only among those with as many months to
-- renewal, so that what only knows the calendar tells nothing.

with

health_components as (

    select * from {{ ref('int_health_components') }}

),

churn_windows as (

    select * from {{ ref('int_churn_windows') }}

),

measured as (

    select
        health_components.profile_version,
        health_components.component_key,
        churn_windows.horizon_months,
        churn_windows.account_id,
        health_components.score,
        churn_windows.is_churned,
        -- Contracts without an end are a calendar of their own.
        coalesce(churn_windows.months_to_renewal, -1) as calendar

    from churn_windows
    inner join health_components
        on
            churn_windows.window_start_date = health_components.as_of_date
            and churn_windows.account_id = health_components.account_id
            and churn_windows.product_id = health_components.product_id

    where
        churn_windows.could_churn
        and health_components.score_kind = 'health'
        and health_components.is_in_force
        and health_components.score is not null

),

comparisons as (

    select 'plain' as comparison
    union all
    select 'within_calendar' as comparison

),

compared as (

    select
        measured.profile_version,
        measured.component_key,
        measured.horizon_months,
        comparisons.comparison,
        case when comparisons.comparison = 'plain' then 0 else measured.calendar end as stratum,
        measured.account_id,
        measured.score,
        measured.is_churned

    from measured
    cross join comparisons

),

{{ auc_accounts('compared', keys) }},

counted as (

    select
        {{ keys | join(', ') }},
        account_id,
        cast(count(*) as bigint) as windows,
        cast(count(case when is_churned then 1 end) as bigint) as churned_windows

    from compared

    group by {{ keys | join(', ') }}, account_id

),

final as (

    select
        counted.*,
        auc_accounts.churned_pairs,
        auc_accounts.churned_won,
        auc_accounts.kept_pairs,
        auc_accounts.kept_won

    from counted
    inner join auc_accounts
        on
            counted.account_id = auc_accounts.account_id
            {% for key in keys %}
                and counted.{{ key }} = auc_accounts.{{ key }}
            {% endfor %}

)

select * from final
