"""Gate two, intermediate: the right day, money that adds up to the contract lines, user-days that add up to log-ins."""

from datetime import date

import great_expectations.expectations as gxe

from expectations.rules import built_in, no_rows
from expectations.staging import RECENT_DAYS

# What accounts pay on a date = lines active on it + what a late renewal keeps (bridged, or still in its grace).
MRR_OF_LINES = """
    select dates.snapshot_date, cast(sum((2 * part + whole) // (2 * whole)) as bigint) as mrr_of_lines
    from (
        select start_date, end_date_exclusive, currency, price_numerator, price_denominator
        from intermediate.int_known_lines
        union all
        select gap_start_date, gap_end_date, currency, price_numerator, price_denominator
        from intermediate.int_coverage_gaps where gap_status in ('bridged', 'in_grace')
    ) as pieces
    inner join intermediate.int_snapshot_dates as dates
        on pieces.start_date <= dates.snapshot_date
        and (pieces.end_date_exclusive is null or dates.snapshot_date < pieces.end_date_exclusive)
    left join intermediate.int_exchange_rates as rates
        on pieces.currency = rates.currency and dates.snapshot_date = rates.rate_date
    cross join lateral (
        select pieces.price_numerator::hugeint * coalesce(rates.rate_numerator, 1)::hugeint as part,
            pieces.price_denominator::hugeint * coalesce(rates.rate_denominator, 1)::hugeint as whole
    ) as prices
    group by dates.snapshot_date"""


def suites(warehouse) -> dict[str, list]:
    """table -> rules."""
    return {
        "int_currency": currency_rules(),
        "int_account_hierarchy": hierarchy_rules(),
        "int_as_of_spine": spine_rules(warehouse.as_of),
        "int_account_mrr": mrr_rules(),
        "int_user_days": user_day_rules(warehouse.as_of),
        "int_account_metrics": metric_rules(warehouse.as_of),
    }


def currency_rules() -> list:
    return [
        no_rows(
            "reporting_currency_is_decided",
            "The reporting currency is named, or the contracts leave no choice.",
            "Give it in seeds/revenue_policies.csv or with --set reporting_currency=…: contracts are in several "
            "currencies, and fx_rates converts each of them.",
            """select count(distinct contracts.currency) as currencies from staging.stg_contracts as contracts
                cross join intermediate.int_policies as policies
                having count(distinct contracts.currency) > 1 and max(policies.reporting_currency) is null
                    and count(*) filter (contracts.currency not in (select currency from staging.stg_fx_rates)) = 0""",
        ),
        no_rows(
            "every_line_has_its_exchange_rate",
            "Every contract line in another currency has an exchange rate from its first day on.",
            "Deliver fx_rates from before the first contract in that currency on: its MRR would be missing.",
            """select lines.currency, min(lines.start_date) as first_start_date, count(*) as contract_lines
                from intermediate.int_contract_lines as lines
                where not lines.is_reporting_currency and not exists (
                    select 1 from staging.stg_fx_rates as rates
                    where rates.currency = lines.currency and rates.rate_date <= lines.start_date
                )
                group by lines.currency""",
        ),
    ]


def hierarchy_rules() -> list:
    return [
        no_rows(
            "mergers_and_parents_end_somewhere",
            "Following the mergers and the parents of an account ends at an account of its own.",
            "Correct merged_into_account_id or parent_account_id in the accounts export: they go in a circle, or "
            "through more than eight accounts.",
            """select hierarchy.account_id, hierarchy.surviving_account_id, hierarchy.group_account_id
                from intermediate.int_account_hierarchy as hierarchy
                inner join intermediate.int_account_hierarchy as further
                    on further.account_id in (hierarchy.surviving_account_id, hierarchy.group_account_id)
                where further.surviving_account_id <> further.account_id
                    or (further.account_id = hierarchy.group_account_id
                        and further.group_account_id <> further.account_id)
                union
                select account_id, surviving_account_id, group_account_id from intermediate.int_account_hierarchy
                where account_id in (
                    select accounts.account_id from staging.stg_accounts as accounts
                    inner join staging.stg_accounts as others on accounts.merged_into_account_id = others.account_id
                ) and surviving_account_id = account_id
                union
                select account_id, surviving_account_id, group_account_id from intermediate.int_account_hierarchy
                where account_id in (
                    select accounts.account_id from staging.stg_accounts as accounts
                    inner join staging.stg_accounts as others on accounts.parent_account_id = others.account_id
                ) and group_account_id = account_id""",
        ),
    ]


def spine_rules(as_of: date) -> list:
    return [
        built_in(
            gxe.ExpectColumnValuesToBeUnique,
            "one_row_per_date",
            "Every as-of date is there once.",
            "Correct int_as_of_spine: dated marts would be doubled.",
            column="as_of_date",
        ),
        no_rows(
            "newest_date_is_the_run_date",
            f"Exactly one as-of date is the latest, and it is {as_of}, the day of this run.",
            "Check CSW_AS_OF of this run: the marts would be those of another day.",
            f"""select as_of_date, is_latest from intermediate.int_as_of_spine
                where is_latest <> (as_of_date = date '{as_of}') or as_of_date > date '{as_of}'
                union all
                select date '{as_of}', false
                where not exists (select 1 from intermediate.int_as_of_spine where as_of_date = date '{as_of}')""",
        ),
    ]


def mrr_rules() -> list:
    return [
        built_in(
            gxe.ExpectColumnValuesToBeBetween,
            "mrr_is_not_negative",
            "No account has a negative MRR.",
            "Look at the contract lines of these accounts: a discount above the price, or a credit note as a line.",
            why="2026-11-22: a customer pays nothing or something; credits are not recurring revenue.",
            column="mrr",
            min_value=0,
        ),
        no_rows(
            "in_grace_is_part_of_mrr",
            "MRR in grace is between 0 and the MRR it is part of.",
            "Correct int_account_mrr: confirmed MRR would be negative or larger than all.",
            """select account_id, snapshot_date, mrr, mrr_in_grace from intermediate.int_account_mrr
                where mrr_in_grace < 0 or mrr_in_grace > mrr""",
        ),
        no_rows(
            "mrr_of_accounts_is_mrr_of_lines",
            "On every date the MRR of all accounts is that of all contract lines and their late renewals, exactly.",
            "Correct the models between int_known_lines and int_account_mrr: revenue is lost or counted twice.",
            f"""with lines as ({MRR_OF_LINES}),
                accounts as (
                    select snapshot_date, sum(mrr) as mrr_of_accounts from intermediate.int_account_mrr group by 1
                )
                select coalesce(lines.snapshot_date, accounts.snapshot_date) as snapshot_date,
                    lines.mrr_of_lines, cast(accounts.mrr_of_accounts as bigint) as mrr_of_accounts
                from lines full join accounts on lines.snapshot_date = accounts.snapshot_date
                where coalesce(lines.mrr_of_lines, 0) <> coalesce(accounts.mrr_of_accounts, 0)""",
        ),
    ]


def user_day_rules(as_of: date) -> list:
    """Of the last days: a day's checks cost the same after years, and older days were checked in their time."""
    recent = f"login_date > date '{as_of}' - {RECENT_DAYS}"
    return [
        no_rows(
            "one_row_per_user_and_day",
            "Every account, user, product and day of the last week is there once.",
            "Rebuild int_user_days (`dbt build --full-refresh`): active users and days would be counted twice.",
            f"""select account_id, product_id, login_date, count(*) as copies from intermediate.int_user_days
                where {recent} group by account_id, user_id, product_id, login_date having count(*) > 1""",
        ),
        no_rows(
            "user_days_add_up_to_logins",
            "On every day of the last week the user-days hold as many log-ins as the sources delivered.",
            "Rebuild int_user_days (`dbt build --full-refresh`): a corrected file was not taken in.",
            f"""with delivered as (
                    select login_date, sum(event_count) as logins from staging.stg_logins where {recent} group by 1
                ),
                kept as (
                    select login_date, sum(logins) as logins from intermediate.int_user_days where {recent} group by 1
                )
                select coalesce(delivered.login_date, kept.login_date) as login_date,
                    cast(delivered.logins as bigint) as delivered, cast(kept.logins as bigint) as kept
                from delivered full join kept on delivered.login_date = kept.login_date
                where coalesce(delivered.logins, -1) <> coalesce(kept.logins, -1)""",
        ),
    ]


def metric_rules(as_of: date) -> list:
    return [
        no_rows(
            "metrics_of_the_seeds_are_known",
            "Every metric that a health profile, a success level or a phase asks for is computed.",
            "Correct metric_key in the seed named in the examples: the score or level could never be known.",
            f"""with asked as (
                    select 'health_profiles' as seed, metric_key from reference.health_profiles
                    union select 'success_level_conditions', metric_key from reference.success_level_conditions
                    union select 'score_caps', metric_key from reference.score_caps
                    union select 'phases', metric_key from reference.phases
                    union select 'phases', exit_metric_key from reference.phases where exit_metric_key is not null
                ),
                computed as (
                    select distinct metric_key from intermediate.int_account_metrics where as_of_date = date '{as_of}'
                )
                select seed, metric_key from asked
                where metric_key not in (select metric_key from computed) and exists (select 1 from computed)""",
        ),
        no_rows(
            "unknown_values_say_why",
            "Every metric has either a value or the reason why there is none.",
            "Correct int_account_metrics: an unknown value without a reason cannot be told from a mistake.",
            """select as_of_date, account_id, product_id, metric_key from intermediate.int_account_metrics
                where (metric_value is null) = (null_reason is null)""",
        ),
    ]
