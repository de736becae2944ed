"""Rules about what customers reach: goals, their mismatch with money, and who speaks for the product."""

from expectations.rules import WARNING, figure, no_rows

# Nine decimals per figure, relative to its size: attainment has no bounds.
ROUNDING = 0.000001


def outcome_suites() -> dict[str, list]:
    return {
        "mart_goal_attainment": goal_rules(),
        "mart_goal_summary": summary_rules(),
        "mart_outcome_mismatch": mismatch_rules(),
        "mart_advocates": advocate_rules(),
    }


def goal_rules() -> list:
    return [
        no_rows(
            "attainment_is_its_formula",
            "Attainment is (actual - baseline) / (target - baseline), or NULL with a reason.",
            "Correct int_goal_values: the figure and the values beside it contradict each other.",
            f"""select goal_id, baseline, target, actual, attainment, null_reason from marts.mart_goal_attainment
                where (attainment is null) = (null_reason is null)
                    or abs(attainment - (actual - coalesce(baseline, 0)) / (target - coalesce(baseline, 0)))
                        > {ROUNDING} * greatest(1, abs(attainment))""",
        ),
        no_rows(
            "status_is_what_the_figures_say",
            "A goal is reached from an attainment of 1 on, overdue only below it and after its due date.",
            "Correct the status in mart_goal_attainment.",
            """select goal_id, status, attainment, due_date from marts.mart_goal_attainment
                where (status = 'reached') <> coalesce(attainment >= 1, false)
                    or (status = 'not_measured') <> (attainment is null)
                    or (status = 'overdue' and not coalesce(due_date < as_of_date, false))
                    or (status = 'on_way' and due_date < as_of_date)""",
        ),
        no_rows(
            "nothing_is_measured_after_the_run",
            "No goal shows a measurement of a later day than the as-of date.",
            "Check int_goal_values: only what was known on the day may count.",
            """select goal_id, measured_date, as_of_date from marts.mart_goal_attainment
                where measured_date > as_of_date""",
        ),
        no_rows(
            "metric_names_nobody",
            "No metric of a goal holds an e-mail address.",
            "Export what is measured, not who by (metric in goals): the published file holds nothing personal.",
            "select goal_id from marts.mart_goal_attainment where regexp_full_match(metric, '.+@.+')",
        ),
        no_rows(
            "attainment_is_of_a_likely_size",
            "Attainment is within ten times the way from baseline to target.",
            "Look at target, baseline and value of these goals in the source: a unit or a digit is probably wrong.",
            """select goal_id, baseline, target, actual, attainment from marts.mart_goal_attainment
                where abs(attainment) > 10""",
            severity=WARNING,
            why="2026-11-22: one wrong unit moves the mean of a whole company; real goals seldom pass twice the way.",
        ),
        figure(
            "most_goals_are_measured",
            "At least half of the goals of customers have been measured.",
            "Ask for newer goal_actuals: the mean attainment speaks for few goals.",
            """select count(attainment) / nullif(count(*), 0) as figure, count(*) - count(attainment) as failing_rows
                from marts.mart_goal_attainment where is_customer""",
            why="2026-11-22: below half, the goals that are measured are those that go well.",
            at_least=0.5,
        ),
    ]


def summary_rules() -> list:
    parts = ("goals", "measured", "reached", "overdue")
    sums = ", ".join(
        f"cast(sum(case when scope = 'all' then {part} else -{part} end) as bigint) as {part}" for part in parts
    )
    return [
        no_rows(
            "scopes_add_up",
            "Goals, measured, reached and overdue of the four scopes add up to those of all.",
            "Compare mart_goal_summary with mart_goal_attainment: a goal is missing or counted twice.",
            f"""select * from (select {sums} from marts.mart_goal_summary) as differences
                where {" or ".join(f"{part} <> 0" for part in parts)}""",
        ),
        no_rows(
            "reached_are_among_the_measured",
            "Goals reached and goals overdue are among those measured, and these among all; shares lie within 0 and 1.",
            "Correct mart_goal_summary.",
            """select scope, goals, measured, reached, overdue, reached_share from marts.mart_goal_summary
                where reached + overdue > measured or measured > goals or reached_share < 0 or reached_share > 1
                    or (measured = 0) <> (null_reason is not null)""",
        ),
        no_rows(
            "all_goals_are_the_companys_indicator",
            "The attainment of all goals is the indicator goal_attainment over all customers.",
            "Compare int_outcome_kpis with mart_goal_attainment: two reports would show two figures.",
            f"""select shown.attainment, kpis.attainment as indicator from marts.mart_goal_summary as shown
                left join (
                    select as_of_date, sum(goal_attainment_numerator) / sum(goal_attainment_denominator) as attainment
                    from intermediate.int_outcome_kpis where product_id = 'all' group by as_of_date
                ) as kpis on shown.as_of_date = kpis.as_of_date
                where shown.scope = 'all' and ((shown.attainment is null) <> (kpis.attainment is null)
                    or abs(shown.attainment - kpis.attainment) > {ROUNDING} * greatest(1, abs(shown.attainment)))""",
        ),
    ]


def mismatch_rules() -> list:
    return [
        no_rows(
            "goals_and_money_disagree",
            "Customers on the list reached their goals without more MRR, or have more MRR without having reached them.",
            "Correct mart_outcome_mismatch: these customers belong on the other list, or on none.",
            """select account_id, kind, attainment, mrr, mrr_12_months_before from marts.mart_outcome_mismatch
                where (attainment >= 1) <> (kind = 'outcome_without_expansion')
                    or (mrr > mrr_12_months_before) <> (kind = 'expansion_without_outcome')""",
        ),
        no_rows(
            "both_sides_are_known",
            "Every customer on the list has a goal measured and paid something twelve months before.",
            "Correct mart_outcome_mismatch: what is unknown is no mismatch.",
            """select account_id, kind, goals_measured, mrr_12_months_before from marts.mart_outcome_mismatch
                where goals_measured < 1 or mrr_12_months_before <= 0""",
        ),
        no_rows(
            "change_is_the_difference",
            "The change of MRR is MRR minus that of twelve months before.",
            "Correct mart_outcome_mismatch.",
            f"""select account_id, mrr, mrr_12_months_before, mrr_change, mrr_change_rate
                from marts.mart_outcome_mismatch where mrr_change <> mrr - mrr_12_months_before
                    or abs(mrr_change_rate - mrr_change / mrr_12_months_before) > {ROUNDING}""",
        ),
    ]


def advocate_rules() -> list:
    return [
        no_rows(
            "kinds_are_among_the_records",
            "Reviews, referrals and cases are not more than all records; the counts are NULL only with a reason.",
            "Correct int_account_advocacy: a record is counted twice.",
            """select account_id, records, reviews, referrals, cases from marts.mart_advocates
                where reviews + referrals + cases > records or (records is null) = (records_null_reason is null)""",
        ),
        no_rows(
            "advocates_have_shown_it",
            "An advocate gave a referral or a case, or answers 9 or more on average; nobody is listed without.",
            "Correct mart_advocates: somebody would be asked for a favour without grounds.",
            """select account_id, records, referrals, cases, nps_score, is_advocate from marts.mart_advocates
                where is_advocate <> (coalesce(referrals + cases > 0, false) or coalesce(nps_score >= 9, false))
                    or not (coalesce(records > 0, false) or is_advocate or is_case_candidate)""",
        ),
        no_rows(
            "candidates_have_reached_their_goals",
            "A candidate for a case reached its goals, gave no case yet, and does not answer below 9.",
            "Correct mart_advocates: an unhappy customer would be asked for a case.",
            """select account_id, attainment, nps_score, cases from marts.mart_advocates
                where is_case_candidate and (not coalesce(attainment >= 1, false) or cases > 0 or nps_score < 9)""",
        ),
        figure(
            "most_records_are_of_a_known_kind",
            "At least four of five records are reviews, referrals or cases.",
            "Map the kinds of your source to review, referral and case (column kind of reviews).",
            """select sum(reviews + referrals + cases) / nullif(sum(records), 0) as figure,
                    cast(sum(records - reviews - referrals - cases) as bigint) as failing_rows
                from marts.mart_advocates""",
            why="2026-11-22: a kind spelled otherwise would make a case look as if there were none.",
            at_least=0.8,
        ),
    ]
