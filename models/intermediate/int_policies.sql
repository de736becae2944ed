-- Grain: one row: the policies in force.

with

policy_sets as (

    select * from {{ ref('int_policy_sets') }}

),

final as (

    select
        renewal_grace_days,
        renewal_grace_days_short_term,
        -- After so many days no late renewal can change a day any more.
        greatest(renewal_grace_days, renewal_grace_days_short_term) as longest_grace_days,
        short_term_below_months,
        survival_spells,
        survival_censor,
        daily_history_days,
        outcome_history_months,
        nrr_ratio_cap,
        shrinkage_accounts,
        min_coverage,
        nps_answer_valid_days,
        logins_stale_after_days,
        nps_min_responses,
        reporting_currency,
        history_starts_on,
        ltv_horizon_months,
        ltv_min_at_risk,
        ltv_gross_margin,
        ltv_discount_rate,
        first_value_utilisation,
        regular_use_days,
        favourite_topic_min_share,
        favourite_topic_min_accesses,
        announcement_window_days,
        nps_cluster_above,
        survey_response_days,
        low_score_fall,
        follow_up_due_days,
        cs_cost_per_hour,
        fiscal_year_start_month,
        effect_lead_months,
        effect_min_accounts,
        level_hold_days,
        validity_min_churned,
        bootstrap_draws,
        permutation_draws,
        resampling_draws,
        common_shock,
        target_tolerance,
        target_shape_min_accounts

    from policy_sets

    where policy_set = 'default'

)

select * from final
