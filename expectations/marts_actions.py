"""Rules about the action queue: whom to call is a customer, its figures fit together, and the urgent come first."""

from expectations.rules import no_rows


def action_suites() -> dict[str, list]:
    return {"mart_action_queue": action_rules()}


def action_rules() -> list:
    return [
        no_rows(
            "every_item_is_of_a_customer",
            "Whoever is to be called is a customer on the as-of date, or inside its grace.",
            "Correct the int_action_… model of this reason: nobody calls a customer that has gone.",
            """select queue.action_id, queue.account_id, queue.reason_key from marts.mart_action_queue as queue
                left join intermediate.int_account_units as units
                    on queue.as_of_date = units.as_of_date and queue.account_id = units.account_id
                    and units.product_id = 'all'
                where units.account_id is null""",
        ),
        no_rows(
            "low_answers_are_those_that_wait",
            "A customer is in the queue for a low NPS answer only while one of its low answers has no follow-up.",
            "Correct int_action_answers.",
            """select action_id, account_id from marts.mart_action_queue
                where reason_key = 'low_nps' and account_id not in (
                    select account_id from marts.mart_low_score_followup where first_touch_date is null)""",
        ),
        no_rows(
            "a_gain_or_the_reason_why_not",
            "An expected gain stands in money and as a share of the book, or says why there is none.",
            "Correct int_actions or int_level_gains.",
            """select action_id, reason_key, expected_mrr_gain, expected_nrr_gain, gain_null_reason
                from marts.mart_action_queue
                where (expected_mrr_gain is null) <> (gain_null_reason is not null)
                    or (expected_nrr_gain is null) <> (gain_null_reason is not null)
                    or expected_mrr_gain * expected_nrr_gain < 0""",
        ),
        no_rows(
            "dates_and_flags_agree",
            "An item opened by the as-of date, is due from then on, and overdue only while nobody was in touch.",
            "Correct mart_action_queue, or the days of this reason in the seed action_rules.",
            """select action_id, reason_key, opened_date, due_date, last_touch_date, is_touched, is_overdue
                from marts.mart_action_queue
                where opened_date > as_of_date or due_date < opened_date or last_touch_date > as_of_date
                    or is_touched <> coalesce(last_touch_date > opened_date, false)
                    or is_overdue <> (due_date < as_of_date and not coalesce(is_touched, false))
                    or is_touched is null and last_touch_date is not null""",
        ),
        no_rows(
            "the_urgent_come_first",
            "Priorities count from 1 without a gap, and nothing stands above what is more urgent.",
            "Correct the order in mart_action_queue.",
            """select action_id, priority, urgency
                from (
                    select *, row_number() over (order by priority) as place,
                        lag(urgency) over (order by priority) as urgency_above
                    from marts.mart_action_queue
                ) as ordered
                where priority <> place or urgency_above > urgency""",
        ),
    ]
