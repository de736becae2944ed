"""Rules about renewals: what is due adds up, and nothing renews twice."""

from datetime import date

from expectations.rules import no_rows

# Rates carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001


def renewal_suites(as_of: date) -> dict[str, list]:
    return {"mart_renewals": renewal_rules(as_of), "mart_renewal_calendar": calendar_rules(as_of)}


def renewal_rules(as_of: date) -> list:
    scope = "due_month, scope_type, scope_value"
    return [
        no_rows(
            "due_is_renewed_and_downlift_and_lost_and_open",
            "What was due is renewed, reduced, lost or open: in money and in renewals, exactly.",
            "Correct mart_renewals: a status is missing from its parts or counted in two of them.",
            f"""select {scope}, due_mrr, closed_mrr, renewed_mrr, downlift_mrr, lost_mrr, open_mrr
                from marts.mart_renewals
                where closed_mrr <> renewed_mrr + downlift_mrr + lost_mrr or due_mrr <> closed_mrr + open_mrr
                    or due_renewals <> renewed_renewals + lost_renewals + open_renewals
                    or late_renewals > renewed_renewals or late_mrr > renewed_mrr
                    or least(renewed_mrr, late_mrr, uplift_mrr, downlift_mrr, lost_mrr, open_mrr) < 0""",
        ),
        no_rows(
            "rates_are_their_formula",
            "Gross, net and logo rates are over what is decided; gross is at most 1 and at most net.",
            "Correct mart_renewals: the rates and the amounts beside them contradict each other.",
            f"""select {scope}, gross_renewal_rate, net_renewal_rate, logo_renewal_rate, null_reason
                from marts.mart_renewals
                where abs(gross_renewal_rate * closed_mrr - renewed_mrr) > {ROUNDING} * closed_mrr
                    or abs(net_renewal_rate * closed_mrr - renewed_mrr - uplift_mrr) > {ROUNDING} * closed_mrr
                    or gross_renewal_rate > 1 or gross_renewal_rate > net_renewal_rate or logo_renewal_rate > 1
                    or (closed_mrr = 0) <> (gross_renewal_rate is null)
                    or (null_reason is null) <> (gross_renewal_rate is not null)""",
        ),
        no_rows(
            "due_is_the_mrr_of_the_lines_that_end",
            "What is due in a month is the MRR of the paid lines that end in it without a later price phase.",
            "Follow one of these months from int_known_lines to int_renewals.",
            """with lines as (
                    select cast(date_trunc('month', ended.end_date_exclusive) as date) as due_month,
                        cast(sum((2 * part + whole) // (2 * whole)) as bigint) as mrr_of_lines
                    from intermediate.int_known_lines as ended
                    left join intermediate.int_exchange_rates as rates
                        on ended.currency = rates.currency
                        and least(ended.end_date_exclusive, ended.as_of_date) = rates.rate_date
                    cross join lateral (
                        select ended.price_numerator::hugeint * coalesce(rates.rate_numerator, 1)::hugeint as part,
                            ended.price_denominator::hugeint * coalesce(rates.rate_denominator, 1)::hugeint as whole
                    ) as prices
                    where ended.mrr > 0 and ended.end_date_exclusive is not null and not exists (
                        select 1 from intermediate.int_known_lines as later
                        where later.mrr > 0 and later.account_id = ended.account_id
                            and later.product_id = ended.product_id
                            and coalesce(later.contract_group_id, later.contract_id)
                                = coalesce(ended.contract_group_id, ended.contract_id)
                            and later.start_date >= ended.end_date_exclusive
                    )
                    group by 1
                )
                select coalesce(shown.due_month, lines.due_month) as due_month, shown.due_mrr, lines.mrr_of_lines
                from (select due_month, due_mrr from marts.mart_renewals where scope_type = 'all') as shown
                full join lines on shown.due_month = lines.due_month
                where shown.due_mrr is distinct from lines.mrr_of_lines""",
        ),
        no_rows(
            "every_line_renews_once",
            "What an account renewed is at most the MRR of its lines since its first due date: no line renews twice.",
            "Look at these accounts in int_renewals: a line was counted for two renewals.",
            """select renewed.account_id, renewed.renewed_mrr, lines.mrr_of_lines
                from (
                    select account_id, cast(sum(renewed_mrr) as bigint) as renewed_mrr
                    from intermediate.int_renewals group by 1
                ) as renewed
                left join (
                    select line.account_id, cast(sum(line.mrr) as bigint) as mrr_of_lines
                    from intermediate.int_known_lines as line
                    inner join (
                        select account_id, min(due_date) as first_date from intermediate.int_renewals group by 1
                    ) as due on line.account_id = due.account_id
                    where line.start_date >= due.first_date or line.renewal_of is not null
                    group by 1
                ) as lines on renewed.account_id = lines.account_id
                where renewed.renewed_mrr > coalesce(lines.mrr_of_lines, 0)
                    -- At moving exchange rates the same line is worth more at one due date than at another.
                    and renewed.account_id not in (
                        select account_id from intermediate.int_contract_lines where not is_reporting_currency
                    )""",
        ),
        no_rows(
            "scopes_add_up_to_the_whole",
            "Segments, industries, owners, products and terms each add up to the whole company, month by month.",
            "Correct int_renewals_scoped: a renewal has no scope value, or two.",
            """select due_month, scope_type, due_mrr, renewed_mrr, lost_mrr
                from (
                    select due_month, scope_type, cast(sum(due_mrr) as bigint) as due_mrr,
                        cast(sum(renewed_mrr) as bigint) as renewed_mrr, cast(sum(lost_mrr) as bigint) as lost_mrr
                    from marts.mart_renewals
                    -- Not every account is in a group, or has paid at a month end.
                    where scope_type not in ('parent', 'cohort_year') group by 1, 2
                ) as scopes
                where not exists (
                    select 1 from marts.mart_renewals as whole
                    where whole.scope_type = 'all' and whole.due_month = scopes.due_month
                        and whole.due_mrr = scopes.due_mrr and whole.renewed_mrr = scopes.renewed_mrr
                        and whole.lost_mrr = scopes.lost_mrr
                )""",
        ),
        no_rows(
            "nothing_is_decided_before_its_day",
            f"Nothing due after {as_of} is decided, and a final month is over and has nothing open.",
            "Check the as-of date of this run, and the status in int_renewals.",
            f"""select {scope}, closed_mrr, open_mrr, is_final from marts.mart_renewals
                where (due_month > date '{as_of}' and closed_mrr <> 0)
                    or (is_final and (open_mrr <> 0 or last_day(due_month) > date '{as_of}'))""",
        ),
    ]


def calendar_rules(as_of: date) -> list:
    return [
        no_rows(
            "calendar_is_what_is_open",
            "Per due month of the next eleven months the MRR and the signed MRR of the calendar are those still open.",
            "Compare mart_renewal_calendar with int_renewals: a renewal is missing from the calendar, or there twice.",
            f"""select shown.due_month, shown.open_mrr, calendar.mrr, shown.open_signed_mrr, calendar.signed_mrr
                from marts.mart_renewals as shown
                left join (
                    select due_month, cast(sum(mrr) as bigint) as mrr, cast(sum(signed_mrr) as bigint) as signed_mrr
                    from marts.mart_renewal_calendar group by 1
                ) as calendar on shown.due_month = calendar.due_month
                where shown.scope_type = 'all' and last_day(shown.due_month) <= date '{as_of}' + interval 12 month
                    and (shown.open_mrr <> coalesce(calendar.mrr, 0)
                        or shown.open_signed_mrr <> coalesce(calendar.signed_mrr, 0))""",
        ),
        no_rows(
            "days_and_flags_say_the_same_as_the_date",
            "Days to due are counted from the as-of date, overdue means not after it, and signed means signed MRR.",
            "Correct mart_renewal_calendar, or check the as-of date of this run.",
            f"""select account_id, product_id, due_date, days_to_due, is_overdue, is_renewal_signed, signed_mrr
                from marts.mart_renewal_calendar
                where days_to_due <> due_date - date '{as_of}' or is_overdue <> (due_date <= date '{as_of}')
                    or is_renewal_signed <> (signed_mrr > 0)
                    or due_date > cast(date '{as_of}' + interval 13 month as date)""",
        ),
    ]
