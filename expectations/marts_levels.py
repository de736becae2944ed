"""Rules about what proves the success levels: who moves between them, whether they tell who stays, and what the
advisors of thresholds and weights propose."""

from expectations.rules import no_rows

ROUNDING = 0.000001


def level_suites() -> dict[str, list]:
    return {
        "mart_level_transition": transition_rules(),
        "mart_level_validity": validity_rules(),
        "mart_threshold_advisor": advisor_rules(),
        "mart_weight_advisor": weight_rules(),
    }


def transition_rules() -> list:
    return [
        no_rows(
            "every_state_at_the_start_goes_somewhere",
            "Whatever was held on a level at the start of a month stands somewhere at its end, in number and in MRR.",
            "Correct mart_level_transition: an account or a product is lost or doubled between two month ends.",
            """select month, from_level, sum(moved) as moved, sum(held) as held
                from (
                    select month, from_level, account_products as moved, mrr_start as moved_mrr, 0 as held,
                        0 as held_mrr
                    from marts.mart_level_transition
                    where product_profile = 'all' and from_level <> 'new'
                    union all
                    select months.month, coalesce(cast(cells.success_level as varchar), 'unknown'), 0, 0, 1, cells.mrr
                    from (select distinct month from marts.mart_level_transition) as months
                    inner join intermediate.int_book_cells as cells
                        on cells.as_of_date = cast(months.month - interval 1 day as date)
                ) as both_sides
                group by month, from_level
                having sum(moved) <> sum(held) or sum(moved_mrr) <> sum(held_mrr)""",
        ),
        no_rows(
            "profiles_add_up_to_the_whole",
            "The moves of all product profiles are the moves of the whole, in number and in MRR.",
            "Correct mart_level_transition: a product has no profile, or two, on a day.",
            """select month, from_level, to_level
                from (
                    select *, case when product_profile = 'all' then 1 else -1 end as side
                    from marts.mart_level_transition
                ) as sides
                group by month, from_level, to_level
                having sum(side * account_products) <> 0 or sum(side * mrr_start) <> 0 or sum(side * mrr_end) <> 0""",
        ),
    ]


def validity_rules() -> list:
    return [
        no_rows(
            "figures_lie_within_their_intervals",
            "Shares are 0 to 1, and every share and difference lies within its interval.",
            "Correct int_level_steps: a bound is on the wrong side.",
            f"""select product_profile, success_level, churn_rate, churn_difference from marts.mart_level_validity
                where churned not between 0 and windows or abs(churn_rate - churned / windows) > {ROUNDING}
                    or churn_rate not between churn_rate_low - {ROUNDING} and churn_rate_high + {ROUNDING}
                    or churn_rate_low < -{ROUNDING} or churn_rate_high > 1 + {ROUNDING}
                    or churn_difference not between churn_difference_low - {ROUNDING}
                        and churn_difference_high + {ROUNDING}""",
        ),
        no_rows(
            "profiles_add_up_to_the_whole",
            "The years of all product profiles are the years of the whole, level by level.",
            "Correct int_level_windows: a product has no profile, or two, on a day.",
            """select success_level
                from (
                    select *, case when product_profile = 'all' then 1 else -1 end as side
                    from marts.mart_level_validity
                ) as sides
                group by success_level
                having sum(side * windows) <> 0 or sum(side * churned) <> 0""",
        ),
        no_rows(
            "a_trend_or_the_reason_why_not",
            "A profile has a trend that its verdict follows from, or says why it has none.",
            "Correct mart_level_validity: a verdict without a test, or a test without a verdict.",
            """select product_profile, success_level, verdict, trend_z, trend_null_reason
                from marts.mart_level_validity
                where (trend_z is null) <> (trend_null_reason is not null)
                    or (verdict = 'not_reportable') <> (trend_null_reason is not null)
                    or (verdict = 'separates' and (trend_z >= 0 or trend_p_value >= 0.05))
                    or (verdict = 'wrong_way' and (trend_z <= 0 or trend_p_value >= 0.05))""",
        ),
    ]


def advisor_rules() -> list:
    return [
        no_rows(
            "only_useful_indicators_propose",
            "An indicator has a proposed threshold when it is useful, gains more than chance, and only then.",
            "Correct int_advisor_verdicts: it must not propose what shuffled customers show as well.",
            """select product_profile, metric_key, cut_number, proposed_threshold, is_useful, verdict
                from marts.mart_threshold_advisor
                where is_useful <> (proposed_threshold is not null)
                    or is_useful <> (verdict in ('condition_stands', 'other_threshold', 'worth_a_condition'))
                    or (is_useful and (proposed_gain <= gain_by_chance or adjusted_p_value > 0.05))
                    or adjusted_p_value < p_value""",
        ),
        no_rows(
            "every_threshold_parts_the_same_years",
            "All thresholds of an indicator part the same years: below and above add up alike.",
            "Correct int_advisor_grid: years or losses are lost between thresholds.",
            """select product_profile, metric_key
                from marts.mart_threshold_advisor where cut_number is not null
                group by product_profile, metric_key
                having count(distinct train_windows_below + train_windows_above) > 1
                    or count(distinct test_windows_below + test_windows_above) > 1
                    or count(distinct train_churned_below + train_churned_above) > 1
                    or count(distinct test_churned_below + test_churned_above) > 1""",
        ),
        no_rows(
            "what_cannot_be_judged_says_why",
            "An indicator is judged by shuffles, or says why it cannot be.",
            "Correct int_advisor_verdicts: an unknown figure without a reason cannot be told from a mistake.",
            """select product_profile, metric_key, cut_number, p_value, null_reason from marts.mart_threshold_advisor
                where (p_value is null) <> (null_reason is not null)
                    or (verdict = 'not_reportable') <> (null_reason is not null)""",
        ),
    ]


def weight_rules() -> list:
    return [
        no_rows(
            "weights_of_a_profile_add_up",
            "The weights now, those that are best in training and those proposed add up to the same.",
            "Correct int_weight_candidates: points are lost or won when weights are moved.",
            f"""select scored_by from marts.mart_weight_advisor
                group by scored_by
                having abs(sum(best_weight) - sum(current_weight)) > {ROUNDING}
                    or abs(sum(proposed_weight) - sum(current_weight)) > {ROUNDING}
                    or min(least(current_weight, best_weight, proposed_weight)) < 0
                    or count(best_weight) not in (0, count(*)) or count(proposed_weight) not in (0, count(*))""",
        ),
        no_rows(
            "only_a_gain_beyond_chance_changes_weights",
            "Weights are proposed when they gain more than chance in years they have not seen, else nothing changes.",
            "Correct mart_weight_advisor: it must not propose what swapped customers show as well.",
            """select scored_by, component_key, current_weight, proposed_weight, verdict from marts.mart_weight_advisor
                where is_useful <> (verdict = 'proposes')
                    or (is_useful and (gain <= gain_by_chance or adjusted_p_value > 0.05))
                    or (verdict = 'proposes' and proposed_weight is distinct from best_weight)
                    or (verdict = 'keep' and proposed_weight is distinct from current_weight)
                    or adjusted_p_value < p_value""",
        ),
        no_rows(
            "log_losses_and_gain_fit",
            "The gain is the log-loss saved in the test years; the best set is no worse than the current in training.",
            "Correct int_weight_grid: the figures are of different years or sets of weights.",
            f"""select scored_by, component_key, train_log_loss_best, test_log_loss_best, gain
                from marts.mart_weight_advisor
                where abs(test_log_loss_current - test_log_loss_best - gain) > {ROUNDING}
                    or train_log_loss_best > train_log_loss_current + {ROUNDING}
                    or least(train_log_loss_best, test_log_loss_current, test_log_loss_best) < 0
                    or train_churned > train_windows or test_churned > test_windows""",
        ),
        no_rows(
            "what_cannot_be_judged_says_why",
            "A profile is judged by swaps, or says why it cannot be.",
            "Correct mart_weight_advisor: an unknown figure without a reason cannot be told from a mistake.",
            """select scored_by, component_key, p_value, null_reason from marts.mart_weight_advisor
                where (p_value is null) <> (null_reason is not null)
                    or (proposed_weight is null) <> (null_reason is not null)
                    or (verdict = 'not_reportable') <> (null_reason is not null)""",
        ),
    ]
