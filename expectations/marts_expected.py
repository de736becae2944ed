"""Rules about what the levels let us expect: a cell's NRR, and the expected NRR of a scope."""

from datetime import date

from expectations.rules import no_rows

# Rates carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001
# Amounts that add up, each rounded to a minor unit by itself.
ROUNDED_AMOUNTS = 2


def expected_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_level_nrr": level_nrr_rules(),
        "mart_expected_nrr": expected_nrr_rules(as_of),
        "mart_expected_nrr_monthly": monthly_rules(),
        "mart_forecast_backtest": backtest_rules(),
        "mart_forecast_accuracy": accuracy_rules(),
    }


def level_nrr_rules() -> list:
    cell = "as_of_date, success_level, term_band, months_to_renewal_band"
    return [
        no_rows(
            "expected_lies_between_seen_and_parent",
            "What a cell lets us expect lies between what it has seen and its parent, and is not negative.",
            "Correct mart_level_nrr: shrinkage mixes the two and cannot leave them.",
            f"""select {cell}, observed_nrr, parent_nrr, expected_nrr from marts.mart_level_nrr
                where expected_nrr is null or expected_nrr < 0
                    or expected_nrr < least(coalesce(observed_nrr, parent_nrr), parent_nrr) - {ROUNDING}
                    or expected_nrr > greatest(coalesce(observed_nrr, parent_nrr), parent_nrr) + {ROUNDING}""",
        ),
        every_book_has_a_row("mart_level_nrr"),
    ]


def expected_nrr_rules(as_of: date) -> list:
    scope = "expected.as_of_date, expected.scope_type, expected.scope_value"
    return [
        no_rows(
            "expected_lies_within_its_cells",
            "What a contracted yen of a scope is expected to be lies between the lowest and highest cell of its day.",
            "Follow the day from int_book_cells over mart_level_nrr: a weighted mean cannot leave its parts.",
            f"""select {scope}, expected.expected_mrr_12m, expected.contracted_mrr_12m, cells.lowest, cells.highest
                from marts.mart_expected_nrr as expected
                left join (
                    select as_of_date, min(expected_nrr) as lowest, max(expected_nrr) as highest
                    from marts.mart_level_nrr group by as_of_date
                ) as cells on expected.as_of_date = cells.as_of_date
                where expected.expected_nrr is not null and (
                    cells.lowest is null
                    or expected.expected_mrr_12m < expected.contracted_mrr_12m * cells.lowest - {ROUNDED_AMOUNTS}
                    or expected.expected_mrr_12m > expected.contracted_mrr_12m * cells.highest + {ROUNDED_AMOUNTS}
                )""",
        ),
        no_rows(
            "what_is_lost_and_won_adds_up",
            "What is contracted, less expected churn and contraction, plus expansion, is what is expected.",
            "Correct int_level_rates: the parts of a rate must add up to it.",
            f"""select {scope}, expected.contracted_mrr_12m, expected.expected_mrr_12m
                from marts.mart_expected_nrr as expected
                where abs(expected.contracted_mrr_12m - expected.expected_churn_mrr
                    - expected.expected_contraction_mrr + expected.expected_expansion_mrr
                    - expected.expected_mrr_12m) > {ROUNDED_AMOUNTS}""",
        ),
        no_rows(
            "intervals_hold_what_is_expected",
            "Both intervals hold the expected NRR, and the full one that of luck, or say why there are none.",
            "Follow the scope from int_expected_intervals to mart_expected_nrr.",
            f"""select {scope}, expected.expected_nrr, expected.expected_nrr_low, expected.expected_nrr_high
                from marts.mart_expected_nrr as expected
                where expected.expected_nrr not between expected.expected_nrr_low and expected.expected_nrr_high
                    or expected.expected_nrr not between expected.luck_low and expected.luck_high
                    or expected.luck_low < expected.expected_nrr_low or expected.luck_high > expected.expected_nrr_high
                    or (expected.expected_nrr_low is null) <> (expected.interval_null_reason is not null)""",
        ),
        no_rows(
            "book_is_todays_mrr",
            f"The MRR behind the expected NRR of {as_of} is the MRR of all accounts on that day.",
            "Compare int_book_cells with dim_account: customers are missing from the forecast or counted twice.",
            f"""select expected.as_of_date, expected.mrr, cast(today.mrr as bigint) as mrr_of_accounts
                from marts.mart_expected_nrr as expected
                cross join (select sum(mrr) as mrr from marts.dim_account) as today
                where expected.as_of_date = date '{as_of}' and expected.scope_type = 'all'
                    and expected.mrr <> today.mrr""",
        ),
        every_book_has_a_row("mart_expected_nrr"),
    ]


def monthly_rules() -> list:
    row = "monthly.as_of_date, monthly.scope_type, monthly.scope_value, monthly.horizon_months"
    return [
        no_rows(
            "what_is_lost_and_won_adds_up",
            "What is paid, less expected churn and contraction, plus expansion, is what is expected.",
            "Correct int_monthly_rates: the parts of a rate must add up to it.",
            f"""select {row}, monthly.mrr, monthly.expected_mrr
                from marts.mart_expected_nrr_monthly as monthly
                where abs(monthly.mrr - monthly.expected_churn_mrr - monthly.expected_contraction_mrr
                    + monthly.expected_expansion_mrr - monthly.expected_mrr) > {ROUNDED_AMOUNTS}""",
        ),
        no_rows(
            "all_monthly_contracts_are_there",
            "Every as-of date with monthly contracts has all their MRR at every horizon.",
            "Rebuild the dates in the examples with `csw backfill`, or compare int_book_cells with them.",
            """select cells.as_of_date, horizons.horizon_months, cells.mrr as monthly_mrr, monthly.mrr
               from (select as_of_date, cast(sum(mrr) as bigint) as mrr from intermediate.int_book_cells
                     where term_band = 'monthly' group by 1) as cells
               cross join reference.monthly_horizons as horizons
               left join marts.mart_expected_nrr_monthly as monthly
                   on monthly.scope_type = 'all' and monthly.as_of_date = cells.as_of_date
                       and monthly.horizon_months = horizons.horizon_months
               where monthly.mrr is distinct from cells.mrr""",
        ),
        no_rows(
            "monthly_contracts_are_part_of_the_book",
            "Monthly contracts are part of their scope's book; where they are all of it, its twelve months are theirs.",
            "Follow the scope from int_monthly_expectations and from int_book_expectations: both read int_book_scopes.",
            f"""select {row}, monthly.mrr, book.mrr as mrr_of_the_book, monthly.expected_nrr_12m, book.expected_nrr
                from marts.mart_expected_nrr_monthly as monthly
                left join marts.mart_expected_nrr as book using (as_of_date, scope_type, scope_value)
                where book.mrr is null or monthly.mrr > book.mrr
                    or (monthly.mrr = book.mrr and monthly.expected_nrr_12m <> book.expected_nrr)""",
        ),
    ]


def backtest_rules() -> list:
    row = "backtest.as_of_date, backtest.scope_type, backtest.scope_value"
    return [
        no_rows(
            "errors_add_up",
            "What churn, contraction and expansion were misjudged by is what the forecast was off.",
            "Follow the scope from int_forecast_errors to int_backtest: a year has no fourth part.",
            f"""select {row}, backtest.error_nrr, backtest.expected_nrr, backtest.realised_nrr
                from marts.mart_forecast_backtest as backtest
                where abs(backtest.churn_error_nrr + backtest.contraction_error_nrr + backtest.expansion_error_nrr
                        - backtest.error_nrr) > {ROUNDING}
                    or abs(backtest.expected_nrr - backtest.realised_nrr - backtest.error_nrr) > {ROUNDING}""",
        ),
        no_rows(
            "forecast_is_the_published_one",
            "What is judged is the forecast that mart_expected_nrr shows for that day.",
            "Compare int_forecast_errors with mart_expected_nrr: a date or a scope of one is missing in the other.",
            f"""select {row}, backtest.expected_nrr, expected.expected_nrr as published, expected.expected_nrr_low
                from marts.mart_forecast_backtest as backtest
                left join marts.mart_expected_nrr as expected using (as_of_date, scope_type, scope_value)
                where backtest.scope_type not in ('success_level', 'term_band') and (
                    backtest.expected_nrr is distinct from expected.expected_nrr
                    or backtest.mrr is distinct from expected.mrr
                    or backtest.expected_nrr_low is distinct from expected.expected_nrr_low
                )""",
        ),
        no_rows(
            "levels_and_kinds_of_contract_share_the_book",
            "The levels of a day, and the kinds of contract, hold the MRR of all its customers, now and a year on.",
            "Correct int_forecast_errors: a customer is in no level, or in two.",
            """select parts.*, whole.mrr as whole_mrr, whole.realised_mrr_12m as whole_realised_mrr_12m
               from (
                   select as_of_date, scope_type, sum(mrr) as mrr, sum(realised_mrr_12m) as realised_mrr_12m
                   from marts.mart_forecast_backtest where scope_type in ('success_level', 'term_band') group by 1, 2
               ) as parts
               left join marts.mart_forecast_backtest as whole
                   on parts.as_of_date = whole.as_of_date and whole.scope_type = 'all'
               where parts.mrr is distinct from whole.mrr
                   or parts.realised_mrr_12m is distinct from whole.realised_mrr_12m""",
        ),
    ]


def accuracy_rules() -> list:
    return [
        no_rows(
            "coverage_or_its_reason",
            "Coverage stands where five independent years are behind it, or the row says why not.",
            "Correct int_forecast_accuracy: a share of two years must not look like knowledge.",
            """select as_of_date, scope_type, scope_value, rates, n_disjoint, coverage, coverage_null_reason
               from marts.mart_forecast_accuracy
               where (coverage is null) <> (coverage_null_reason is not null)
                   or (coverage is not null and n_disjoint < 5)""",
        ),
        no_rows(
            "worse_than_naive_says_so",
            "A forecast with a larger mean error than one without a model says so.",
            "Correct the verdict in int_forecast_accuracy.",
            """select as_of_date, scope_type, scope_value, rates, mean_absolute_error, unchanged_mae, compared_mae,
                   trailing_mae, verdict
               from marts.mart_forecast_accuracy
               where (verdict in ('worse_than_trailing_nrr', 'worse_than_both'))
                       <> coalesce(compared_mae > trailing_mae, false)
                   or (verdict in ('worse_than_no_change', 'worse_than_both'))
                       <> (mean_absolute_error > unchanged_mae)""",
        ),
    ]


def every_book_has_a_row(table: str):
    return no_rows(
        "every_day_with_customers_is_there",
        f"Every as-of date with paying customers has its rows in {table}.",
        "Rebuild the dates in the examples with `csw backfill`.",
        f"""select distinct as_of_date from intermediate.int_book_cells
            where as_of_date not in (select as_of_date from marts.{table})""",
    )
