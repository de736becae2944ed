-- Grain: one row per set of policies, in the seed's values; what a set does not name it has from the default set, and
-- what this run overrides changes the default set.

{% set overrides = fromjson(env_var('CSW_SET', '{}')) %}
{# One grace given by hand is meant for every term. #}
{% if 'renewal_grace_days' in overrides and 'renewal_grace_days_short_term' not in overrides %}
    {% do overrides.update({'renewal_grace_days_short_term': overrides['renewal_grace_days']}) %}
{% endif %}

with

revenue_policies as (

    select * from {{ ref('revenue_policies') }}

),

overrides as (

    {% for key, value in overrides.items() %}
        select
            '{{ key }}' as policy_key,
            '{{ value | string | replace("'", "''") }}' as policy_value
        union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as policy_key,
        cast(null as {{ dbt.type_string() }}) as policy_value

),

policy_sets as (

    select distinct policy_set from revenue_policies

),

defaults as (

    select * from revenue_policies
    where policy_set = 'default'

),

own as (

    select * from revenue_policies
    where policy_set <> 'default'

),

chosen as (

    select
        policy_sets.policy_set,
        defaults.policy_key,
        coalesce(own.policy_value, overrides.policy_value, defaults.policy_value) as policy_value

    from policy_sets
    cross join defaults
    left join own on policy_sets.policy_set = own.policy_set and defaults.policy_key = own.policy_key
    left join overrides on defaults.policy_key = overrides.policy_key

),

final as (

    select
        policy_set,
        cast(max(case when policy_key = 'renewal_grace_days' then policy_value end) as int) as renewal_grace_days,
        cast(max(case when policy_key = 'renewal_grace_days_short_term' then policy_value end) as int)
            as renewal_grace_days_short_term,
        cast(max(case when policy_key = 'short_term_below_months' then policy_value end) as int)
            as short_term_below_months,
        max(case when policy_key = 'survival_spells' then policy_value end) as survival_spells,
        max(case when policy_key = 'survival_censor' then policy_value end) as survival_censor,
        cast(max(case when policy_key = 'daily_history_days' then policy_value end) as int) as daily_history_days,
        cast(max(case when policy_key = 'outcome_history_months' then policy_value end) as int)
            as outcome_history_months,
        cast(max(case when policy_key = 'nrr_ratio_cap' then policy_value end) as int) as nrr_ratio_cap,
        cast(max(case when policy_key = 'shrinkage_accounts' then policy_value end) as double) as shrinkage_accounts,
        cast(max(case when policy_key = 'min_coverage' then policy_value end) as double) as min_coverage,
        cast(max(case when policy_key = 'nps_answer_valid_days' then policy_value end) as int)
            as nps_answer_valid_days,
        cast(max(case when policy_key = 'logins_stale_after_days' then policy_value end) as int)
            as logins_stale_after_days,
        cast(max(case when policy_key = 'nps_min_responses' then policy_value end) as int) as nps_min_responses,
        max(case when policy_key = 'reporting_currency' then policy_value end) as reporting_currency,
        cast(max(case when policy_key = 'history_starts_on' then policy_value end) as date) as history_starts_on,
        cast(max(case when policy_key = 'ltv_horizon_months' then policy_value end) as int) as ltv_horizon_months,
        cast(max(case when policy_key = 'ltv_min_at_risk' then policy_value end) as int) as ltv_min_at_risk,
        cast(max(case when policy_key = 'ltv_gross_margin' then policy_value end) as double) as ltv_gross_margin,
        cast(max(case when policy_key = 'ltv_discount_rate' then policy_value end) as double) as ltv_discount_rate,
        cast(max(case when policy_key = 'first_value_utilisation' then policy_value end) as double)
            as first_value_utilisation,
        cast(max(case when policy_key = 'regular_use_days' then policy_value end) as int) as regular_use_days,
        cast(max(case when policy_key = 'favourite_topic_min_share' then policy_value end) as double)
            as favourite_topic_min_share,
        cast(max(case when policy_key = 'favourite_topic_min_accesses' then policy_value end) as int)
            as favourite_topic_min_accesses,
        cast(max(case when policy_key = 'announcement_window_days' then policy_value end) as int)
            as announcement_window_days,
        cast(max(case when policy_key = 'nps_cluster_above' then policy_value end) as double) as nps_cluster_above,
        cast(max(case when policy_key = 'survey_response_days' then policy_value end) as int)
            as survey_response_days,
        cast(max(case when policy_key = 'low_score_fall' then policy_value end) as int) as low_score_fall,
        cast(max(case when policy_key = 'follow_up_due_days' then policy_value end) as int) as follow_up_due_days,
        cast(max(case when policy_key = 'cs_cost_per_hour' then policy_value end) as bigint) as cs_cost_per_hour,
        cast(max(case when policy_key = 'fiscal_year_start_month' then policy_value end) as int)
            as fiscal_year_start_month,
        cast(max(case when policy_key = 'effect_lead_months' then policy_value end) as int) as effect_lead_months,
        cast(max(case when policy_key = 'effect_min_accounts' then policy_value end) as int) as effect_min_accounts,
        cast(max(case when policy_key = 'level_hold_days' then policy_value end) as int) as level_hold_days,
        cast(max(case when policy_key = 'validity_min_churned' then policy_value end) as int) as validity_min_churned,
        cast(max(case when policy_key = 'bootstrap_draws' then policy_value end) as int) as bootstrap_draws,
        cast(max(case when policy_key = 'permutation_draws' then policy_value end) as int) as permutation_draws,
        cast(max(case when policy_key = 'resampling_draws' then policy_value end) as int) as resampling_draws,
        cast(max(case when policy_key = 'common_shock' then policy_value end) as double) as common_shock,
        cast(max(case when policy_key = 'target_tolerance' then policy_value end) as double) as target_tolerance,
        cast(max(case when policy_key = 'target_shape_min_accounts' then policy_value end) as int)
            as target_shape_min_accounts

    from chosen

    group by 1

)

select * from final
