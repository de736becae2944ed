"""Rules about money in the marts: movements and the waterfall."""

from datetime import date

from expectations.intermediate import MRR_OF_LINES
from expectations.rules import no_rows

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")


def revenue_suites(as_of: date) -> dict[str, list]:
    return {
        "fct_mrr_movement": movement_rules(as_of),
        "mart_mrr_waterfall": waterfall_rules(as_of),
        "mart_policy_sensitivity": policy_rules(),
    }


def movement_rules(as_of: date) -> list:
    return [
        no_rows(
            "movement_is_the_difference",
            "Every movement is closing minus opening MRR, and goes the way its type says.",
            "Correct fct_mrr_movement: the type and the amount contradict each other.",
            """select account_id, month, movement_type, opening_mrr, delta_mrr, closing_mrr from marts.fct_mrr_movement
                where delta_mrr <> closing_mrr - opening_mrr
                    or (movement_type in ('new', 'reactivation', 'expansion')) <> (delta_mrr > 0)
                    or (movement_type in ('new', 'reactivation')) <> (opening_mrr = 0)
                    or (movement_type = 'churn') <> (closing_mrr = 0)""",
        ),
        no_rows(
            "nothing_after_the_last_complete_month",
            "There are no movements after the last complete month.",
            "Check the as-of date of this run: a month that is not over cannot be compared.",
            f"""select account_id, month, delta_mrr from marts.fct_mrr_movement
                where last_day(month) > date '{as_of}'""",
        ),
    ]


def waterfall_rules(as_of: date) -> list:
    moved = " + ".join(f"{movement}_mrr" for movement in MOVEMENTS)
    return [
        no_rows(
            "opening_plus_movements_is_closing",
            "Opening MRR plus all movements is closing MRR, in money and in accounts, exactly.",
            "Compare fct_mrr_movement with int_account_mrr for these months: a movement is missing or counted twice.",
            f"""select month, opening_mrr, {moved} as moved_mrr, closing_mrr,
                    opening_accounts + new_accounts + reactivation_accounts - churn_accounts as expected_accounts,
                    closing_accounts
                from marts.mart_mrr_waterfall
                where opening_mrr + {moved} <> closing_mrr
                    or opening_accounts + new_accounts + reactivation_accounts - churn_accounts <> closing_accounts""",
        ),
        no_rows(
            "closing_is_the_next_opening",
            "Every month opens with what the month before closed with, and no month is missing.",
            "Look for a missing or doubled month in mart_mrr_waterfall and dim_month.",
            """select month, previous_month, previous_closing_mrr, opening_mrr
                from (
                    select month, opening_mrr, lag(month) over (order by month) as previous_month,
                        lag(closing_mrr) over (order by month) as previous_closing_mrr
                    from marts.mart_mrr_waterfall
                ) as months
                where previous_closing_mrr <> opening_mrr
                    or previous_month <> cast(month - interval 1 month as date)""",
        ),
        no_rows(
            "closing_is_the_mrr_of_the_lines",
            "Closing MRR is that of the contract lines active on the last day of the month, late renewals included.",
            "Follow one of these months from int_known_lines over int_account_mrr to mart_mrr_waterfall.",
            f"""with lines as ({MRR_OF_LINES})
                select waterfall.month, waterfall.closing_mrr, lines.mrr_of_lines
                from marts.mart_mrr_waterfall as waterfall
                left join lines on waterfall.month_end_date = lines.snapshot_date
                where waterfall.closing_mrr <> coalesce(lines.mrr_of_lines, 0)""",
        ),
        no_rows(
            "confirmed_and_in_grace_add_up",
            "Confirmed MRR and MRR in grace are the two parts of closing MRR; neither is negative.",
            "Correct mart_mrr_waterfall: the headline's range would be wrong.",
            """select month, closing_mrr, mrr_confirmed, mrr_in_grace from marts.mart_mrr_waterfall
                where mrr_confirmed + mrr_in_grace <> closing_mrr or mrr_confirmed < 0 or mrr_in_grace < 0""",
        ),
        no_rows(
            "last_complete_month_is_there",
            "The waterfall ends with the last complete month.",
            "Rebuild the marts: the newest month is missing, or one that is not over is shown.",
            f"""select month, last_month from (select max(month) as month from marts.mart_mrr_waterfall) as shown
                cross join (
                    select max(month) as last_month from marts.dim_month where last_day(month) <= date '{as_of}'
                ) as calendar
                where month is distinct from last_month""",
        ),
    ]


def policy_rules() -> list:
    return [
        no_rows(
            "set_in_force_is_the_headline",
            "Under the policies in force, closing MRR, churn and the twelve-month NRR are those of the other marts.",
            "Follow one of these months from int_policy_periods: policy sets and headline count contracts differently.",
            """select shown.month, shown.closing_mrr, waterfall.closing_mrr as waterfall_mrr, shown.churn_mrr,
                    waterfall.churn_mrr as waterfall_churn_mrr, shown.nrr_12_months, retention.nrr
                from marts.mart_policy_sensitivity as shown
                left join marts.mart_mrr_waterfall as waterfall on shown.month = waterfall.month
                left join marts.mart_retention as retention
                    on waterfall.month_end_date = retention.period_end_date and retention.is_month_end
                    and retention.horizon_months = 12 and retention.definition = 'cohort_p2p'
                    and retention.scope_type = 'all'
                where shown.policy_set = 'default'
                    and (shown.closing_mrr is distinct from waterfall.closing_mrr
                        or shown.churn_accounts is distinct from waterfall.churn_accounts
                        or shown.nrr_12_months is distinct from retention.nrr)""",
        ),
        no_rows(
            "a_longer_grace_never_lowers_mrr",
            "A set with a longer grace for all terms shows at least the MRR of one with a shorter grace.",
            "Correct int_policy_periods: a gap is judged differently from R3.",
            """select longer.month, longer.policy_set, longer.closing_mrr, shorter.policy_set as shorter_set,
                    shorter.closing_mrr as shorter_mrr
                from marts.mart_policy_sensitivity as longer
                inner join marts.mart_policy_sensitivity as shorter
                    on longer.month = shorter.month and longer.renewal_grace_days >= shorter.renewal_grace_days
                    and longer.renewal_grace_days_short_term >= shorter.renewal_grace_days_short_term
                where longer.closing_mrr < shorter.closing_mrr""",
        ),
    ]
