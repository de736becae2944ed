"""Rules about what customers say in the marts: NPS, what is done about low answers, and what became of the groups."""

from datetime import date

from expectations.rules import no_rows

ROUNDING = 0.000001
PERIOD = "period_type, period_start_date, scope_type, scope_value"


def satisfaction_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_nps": nps_rules(),
        "mart_low_score_followup": follow_up_rules(as_of),
        "mart_nps_behaviour": behaviour_rules(),
    }


def nps_rules() -> list:
    return [
        no_rows(
            "nps_is_its_formula",
            "NPS is promoters minus detractors per 100 answers, within -100 and 100; the three groups are all answers.",
            "Correct mart_nps: the figure and the counts beside it contradict each other.",
            f"""select {PERIOD}, responses, promoters, passives, detractors, nps from marts.mart_nps
                where promoters + passives + detractors <> responses or nps is null or abs(nps) > 100
                    or abs(nps - 100.0 * (promoters - detractors) / responses) > {ROUNDING}""",
        ),
        no_rows(
            "nps_lies_within_its_interval",
            "NPS lies in the middle of its interval, which is that of the basis it names.",
            "Correct mart_nps: readers would trust the figure more, or less, than it deserves.",
            f"""select {PERIOD}, interval_basis, nps, nps_low, nps_high from marts.mart_nps
                where nps_low > nps or nps > nps_high or standard_error < 0
                    or abs(nps_low + nps_high - 2 * nps) > {ROUNDING}
                    or abs(nps_high - nps_low - 3.92 * case interval_basis when 'clustered'
                        then clustered_standard_error else standard_error end) > 0.01
                    or (interval_basis = 'clustered' and clustered_standard_error is null)""",
        ),
        no_rows(
            "answered_are_among_invited",
            "Invitations answered are among those sent, and answers come from at most as many accounts.",
            "Correct int_nps_accounts: an answer was counted for two invitations, or for none of an account.",
            f"""select {PERIOD}, responses, accounts, invited, answered_invitations from marts.mart_nps
                where answered_invitations > invited or accounts > responses or accounts < 1""",
        ),
        no_rows(
            "segments_add_up_to_the_whole",
            "The answers of all segments are those of the whole company, in every period.",
            "Correct int_nps_accounts: an answer is in two segments, or in none.",
            """select period_type, period_start_date, cast(sum(responses) filter (scope_type = 'all') as bigint)
                    as of_the_whole, cast(sum(responses) filter (scope_type = 'segment') as bigint) as of_segments
                from marts.mart_nps group by all having of_the_whole is distinct from of_segments""",
        ),
    ]


def follow_up_rules(as_of: date) -> list:
    return [
        no_rows(
            "items_are_low_answers",
            "An item is an answer of 0 to 6, or one below the same user's answer before it.",
            "Correct int_low_scores: owners would be sent after customers who are content.",
            """select account_id, response_id, score, previous_score, reason from marts.mart_low_score_followup
                where (reason = 'fall') <> (score > 6)
                    or (reason <> 'low_score' and coalesce(previous_score <= score, true))""",
        ),
        no_rows(
            "touches_follow_the_answer",
            f"A touch is on or after the day of the answer, and nothing is after {as_of}.",
            "Correct int_low_scores, or check the as-of date of this run.",
            f"""select account_id, response_id, opened_date, first_touch_date from marts.mart_low_score_followup
                where first_touch_date < opened_date or hours_to_first_touch < 0
                    or greatest(opened_date, coalesce(first_touch_date, opened_date)) > date '{as_of}'""",
        ),
        no_rows(
            "status_is_that_of_the_dates",
            "In time and late items were touched until the due date or after it; open and overdue ones were not.",
            "Correct mart_low_score_followup: the status and the dates beside it contradict each other.",
            """select account_id, response_id, due_date, first_touch_date, status from marts.mart_low_score_followup
                where status is distinct from case
                        when first_touch_date is not null
                            then case when first_touch_date <= due_date then 'in_time' else 'late' end
                        when null_reason = 'not_touched_yet'
                            then case when due_date < as_of_date then 'overdue' else 'open' end
                    end""",
        ),
    ]


def behaviour_rules() -> list:
    return [
        no_rows(
            "every_group_has_its_row",
            "Promoters, passives, detractors and the silent have a row each.",
            "Correct mart_nps_behaviour: a group that is missing looks like one that does not exist.",
            "select cast(count(*) as bigint) as groups from marts.mart_nps_behaviour having count(*) <> 4",
        ),
        no_rows(
            "churned_are_among_the_accounts",
            "Accounts that left, and accounts with usage, are among the group's; the rate is theirs, in its interval.",
            "Correct mart_nps_behaviour, or int_nps_groups: the rate and the counts beside it contradict each other.",
            f"""select nps_group, accounts, churned_accounts, churn_rate from marts.mart_nps_behaviour
                where churned_accounts > accounts or accounts_with_usage > accounts
                    or (churn_rate is null) <> (null_reason is not null)
                    or abs(churn_rate - churned_accounts / accounts) > {ROUNDING}
                    or churn_rate not between churn_rate_low - {ROUNDING} and churn_rate_high + {ROUNDING}""",
        ),
    ]
