{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon and population with matured windows that the health score
-- had scored at their start: does the score know who leaves (H9)?

with

account_bands as (

    select * from {{ ref('int_score_account_bands') }}

),

score_auc as (

    select * from {{ ref('int_score_auc') }}

),

score_deciles as (

    select * from {{ ref('int_score_deciles') }}

),

score_warnings as (

    select * from {{ ref('int_score_warnings') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

accounts as (

    select
        {{ keys | join(', ') }},
        account_id,
        sum(windows) as windows,
        sum(churned_windows) as churned_windows,
        sum(case when band = 'red' then windows else 0 end) as red_windows,
        sum(case when band = 'red' then churned_windows else 0 end) as red_churned_windows

    from account_bands

    where band <> 'no_data'

    group by {{ keys | join(', ') }}, account_id

),

counted as (

    select
        {{ keys | join(', ') }},
        cast(count(*) as bigint) as accounts,
        cast(count(case when churned_windows > 0 then 1 end) as bigint) as churned_accounts,
        cast(count(case when windows > churned_windows then 1 end) as bigint) as kept_accounts,
        cast(sum(windows) as bigint) as windows,
        cast(sum(churned_windows) as bigint) as churned_windows,
        cast(sum(red_windows) as bigint) as red_windows,
        cast(sum(red_churned_windows) as bigint) as red_churned_windows

    from accounts

    group by {{ keys | join(', ') }}

),

-- The windows of one account stand or fall together: what makes a figure reportable is accounts, not windows.
judged as (

    select
        counted.*,
        policies.validity_min_churned,
        case
            when counted.churned_accounts < policies.validity_min_churned then 'too_few_churned_accounts'
            when counted.kept_accounts < policies.validity_min_churned then 'too_few_kept_accounts'
        end as null_reason

    from counted
    cross join policies

),

described as (

    select
        judged.*,
        case when judged.null_reason is null then score_auc.auc end as auc,
        case when judged.null_reason is null then score_auc.auc_low end as auc_low,
        case when judged.null_reason is null then score_auc.auc_high end as auc_high,
        case when judged.null_reason is null then score_deciles.top_decile_lift end as top_decile_lift,
        case
            when judged.null_reason is null
                then {{ rate('judged.red_churned_windows', 'judged.churned_windows') }}
        end as red_recall,
        coalesce(judged.null_reason, case when judged.red_windows = 0 then 'no_red_windows' end)
            as false_alarm_null_reason,
        coalesce(score_warnings.ends, 0) as ends,
        coalesce(score_warnings.ends_with_band_before, 0) as ends_with_band_before,
        coalesce(score_warnings.ends_green_before, 0) as ends_green_before,
        coalesce(score_warnings.ends_red, 0) as ends_red,
        coalesce(judged.null_reason, case
            when coalesce(score_warnings.ends_with_band_before, 0) = 0 then 'nobody_scored_90_days_before'
            when score_warnings.ends_with_band_before < judged.validity_min_churned
                then 'too_few_scored_90_days_before'
        end) as green_before_null_reason,
        coalesce(judged.null_reason, case
            when coalesce(score_warnings.ends_red, 0) = 0 then 'nobody_red_before_the_end'
        end) as lead_null_reason,
        score_warnings.median_lead_days

    from judged
    left join score_auc
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}judged.{{ key }} = score_auc.{{ key }}
            {% endfor %}
    left join score_deciles
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}judged.{{ key }} = score_deciles.{{ key }}
            {% endfor %}
    left join score_warnings
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}judged.{{ key }} = score_warnings.{{ key }}
            {% endfor %}

),

final as (

    select
        {{ keys | join(', ') }},
        windows,
        accounts,
        churned_windows,
        churned_accounts,
        auc,
        auc_low,
        auc_high,
        case
            when null_reason is not null then 'not_reportable'
            when auc_low > 0.5 then 'separates'
            when auc_high < 0.5 then 'against'
            else 'no_separation'
        end as verdict,
        top_decile_lift,
        red_windows,
        red_recall,
        case
            when false_alarm_null_reason is null then {{ rate('red_windows - red_churned_windows', 'red_windows') }}
        end as false_alarm_share,
        false_alarm_null_reason,
        ends,
        ends_with_band_before,
        case when green_before_null_reason is null then {{ rate('ends_green_before', 'ends_with_band_before') }} end
            as green_before_share,
        green_before_null_reason,
        ends_red,
        case when lead_null_reason is null then median_lead_days end as median_lead_days,
        lead_null_reason,
        null_reason

    from described

)

select * from final
