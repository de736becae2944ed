"""Rules about the way to a target of NRR: where its period lands, and the curve that leads to it."""

from expectations.rules import no_rows

# Rates carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001


def landing_suites() -> dict[str, list]:
    return {"mart_nrr_landing": landing_rules(), "mart_target_curve": curve_rules()}


def landing_rules() -> list:
    target = "as_of_date, period_start_month, owner_id"
    return [
        no_rows(
            "the_end_of_a_period_holds_nothing_open",
            "On the last day of a period nothing is expected any more: the landing is what is paid.",
            "Follow the period through int_landing_shares: something was charged, or counted, beyond its end.",
            f"""select {target}, mrr_now, landing_mrr from marts.mart_nrr_landing
                where as_of_date = period_end_date and landing_mrr <> mrr_now""",
        ),
        no_rows(
            "a_period_begins_with_all_its_customers",
            "On the day before a period all MRR of its customers is there.",
            "Compare int_landing_lines with int_account_product_as_of on that day: a line is missing, or there twice.",
            f"""select {target}, mrr_at_start, mrr_now from marts.mart_nrr_landing
                where as_of_date = period_start_date and mrr_at_start <> mrr_now""",
        ),
        no_rows(
            "a_landing_has_its_parts",
            "What is contracted stays, and what is at risk can leave: a landing lies at or above what is contracted.",
            "Correct int_landing_book: R* is not negative.",
            f"""select {target}, contracted_mrr, at_risk_mrr, landing_mrr from marts.mart_nrr_landing
                where landing_mrr < contracted_mrr or (at_risk_mrr = 0 and landing_mrr <> contracted_mrr)
                    or (mrr_at_start > 0) <> (landing_nrr is not null)
                    or (landing_nrr is null) <> (null_reason is not null)""",
        ),
    ]


def curve_rules() -> list:
    month = "period_start_month, owner_id, month_number"
    return [
        no_rows(
            "a_plan_starts_where_the_book_stood_and_ends_at_the_target",
            "A plan starts at the figure of the day before the period and ends at the target.",
            "Correct int_target_curves: the first month is 0 of the way and the last all of it.",
            f"""select {month}, start_nrr, target_nrr, planned_nrr from (
                    select *, max(month_number) over (partition by period_start_month, period_end_month, owner_id)
                        as last_month
                    from marts.mart_target_curve where null_reason is null
                ) as curves
                where (month_number = 0 and abs(planned_nrr - start_nrr) > {ROUNDING})
                    or (month_number = last_month and abs(planned_nrr - target_nrr) > {ROUNDING})
                    or planned_nrr is null""",
        ),
        no_rows(
            "a_plan_never_turns_back",
            "From month to month a plan asks for as much of the way or more.",
            "Correct int_target_shape_fits: the fit is isotonic between 0 and 1.",
            f"""select {month}, share_of_way from marts.mart_target_curve
                qualify share_of_way not between 0 and 1 or share_of_way < lag(share_of_way) over (
                    partition by period_start_month, period_end_month, owner_id order by month_number)""",
        ),
        no_rows(
            "every_nrr_target_has_its_curve",
            "Every target of NRR in the seed has its curve.",
            "Rebuild the marts: the seed targets changed without them.",
            """select period_start_month, period_end_month, owner_id from reference.targets
                where activity = 'nrr' and (period_start_month, coalesce(period_end_month, date '9999-12-31'), owner_id)
                    not in (select period_start_month, coalesce(period_end_month, date '9999-12-31'), owner_id
                        from marts.mart_target_curve)""",
        ),
    ]
