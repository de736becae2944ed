-- Grain: one row per group of accounts by what they said when asked: promoter, passive, detractor, invited_but_silent
-- (S8). What became of them, not what made it so.

with

nps_groups as (

    select * from {{ ref('int_nps_groups') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

feed as (

    select count(*) as invitations from survey_invitations

),

named as (

    {% for group in ['promoter', 'passive', 'detractor', 'invited_but_silent'] %}
        select '{{ group }}' as nps_group
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Log-ins are compared only where both sides are known: who left in between has no log-ins to compare.
counted as (

    select
        named.nps_group,
        cast(count(nps_groups.account_id) as bigint) as accounts,
        cast(count(case when nps_groups.is_churned then 1 end) as bigint) as churned_accounts,
        cast(count(nps_groups.logins_per_week_before + nps_groups.logins_per_week_after) as bigint)
            as accounts_with_usage,
        sum(case when nps_groups.logins_per_week_after is not null then nps_groups.logins_per_week_before end)
            as logins_before,
        sum(case when nps_groups.logins_per_week_before is not null then nps_groups.logins_per_week_after end)
            as logins_after

    from named
    left join nps_groups on named.nps_group = nps_groups.nps_group

    group by 1

),

explained as (

    select
        counted.*,
        cast(counted.churned_accounts as double) as lost,
        nullif(cast(counted.accounts as double), 0) as n,
        case
            when counted.nps_group = 'invited_but_silent' and feed.invitations = 0 then 'no_survey_invitations_yet'
            when counted.accounts < policies.nps_min_responses then 'too_few_accounts'
        end as null_reason,
        case
            when counted.accounts_with_usage < policies.nps_min_responses then 'too_few_accounts_with_usage'
        end as usage_reason

    from counted
    cross join feed
    cross join policies

),

-- Wilson's interval: the share lost, pulled towards a half by the square of 1.96.
final as (

    select
        nps_group,
        accounts,
        churned_accounts,
        case when null_reason is null then {{ rate('churned_accounts', 'accounts') }} end as churn_rate,
        {% for sign, end in [('-', 'low'), ('+', 'high')] %}
            case
                when null_reason is null
                    then {{ nine_decimals('(lost + 1.9208 ' ~ sign ~ ' 1.96 * sqrt(lost * (n - lost) / n + 0.9604)) / (n + 3.8416)') }}
            end as churn_rate_{{ end }},
        {% endfor %}
        null_reason,
        accounts_with_usage,
        {% for when in ['before', 'after'] %}
            case
                when null_reason is null and usage_reason is null
                    then {{ rate('logins_' ~ when, 'accounts_with_usage') }}
            end as logins_per_week_{{ when }},
        {% endfor %}
        case
            when null_reason is null and usage_reason is null
                then {{ rate('logins_after - logins_before', 'accounts_with_usage') }}
        end as logins_per_week_change,
        coalesce(null_reason, usage_reason) as usage_null_reason

    from explained

)

select * from final
