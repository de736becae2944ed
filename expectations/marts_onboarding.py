"""Rules about set-up and hand-over in the marts."""

from datetime import date

from expectations.rules import no_rows

ROUNDING = 0.000001


def onboarding_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_onboarding": onboarding_rules(),
        "mart_onboarding_completion": completion_rules(),
        "mart_handovers": handover_rules(as_of),
    }


def onboarding_rules() -> list:
    scope = "scope_type, scope_value"
    return [
        no_rows(
            "completed_are_among_started",
            "What is complete was started, and what was started is held; what is done on time was due; what the"
            " customer did was done.",
            "Correct int_setup_states: a share above 1 is no share.",
            f"""select {scope}, products_held, setups, started, completed, due, done_on_time, steps_done,
                    steps_done_by_customer, mandatory_steps, mandatory_steps_done, kickoffs_due, kickoffs_on_time
                from marts.mart_onboarding
                where completed > started or started > setups or setups > products_held or done_on_time > due
                    or steps_done_by_customer > steps_done or mandatory_steps_done > mandatory_steps
                    or kickoffs_on_time > kickoffs_due or days_n > completed""",
        ),
        no_rows(
            "unknown_figures_say_why",
            "A figure is missing exactly where its reason stands.",
            "Correct mart_onboarding: an unknown figure without a reason cannot be told from a mistake.",
            f"""select {scope}, coverage_null_reason, days_null_reason, on_time_null_reason, kickoff_null_reason,
                    step_progress_null_reason, self_sufficiency_null_reason, first_value_null_reason
                from marts.mart_onboarding
                where (started_share is null) <> (coverage_null_reason is not null)
                    or (completed_share is null) <> (coverage_null_reason is not null)
                    or (days_median is null) <> (days_null_reason is not null)
                    or (on_time_share is null) <> (on_time_null_reason is not null)
                    or (kickoff_on_time_share is null) <> (kickoff_null_reason is not null)
                    or (step_progress is null) <> (step_progress_null_reason is not null)
                    or (self_sufficiency is null) <> (self_sufficiency_null_reason is not null)
                    or (first_value_median_days is null) <> (first_value_null_reason is not null)""",
        ),
        no_rows(
            "products_add_up_to_the_company",
            "The products of the scope `product` are those of the company, and so are their set-ups.",
            "Correct int_onboarding_scoped: products are counted twice, or are missing.",
            """select sum(products_held) filter (where scope_type = 'product') as products_of_products,
                    sum(products_held) filter (where scope_type = 'all') as products_of_all
                from marts.mart_onboarding
                having coalesce(products_of_products, 0) <> coalesce(products_of_all, 0)
                    or coalesce(sum(case scope_type when 'product' then completed when 'all' then -completed end), 0)
                        <> 0""",
        ),
    ]


def completion_rules() -> list:
    mark = "scope_type, scope_value, day_mark"
    return [
        no_rows(
            "completion_is_a_share_inside_its_interval",
            "Completion is between 0 and 1 and inside its interval, or missing with a reason.",
            "Correct mart_onboarding_completion: this is not a probability.",
            f"""select {mark}, completed_share, completed_share_low, completed_share_high, null_reason
                from marts.mart_onboarding_completion
                where (completed_share is null) <> (null_reason is not null)
                    or completed_share not between 0 and 1 or completed_share_low < 0 or completed_share_high > 1
                    or completed_share_low > completed_share + {ROUNDING}
                    or completed_share > completed_share_high + {ROUNDING}""",
        ),
        no_rows(
            "completion_never_falls_with_time",
            "The longer set-ups are followed, the more of them are complete, and the fewer are followed so long.",
            "Correct int_setup_curves: what is complete stays complete.",
            f"""select {mark}, completed_share, completed_by_mark, at_risk from marts.mart_onboarding_completion
                window marks as (partition by scope_type, scope_value order by day_mark)
                qualify lag(completed_share) over marks > completed_share
                    or lag(completed_by_mark) over marks > completed_by_mark or lag(at_risk) over marks < at_risk""",
        ),
        no_rows(
            "observed_are_among_started",
            "What was followed to the mark was started, and what is complete by it was followed.",
            "Correct mart_onboarding_completion: set-ups are counted that nobody followed.",
            f"""select {mark}, n_started, n_observed_to_mark, completed_by_mark, at_risk
                from marts.mart_onboarding_completion
                where n_observed_to_mark > n_started or completed_by_mark > n_observed_to_mark
                    or at_risk > n_observed_to_mark""",
        ),
    ]


def handover_rules(as_of: date) -> list:
    row = "account_id, product_id"
    return [
        no_rows(
            "nothing_happened_after_the_run",
            f"No hand-over, assignment, kick-off or delivery is dated after {as_of}.",
            "Correct int_account_handovers, or check the as-of date of this run.",
            f"""select {row}, handed_over_date, csm_assigned_date, kickoff_date, delivery_date from marts.mart_handovers
                where greatest(handed_over_date, csm_assigned_date, kickoff_date, delivery_date) > date '{as_of}'""",
        ),
        no_rows(
            "missing_hand_overs_say_why",
            "A product without a hand-over says why, and that it is missing where there is a list and a set-up to do.",
            "Correct mart_handovers: nobody would look for what is missing.",
            f"""select {row}, handed_over_date, missing, null_reason from marts.mart_handovers
                where (days_before_start is null) <> (null_reason is not null)
                    or (handed_over_date is null and null_reason not in ('no_handovers_yet', 'needs_no_set_up'))
                        <> (coalesce(missing, '') like 'hand_over%')""",
        ),
        no_rows(
            "every_product_held_is_there",
            "Every product held on the day has its row.",
            "Correct int_setups: a customer without a hand-over would be missing from the list made to find it.",
            f"""select units.account_id, units.product_id from intermediate.int_account_units as units
                left join marts.mart_handovers as shown
                    on units.account_id = shown.account_id and units.product_id = shown.product_id and shown.is_held
                where units.as_of_date = date '{as_of}' and units.product_id <> 'all' and shown.account_id is null""",
        ),
    ]
