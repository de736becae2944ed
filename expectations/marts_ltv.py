"""Rules about lifetime value."""

from expectations.rules import no_rows

# Months carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001


def ltv_suites() -> dict[str, list]:
    return {
        "mart_ltv_account": account_rules(),
        "mart_ltv_segment": segment_rules(),
        "mart_ltv_simulation": simulation_rules(),
    }


def account_rules() -> list:
    return [
        no_rows(
            "to_date_is_what_was_held",
            "Lifetime value to date is the MRR of the account at all complete month ends, to the yen.",
            "Compare int_scope_mrr with int_account_mrr for these accounts.",
            """with held as (
                    select account_id, sum(mrr) as mrr, count(*) filter (where mrr > 0) as months
                    from intermediate.int_account_mrr where is_month_end group by account_id
                )
                select account_id, ltv.ltv_to_date, cast(held.mrr as bigint) as mrr_held, ltv.months_held, held.months
                from marts.mart_ltv_account as ltv full join held using (account_id)
                where coalesce(ltv.ltv_to_date, 0) <> coalesce(held.mrr, 0)
                    or coalesce(ltv.months_held, 0) <> coalesce(held.months, 0)""",
        ),
        no_rows(
            "todays_customers_are_all_there",
            "Every account that pays today is there with its MRR.",
            "Compare int_scope_members with dim_account.",
            """select account_id, accounts.mrr, ltv.mrr as ltv_mrr
                from marts.dim_account as accounts full join marts.mart_ltv_account as ltv using (account_id)
                where coalesce(accounts.mrr, 0) <> coalesce(ltv.mrr, 0)""",
        ),
        no_rows(
            "expected_value_is_known_or_says_why",
            "What an account still brings is a positive amount, or 0 or unknown with a reason;"
            " it stays no longer than the horizon.",
            "Correct mart_ltv_account: an unknown value without a reason cannot be told from a mistake.",
            f"""select account_id, mrr, expected_remaining, expected_remaining_months, null_reason
                from marts.mart_ltv_account
                where (coalesce(expected_remaining_months, 0) > 0) <> (null_reason is null)
                    or expected_remaining_months > remaining_horizon_months + {ROUNDING}
                    or expected_months > horizon_months + {ROUNDING} or expected_remaining < 0""",
        ),
    ]


def segment_rules() -> list:
    scope = "scope_type, scope_value"
    return [
        no_rows(
            "the_mean_is_restricted_to_the_horizon",
            "A duration is the area under the survival curve up to the horizon: at most the horizon,"
            " at least the horizon for the share that is left at its end.",
            "Correct int_expected_months: months past the horizon are counted, or months before it are not.",
            f"""select {scope}, horizon_months, mean_duration_months, survival_at_horizon from marts.mart_ltv_segment
                where mean_duration_months > horizon_months + {ROUNDING}
                    or mean_duration_months < horizon_months * survival_at_horizon - {ROUNDING}""",
        ),
        no_rows(
            "held_values_add_up",
            "Value to date of the segments, terms and products, and MRR, add up to the company's.",
            "Look for accounts in no scope or in two: int_scope_members.",
            """select parts.scope_type, company.ltv_to_date, cast(sum(parts.ltv_to_date) as bigint) as parts_to_date,
                    company.mrr, cast(sum(parts.mrr) as bigint) as parts_mrr
                from marts.mart_ltv_segment as parts
                inner join marts.mart_ltv_segment as company on company.scope_type = 'all'
                group by parts.scope_type, company.ltv_to_date, company.mrr
                having sum(parts.ltv_to_date) <> company.ltv_to_date or sum(parts.mrr) <> company.mrr""",
        ),
        no_rows(
            "no_churn_is_no_rate",
            "Where nobody left there is no value by churn rate; an unknown value says why.",
            "Correct mart_ltv_segment: a value by a churn of 0 is invented.",
            f"""select {scope}, ltv, null_reason, monthly_churn_rate, ltv_by_churn, by_churn_null_reason
                from marts.mart_ltv_segment
                where (ltv is null) <> (null_reason is not null)
                    or (ltv_by_churn is null) <> (by_churn_null_reason is not null)
                    or (coalesce(monthly_churn_rate, 0) = 0 and ltv_by_churn is not null)""",
        ),
    ]


def simulation_rules() -> list:
    return [
        no_rows(
            "the_row_can_be_worked_out_from_itself",
            "Value = price x margin x months, rounded once; totals, gain and cost follow, to the yen.",
            "Correct mart_ltv_simulation: a dashboard that repeats the arithmetic would show other figures.",
            """select scenario_key, ltv_before, ltv_after, total_before, total_after, gain, cs_cost, net_gain
                from marts.mart_ltv_simulation
                where abs(ltv_before - price_before * gross_margin_before * discounted_months_before) > 0.501
                    or abs(ltv_after - price_after * gross_margin_after * discounted_months_after) > 0.501
                    or abs(cs_cost - cs_cost_per_month * discounted_months_after) > 0.501
                    or total_before <> accounts_before * ltv_before or total_after <> accounts_after * ltv_after
                    or gain <> total_after - total_before or net_gain <> gain - cs_cost
                    or (break_even_accounts - 1) * (ltv_after - ltv_before) >= cs_cost
                    or break_even_accounts * (ltv_after - ltv_before) < cs_cost""",
        ),
        no_rows(
            "every_scenario_is_there",
            "Every scenario of the seed has its row, and nothing is unknown without a reason.",
            "Correct the scenario in seeds/ltv_scenarios.csv.",
            """select scenario_key, simulated.gain, simulated.null_reason
                from reference.ltv_scenarios as scenarios
                full join marts.mart_ltv_simulation as simulated using (scenario_key)
                where scenarios.label_en is null or simulated.label_en is null
                    or (simulated.gain is null) <> (simulated.null_reason is not null)""",
        ),
    ]
