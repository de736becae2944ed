{% set keys = ['profile_version', 'component_key', 'horizon_months', 'comparison'] %}
-- Grain: one row per version, component of the health score and horizon with windows that could end in churn: does it
-- know who leaves, and more than the calendar does (H9)?

with

component_accounts as (

    select * from {{ ref('int_component_accounts') }}

),

bootstrap_weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

{{ auc_draws('component_accounts', 'bootstrap_weights', keys) }},

intervals as (

    select
        {{ keys | join(', ') }},
        percentile_cont(0.025) within group (order by auc) as auc_low,
        percentile_cont(0.975) within group (order by auc) as auc_high

    from auc_draws

    group by {{ keys | join(', ') }}

),

counted as (

    select
        {{ keys | join(', ') }},
        cast(sum(windows) as bigint) as windows,
        cast(count(*) as bigint) as accounts,
        cast(sum(churned_windows) as bigint) as churned_windows,
        cast(count(case when churned_windows > 0 then 1 end) as bigint) as churned_accounts,
        cast(count(case when windows > churned_windows then 1 end) as bigint) as kept_accounts,
        -- Accounts that meet somebody with as many months to renewal who fared otherwise.
        cast(count(case when churned_pairs > 0 then 1 end) as bigint) as churned_accounts_compared

    from component_accounts

    group by {{ keys | join(', ') }}

),

measured as (

    select
        counted.*,
        auc_whole.auc,
        {{ nine_decimals('least(auc_whole.auc, greatest(0.0, intervals.auc_low))') }} as auc_low,
        {{ nine_decimals('greatest(auc_whole.auc, least(1.0, intervals.auc_high))') }} as auc_high

    from counted
    inner join auc_whole
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}counted.{{ key }} = auc_whole.{{ key }}
            {% endfor %}
    left join intervals
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}counted.{{ key }} = intervals.{{ key }}
            {% endfor %}

),

judged as (

    select
        plain.*,
        within_calendar.auc as calendar_auc,
        within_calendar.auc_low as calendar_auc_low,
        within_calendar.auc_high as calendar_auc_high,
        case
            when plain.churned_accounts < policies.validity_min_churned then 'too_few_churned_accounts'
            when plain.kept_accounts < policies.validity_min_churned then 'too_few_kept_accounts'
        end as null_reason,
        case
            when plain.churned_accounts < policies.validity_min_churned then 'too_few_churned_accounts'
            when plain.kept_accounts < policies.validity_min_churned then 'too_few_kept_accounts'
            when within_calendar.churned_accounts_compared < policies.validity_min_churned
                then 'too_few_comparable_within_calendar'
        end as calendar_null_reason

    from measured as plain
    inner join measured as within_calendar
        on
            plain.profile_version = within_calendar.profile_version
            and plain.component_key = within_calendar.component_key
            and plain.horizon_months = within_calendar.horizon_months
            and within_calendar.comparison = 'within_calendar'
    cross join policies

    where plain.comparison = 'plain'

),

-- What is not known to hold inside a month to renewal is not called a separation.
final as (

    select
        profile_version,
        component_key,
        horizon_months,
        windows,
        accounts,
        churned_windows,
        churned_accounts,
        case when null_reason is null then auc end as auc,
        case when null_reason is null then auc_low end as auc_low,
        case when null_reason is null then auc_high end as auc_high,
        null_reason,
        case when calendar_null_reason is null then calendar_auc end as calendar_auc,
        case when calendar_null_reason is null then calendar_auc_low end as calendar_auc_low,
        case when calendar_null_reason is null then calendar_auc_high end as calendar_auc_high,
        calendar_null_reason,
        case
            when null_reason is not null then 'not_reportable'
            when auc_high < 0.5 then 'against'
            when auc_low <= 0.5 then 'no_separation'
            when calendar_null_reason is not null then 'not_reportable'
            when calendar_auc_high < 0.5 then 'against'
            when calendar_auc_low <= 0.5 then 'only_calendar'
            else 'separates'
        end as reading

    from judged

)

select * from final
