"""Rules about the proof of the scores in the marts: whether they know who leaves."""

from expectations.rules import no_rows

# An AUC is not rounded, the ends of its interval are, to nine decimals.
ROUNDING = 0.000001
GROUP = "profile_version, phase, product_profile, horizon_months, population"


def validity_suites() -> dict[str, list]:
    return {
        "mart_score_validity": score_rules(),
        "mart_score_calibration": calibration_rules(),
        "mart_component_validity": component_rules(),
        "mart_score_version_compare": compare_rules(),
    }


def outside(value: str, low: str, high: str) -> str:
    """A figure of 0 to 1 that its interval does not hold, or that has none."""
    return f"""({value} not between {low} - {ROUNDING} and {high} + {ROUNDING} or {low} < 0 or {high} > 1
        or ({value} is null) <> ({low} is null) or ({value} is null) <> ({high} is null))"""


def score_rules() -> list:
    return [
        no_rows(
            "auc_lies_within_its_interval",
            "Every AUC is within its interval, and the verdict is what the interval says.",
            "Correct mart_score_validity or int_score_auc: readers would trust the score too much, or too little.",
            f"""select {GROUP}, auc, auc_low, auc_high, verdict, null_reason from marts.mart_score_validity
                where {outside("auc", "auc_low", "auc_high")} or (auc is null) <> (null_reason is not null)
                    or verdict <> case when auc is null then 'not_reportable' when auc_low > 0.5 then 'separates'
                        when auc_high < 0.5 then 'against' else 'no_separation' end""",
        ),
        no_rows(
            "counts_are_parts_of_their_whole",
            "Churned and red windows are among the windows, and those warned of among those that left.",
            "Correct int_score_account_bands or int_score_warnings: a window or an end was counted twice.",
            f"""select {GROUP}, windows, accounts, churned_windows, churned_accounts, red_windows, ends,
                    ends_with_band_before, ends_red from marts.mart_score_validity
                where churned_windows > windows or red_windows > windows or accounts > windows
                    or churned_accounts > accounts or churned_accounts > churned_windows or ends > churned_windows
                    or ends_with_band_before > ends or ends_red > ends
                    or least(red_recall, false_alarm_share, green_before_share) < 0
                    or greatest(red_recall, false_alarm_share, green_before_share) > 1 or median_lead_days <= 0""",
        ),
        no_rows(
            "phases_add_up_to_the_whole",
            "The windows of all phases are those of phase all, and likewise the product profiles.",
            "Correct int_score_scoped: a window is in two groups, or in none.",
            """select profile_version, horizon_months, population, cast(sum(windows) as bigint) as in_all_groups,
                    4 * cast(sum(windows) filter (phase = 'all' and product_profile = 'all') as bigint) as expected
                from marts.mart_score_validity group by all having in_all_groups is distinct from expected""",
        ),
    ]


def calibration_rules() -> list:
    return [
        no_rows(
            "bands_add_up_to_the_scored_windows",
            "The windows of all colours are those that mart_score_validity judges; churned ones too.",
            "Correct int_score_account_bands or mart_score_calibration: a window has two colours, or none.",
            f"""with bands as (
                    select {GROUP}, sum(windows) as windows, sum(churned_windows) as churned_windows
                    from marts.mart_score_calibration where band <> 'no_data' group by all
                )
                select bands.*, judged.windows as judged_windows from bands
                left join marts.mart_score_validity as judged using ({GROUP})
                where bands.windows <> coalesce(judged.windows, 0)
                    or bands.churned_windows <> coalesce(judged.churned_windows, 0)""",
        ),
        no_rows(
            "churn_rate_is_that_of_its_windows",
            "The churn rate is churned windows over windows, within its interval, from no more windows than there are.",
            "Correct mart_score_calibration: the rate and the counts beside it contradict each other.",
            f"""select {GROUP}, band, windows, churned_windows, churn_rate, churn_rate_low, churn_rate_high, effective_n
                from marts.mart_score_calibration
                where churned_windows > windows or accounts > windows or churned_mrr > mrr
                    or abs(churn_rate - churned_windows / windows) > {ROUNDING} or (churn_rate is null) <> (windows = 0)
                    or effective_n > windows + {ROUNDING} or (null_reason is null) = (churn_rate_low is null)
                    or churn_rate not between churn_rate_low - {ROUNDING} and churn_rate_high + {ROUNDING}""",
        ),
    ]


def component_rules() -> list:
    return [
        no_rows(
            "component_auc_lies_within_its_interval",
            "Every AUC of a component, plain and within the calendar, is in its interval or says why it is missing.",
            "Correct mart_component_validity or int_component_accounts.",
            f"""select profile_version, component_key, horizon_months, auc, calendar_auc
                from marts.mart_component_validity
                where {outside("auc", "auc_low", "auc_high")} or (auc is null) <> (null_reason is not null)
                    or {outside("calendar_auc", "calendar_auc_low", "calendar_auc_high")}
                    or (calendar_auc is null) <> (calendar_null_reason is not null)
                    or churned_windows > windows or accounts > windows or churned_accounts > accounts""",
        ),
        no_rows(
            "a_component_that_only_knows_the_calendar_is_no_proof",
            "A component separates only where it does so among customers with as many months to renewal, too.",
            "Correct the reading in mart_component_validity: a calendar would be taken for health.",
            """select profile_version, component_key, horizon_months, reading from marts.mart_component_validity
                where (reading = 'separates') <> coalesce(auc_low > 0.5 and calendar_auc_low > 0.5, false)""",
        ),
    ]


def compare_rules() -> list:
    return [
        no_rows(
            "windows_go_up_down_or_stay",
            "Windows that change band for the better, for the worse and not at all are all windows.",
            "Correct mart_score_version_compare: a window was counted twice, or not at all.",
            """select version_a, version_b, horizon_months, windows, to_better, to_worse, unchanged
                from marts.mart_score_version_compare
                where to_better + to_worse + unchanged <> windows or least(to_better, to_worse, unchanged) < 0
                    or churned_windows > windows or version_a >= version_b""",
        ),
        no_rows(
            "the_better_version_is_the_one_with_the_higher_auc",
            "The difference is AUC b less AUC a, within its interval, and the verdict is what the interval says.",
            "Correct mart_score_version_compare: the worse configuration would be chosen.",
            f"""select version_a, version_b, horizon_months, auc_a, auc_b, auc_difference, verdict
                from marts.mart_score_version_compare
                where abs(auc_b - auc_a - auc_difference) > {ROUNDING}
                    or auc_difference not between auc_difference_low - {ROUNDING} and auc_difference_high + {ROUNDING}
                    or verdict <> case when auc_difference is null then 'not_reportable'
                        when auc_difference_low > 0 then 'b_better' when auc_difference_high < 0 then 'a_better'
                        else 'no_difference' end""",
        ),
    ]
