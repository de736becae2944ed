{{ config(materialized='view') }}
-- Grain: one row per as-of date, customer, product it holds (`all`: the customer as a whole) and indicator measured for
-- customers: what every score, level, funnel and page reads. An unknown value is NULL and says why: never 0.

{% set themes = {
    'int_usage_kpis': [
        'logins_per_week', 'active_users_28d', 'active_days_28d', 'days_since_last_login', 'login_change_28d',
        'basic_content_share', 'content_coverage', 'announcement_read_rate', 'has_favourite_topic',
        'favourite_topic_share', 'seat_issue_rate', 'seat_utilisation', 'seat_engagement',
    ],
    'int_onboarding_kpis': [
        'onboarding_started', 'onboarding_completed', 'onboarding_step_progress', 'onboarding_on_time',
        'kickoff_on_time', 'onboarding_self_sufficiency', 'onboarding_days', 'days_to_first_value',
        'handover_complete', 'csm_assigned_before_start',
    ],
    'int_satisfaction_kpis': [
        'nps_score', 'nps', 'survey_response_rate', 'low_score_follow_up', 'hours_to_follow_up',
    ],
    'int_outcome_kpis': ['goal_attainment', 'goals_reached', 'advocacy_records_12m'],
    'int_contract_kpis': ['tenure_months', 'months_to_renewal', 'mrr_change_12m'],
} %}

with

final as (

    {% for model, kpi_keys in themes.items() %}
        {% set is_last_model = loop.last %}
        {% for kpi_key in kpi_keys %}
            select
                as_of_date,
                account_id,
                product_id,
                '{{ kpi_key }}' as kpi_key,
                {{ kpi_key }}_numerator as numerator,
                {{ kpi_key }}_denominator as denominator,
                {{ rate(kpi_key ~ '_numerator', kpi_key ~ '_denominator') }} as kpi_value,
                {{ kpi_key }}_null_reason as null_reason

            from {{ ref(model) }}
            {{ 'union all' if not (loop.last and is_last_model) }}
        {% endfor %}
    {% endfor %}

)

select * from final
