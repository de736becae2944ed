"""Rules about the indicators in the marts: use and seats, the long tables, the road to value, and what they need."""

from datetime import date

from expectations.rules import figure, no_rows

ROUNDING = 0.000001


def kpi_suites(as_of: date) -> dict[str, list]:
    return {
        "fct_usage": usage_rules(),
        "mart_account_kpi": account_kpi_rules(),
        "fct_kpi": kpi_rules(as_of),
        "mart_funnel": funnel_rules(),
        "mart_data_readiness": readiness_rules(),
        "mart_kpi_baseline": baseline_rules(as_of),
        "mart_kpi_effect": effect_rules(),
        "mart_kpi_priority": priority_rules(),
    }


def usage_rules() -> list:
    return [
        no_rows(
            "parts_lie_within_their_whole",
            "Shorter windows lie within longer ones, use within what is available, reading within what is delivered.",
            "Correct int_usage_facts: a part is counted that is not of the whole.",
            """select as_of_date, account_id, product_id, active_users_7d, active_users_28d, active_users_90d,
                    active_days_28d, contents_used, contents_available, announcements_read, announcements_delivered
                from marts.fct_usage
                where active_users_7d > active_users_28d or active_users_28d > active_users_90d
                    or active_days_7d > active_days_28d or active_days_28d > 28
                    or contents_used > contents_available or basics_used_regularly > basics_available
                    or announcements_read > announcements_delivered""",
        ),
        no_rows(
            "unknown_use_says_why",
            "Log-ins, contents and status are either known or say why they are not.",
            "Correct fct_usage: an unknown value without a reason cannot be told from a mistake.",
            """select as_of_date, account_id, product_id from marts.fct_usage
                where (active_users_28d is null) = (login_null_reason is null)
                    or (contents_available is null) = (content_null_reason is null)
                    or (usage_status is null) = (status_null_reason is null)""",
        ),
        figure(
            "few_customers_use_more_than_they_bought",
            "At most a fifth of the customers on the newest day use or issue more seats than contracted.",
            "Check the quantity of the contracts (is it seats?), or talk to these customers about more seats.",
            """select cast(count(*) filter (where is_above_contract) as double) / nullif(count(*), 0) as figure,
                    count(*) filter (where is_above_contract) as failing_rows
                from marts.fct_usage
                where product_id = 'all' and as_of_date = (select max(as_of_date) from marts.fct_usage)""",
            why="2026-11-22: a signal for more seats in single customers; in many it means that quantity is no seats.",
            at_most=0.2,
        ),
    ]


def account_kpi_rules() -> list:
    return [
        no_rows(
            "values_are_numerators_over_denominators",
            "Every value is its numerator over its denominator, and an unknown one has a reason and no numerator.",
            "Correct the model of this indicator (int_*_kpis): its three columns contradict each other.",
            f"""select account_id, product_id, kpi_key, numerator, denominator, kpi_value, null_reason
                from marts.mart_account_kpi
                where (kpi_value is null) = (null_reason is null)
                    or (kpi_value is null) <> (numerator is null)
                    or abs(kpi_value - numerator / denominator) > {ROUNDING}""",
        ),
        no_rows(
            "every_indicator_of_customers_is_computed",
            "Every indicator of the catalogue that is measured for customers has a row for every customer and product.",
            "Write the indicator into its int_*_kpis model and into int_account_kpis, or take it out of the catalogue.",
            """select kpi_catalog.kpi_key, count(distinct (shown.account_id, shown.product_id))
                        filter (where shown.account_id is not null) as things,
                    (select count(*) from (select distinct account_id, product_id from marts.mart_account_kpi)) as asked
                from reference.kpi_catalog as kpi_catalog
                left join marts.mart_account_kpi as shown on kpi_catalog.kpi_key = shown.kpi_key
                where kpi_catalog.grain in ('product', 'account')
                group by kpi_catalog.kpi_key having things <> asked""",
        ),
    ]


def kpi_rules(as_of: date) -> list:
    return [
        no_rows(
            "every_indicator_of_the_catalogue_is_there",
            f"On {as_of} the company has a row for every indicator of the catalogue, known or with a reason.",
            "Compute the indicator, or take it out of the catalogue: pages would promise what is not there.",
            f"""select kpi_catalog.kpi_key from reference.kpi_catalog as kpi_catalog
                left join marts.fct_kpi as shown
                    on kpi_catalog.kpi_key = shown.kpi_key and shown.as_of_date = date '{as_of}'
                        and shown.scope_type = 'all'
                where shown.kpi_key is null
                    and exists (select 1 from marts.fct_kpi where as_of_date = date '{as_of}')""",
        ),
        no_rows(
            "known_are_among_measured",
            "Not more things are known than measured, and a value is there when one is known.",
            "Correct fct_kpi.",
            """select as_of_date, scope_type, scope_value, kpi_key, kpi_value, measured_things, known_things
                from marts.fct_kpi
                where known_things > measured_things or (kpi_value is null) = (null_reason is null)""",
        ),
    ]


def funnel_rules() -> list:
    return [
        no_rows(
            "stages_are_nested",
            "Who enters a stage has passed one before; nobody passes who has not entered; the MRR likewise.",
            "Correct int_funnel_steps: a customer is counted past a stage without those before it.",
            """select scope_type, scope_value, position, entered, passed, entered_mrr, passed_mrr, passed_before
                from (
                    select scope_type, scope_value, position, sum(entered) as entered, sum(passed) as passed,
                        sum(entered_mrr) as entered_mrr, sum(passed_mrr) as passed_mrr, sum(unknown) as unknown,
                        lag(sum(passed)) over (partition by scope_type, scope_value order by position) as passed_before
                    from marts.mart_funnel
                    group by 1, 2, 3
                ) as in_order
                where passed > entered or passed_mrr > entered_mrr or entered > passed_before
                    or passed + unknown > entered""",
        ),
    ]


def readiness_rules() -> list:
    return [
        no_rows(
            "every_need_is_listed",
            "Every indicator of the catalogue has its sources listed, and coverage is a share of today's customers.",
            "Add the indicator to the seed kpi_sources: nobody could tell why it is unknown.",
            """select kpi_catalog.kpi_key, listed.source_name, listed.coverage
                from reference.kpi_catalog as kpi_catalog
                left join marts.mart_data_readiness as listed on kpi_catalog.kpi_key = listed.kpi_key
                where listed.kpi_key is null or listed.covered_customers > listed.customers""",
        ),
        no_rows(
            "what_is_known_has_its_sources",
            "No indicator is known for anybody while a source it cannot do without was never delivered.",
            "Correct kpi_sources, or the model that makes up a value out of nothing.",
            """select kpi_key, min(source_name) as a_source, max(known_customers) as known_customers
                from marts.mart_data_readiness
                group by kpi_key
                having count(*) = count(*) filter (where status = 'source_missing') and max(known_customers) > 0""",
        ),
    ]


def baseline_rules(as_of: date) -> list:
    return [
        no_rows(
            "the_first_day_comes_before_the_newest",
            "The baseline is not later than the newest day, neither after the run, and the change lies between them.",
            "Correct mart_kpi_baseline.",
            f"""select scope_type, scope_value, kpi_key, baseline_date, newest_date, change from marts.mart_kpi_baseline
                where baseline_date > newest_date or newest_date > date '{as_of}'
                    or abs(newest_value - baseline_value - change) > {ROUNDING}""",
        ),
    ]


def effect_rules() -> list:
    return [
        no_rows(
            "differences_lie_within_their_intervals",
            "Every difference lies inside its interval, and nobody renewed who was not counted.",
            "Correct mart_kpi_effect.",
            """select kpi_key, renewal_rate_difference, renewal_rate_difference_low, renewal_rate_difference_high
                from marts.mart_kpi_effect
                where renewal_rate_difference not between renewal_rate_difference_low and renewal_rate_difference_high
                    or value_kept_difference not between value_kept_difference_low and value_kept_difference_high
                    or upper_renewed > upper_accounts or lower_renewed > lower_accounts""",
        ),
    ]


def priority_rules() -> list:
    return [
        no_rows(
            "weights_of_a_year_and_profile_add_up",
            "The shares of the weights of a fiscal year and profile add up to one.",
            "Correct the weights in the seed kpi_priorities: none may be negative, and not all zero.",
            f"""select fiscal_year, product_profile, sum(weight_share) as weight_share from marts.mart_kpi_priority
                group by 1, 2 having sum(weight_share) is null or abs(sum(weight_share) - 1) > {ROUNDING}
                    or min(weight_share) < 0""",
        ),
    ]
