"""Rules about money in the marts: contract lines, the waterfalls, and stays that no month end sees."""

from datetime import date

from expectations.intermediate import MRR_OF_LINES
from expectations.rules import WARNING, no_rows

MOVEMENTS = ("fx", "opening_book", "new", "reactivation", "expansion", "contraction", "churn")
GROSS = ("upsell", "cross_sell", "downsell", "product_dropped", "product_swap")
PRODUCT_MOVEMENTS = (
    *("fx", "opening_book", "new", "reactivation", "upsell", "cross_sell", "downsell", "product_dropped"),
    *("product_swap_in", "product_swap_out", "churn"),
)


def revenue_suites(as_of: date) -> dict[str, list]:
    return {
        "fct_contract_line": line_rules(as_of),
        "mart_mrr_waterfall": waterfall_rules(as_of),
        "mart_product_waterfall": product_waterfall_rules(),
        "mart_short_lived": short_lived_rules(as_of),
        "mart_policy_sensitivity": policy_rules(),
    }


def line_rules(as_of: date) -> list:
    return [
        no_rows(
            "rounding_is_at_most_half_a_unit_a_month",
            "What rounding leaves of a total is at most half a minor unit for every month of its term.",
            "Correct mrr or rounding_minor in int_contract_lines: the line does not add up to its total.",
            """select contract_id, mrr, rounding_minor, term_months from marts.fct_contract_line
                where 2 * abs(rounding_minor) > coalesce(term_months, 0)""",
        ),
        no_rows(
            "running_lines_are_the_mrr_of_the_account",
            f"What an account pays on {as_of} is the sum of its running lines; none of a late renewal, none converted.",
            "Compare int_known_lines with int_account_mrr for these accounts.",
            f"""with running as (
                    select account_id, cast(sum(mrr) as bigint) as mrr_of_lines from marts.fct_contract_line
                    where start_date <= date '{as_of}' and coalesce(end_date_exclusive > date '{as_of}', true)
                    group by account_id
                ),
                otherwise as (
                    select account_id from marts.fct_contract_line cross join intermediate.int_currency as reporting
                    where fct_contract_line.currency <> reporting.currency
                    union all
                    select account_id from intermediate.int_coverage_gaps
                    where gap_status in ('bridged', 'in_grace')
                        and gap_start_date <= date '{as_of}' and gap_end_date > date '{as_of}'
                )
                select accounts.account_id, accounts.mrr, running.mrr_of_lines
                from marts.dim_account as accounts
                left join running on accounts.account_id = running.account_id
                where accounts.mrr <> coalesce(running.mrr_of_lines, 0)
                    and accounts.account_id not in (select account_id from otherwise)""",
        ),
        no_rows(
            "no_change_of_plan_looks_like_a_lapse",
            "No product waits in its grace while the account took up another one on the very day it ended.",
            "If the new one replaces the old one, fill in renewal_of of the new line, or cancelled_at of the old one; "
            "until then both count until the grace has passed, and MRR of these accounts may be too high by ended_mrr.",
            """select gaps.account_id, gaps.gap_start_date as ended_date, gaps.product_id as ended_product,
                    gaps.price_numerator / gaps.price_denominator as ended_mrr, started.product_id as started_product,
                    started.mrr as started_mrr
                from intermediate.int_coverage_gaps as gaps
                inner join intermediate.int_known_lines as started
                    on gaps.account_id = started.account_id and gaps.gap_start_date = started.start_date
                    and gaps.product_id <> started.product_id
                where gaps.gap_status = 'in_grace' and gaps.price_numerator > 0 and started.mrr > 0
                    and started.renewal_of is null and not exists (
                        select 1 from intermediate.int_known_lines as earlier
                        where earlier.account_id = started.account_id and earlier.product_id = started.product_id
                            and earlier.start_date < started.start_date
                    )""",
            severity=WARNING,
            why="2026-11-22: in one company without renewal_of six accounts had changed their plan within sixty days.",
        ),
    ]


def waterfall_rules(as_of: date) -> list:
    moved = " + ".join(f"{movement}_mrr" for movement in MOVEMENTS)
    gross = " + ".join(f"{movement}_mrr" for movement in GROSS)
    expected_accounts = """opening_accounts + opening_book_accounts + new_accounts + reactivation_accounts
                    - churn_accounts"""
    return [
        no_rows(
            "opening_plus_movements_is_closing",
            "Opening MRR plus all movements is closing MRR, in money and in accounts, exactly.",
            "Compare fct_mrr_movement with int_account_mrr for these months: a movement is missing or counted twice.",
            f"""select month, opening_mrr, {moved} as moved_mrr, closing_mrr,
                    {expected_accounts} as expected_accounts, closing_accounts
                from marts.mart_mrr_waterfall
                where opening_mrr + {moved} <> closing_mrr or {expected_accounts} <> closing_accounts""",
        ),
        no_rows(
            "gross_figures_are_expansion_and_contraction",
            "What was sold and lost in accounts that stay is their expansion plus their contraction, exactly.",
            "Compare fct_product_mrr_movement with fct_mrr_movement for these months.",
            f"""select month, {gross} as gross_mrr, expansion_mrr, contraction_mrr from marts.mart_mrr_waterfall
                where {gross} <> expansion_mrr + contraction_mrr""",
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


def product_waterfall_rules() -> list:
    moved = " + ".join(f"{movement}_mrr" for movement in PRODUCT_MOVEMENTS)
    expected_accounts = """opening_accounts + opening_book_accounts + new_accounts + reactivation_accounts
                    + cross_sell_accounts + product_swap_in_accounts
                    - product_swap_out_accounts - product_dropped_accounts - churn_accounts"""
    return [
        no_rows(
            "opening_plus_movements_is_closing",
            "For every product opening MRR plus all movements is closing MRR, in money and in accounts, exactly.",
            "Compare fct_product_mrr_movement with int_product_mrr_changes: a movement is missing or counted twice.",
            f"""select month, product_id, opening_mrr, {moved} as moved_mrr, closing_mrr,
                    {expected_accounts} as expected_accounts, closing_accounts
                from marts.mart_product_waterfall
                where opening_mrr + {moved} <> closing_mrr or {expected_accounts} <> closing_accounts""",
        ),
        no_rows(
            "products_add_up_to_the_whole",
            "In every month opening and closing MRR of all products are those of the waterfall, exactly.",
            "Compare int_product_month_ends with int_account_mrr: revenue without a product, or counted twice.",
            """with products as (
                    select month, cast(sum(opening_mrr) as bigint) as opening_mrr,
                        cast(sum(closing_mrr) as bigint) as closing_mrr
                    from marts.mart_product_waterfall group by month
                )
                select coalesce(products.month, whole.month) as month, products.opening_mrr as opening_of_products,
                    whole.opening_mrr, products.closing_mrr as closing_of_products, whole.closing_mrr
                from products full join marts.mart_mrr_waterfall as whole on products.month = whole.month
                where coalesce(products.opening_mrr, 0) <> coalesce(whole.opening_mrr, 0)
                    or coalesce(products.closing_mrr, 0) <> coalesce(whole.closing_mrr, 0)""",
        ),
    ]


def short_lived_rules(as_of: date) -> list:
    return [
        no_rows(
            "no_month_end_sees_it",
            "Every short stay lies inside one month, before its last day, and is over.",
            "Correct mart_short_lived: the stay is in the waterfall already.",
            f"""select account_id, month, first_date, last_date from marts.mart_short_lived
                where date_trunc('month', first_date) <> month or first_date > last_date
                    or last_date >= last_day(month) or last_date >= date '{as_of}'""",
        ),
    ]


def policy_rules() -> list:
    return [
        no_rows(
            "set_in_force_is_the_headline",
            "Under the policies in force, closing MRR, churn and twelve-month NRRs are those of the other marts.",
            "Follow one of these months from int_policy_periods: policy sets and headline count contracts differently.",
            """select shown.month, shown.closing_mrr, waterfall.closing_mrr as waterfall_mrr, shown.churn_mrr,
                    waterfall.churn_mrr as waterfall_churn_mrr, shown.nrr_12_months, retention.cohort_p2p,
                    shown.nrr_waterfall_12_months, retention.waterfall, shown.nrr_with_reactivation_12_months,
                    retention.with_reactivation
                from marts.mart_policy_sensitivity as shown
                left join marts.mart_mrr_waterfall as waterfall on shown.month = waterfall.month
                left join (
                    select period_end_date, max(nrr) filter (definition = 'cohort_p2p') as cohort_p2p,
                        max(nrr) filter (definition = 'waterfall') as waterfall,
                        max(nrr) filter (definition = 'with_reactivation') as with_reactivation
                    from marts.mart_retention where is_month_end and horizon_months = 12 and scope_type = 'all'
                    group by 1
                ) as retention on waterfall.month_end_date = retention.period_end_date
                where shown.policy_set = 'default'
                    and (shown.closing_mrr is distinct from waterfall.closing_mrr
                        or shown.churn_accounts is distinct from waterfall.churn_accounts
                        or shown.churn_mrr is distinct from waterfall.churn_mrr
                        or shown.nrr_12_months is distinct from retention.cohort_p2p
                        or shown.nrr_waterfall_12_months is distinct from retention.waterfall
                        or shown.nrr_with_reactivation_12_months is distinct from retention.with_reactivation)""",
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
