"""Rules about leaving: survival curves and churn rates."""

from datetime import date

from expectations.rules import no_rows


def churn_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_survival": survival_rules(),
        "mart_churn_rate": churn_rate_rules(as_of),
    }


def survival_rules() -> list:
    point = "scope_type, scope_value, duration_days"
    return [
        no_rows(
            "survival_is_a_share_inside_its_interval",
            "Survival is between 0 and 1 and inside its interval.",
            "Correct mart_survival: this is not a probability.",
            f"""select {point}, survival, survival_low, survival_high from marts.mart_survival
                where survival < 0 or survival > 1 or survival_low < 0 or survival_high > 1
                    or survival_low > survival or survival > survival_high or events > at_risk""",
        ),
        no_rows(
            "survival_never_rises",
            "Survival never rises with time.",
            "Correct int_survival_curves: who has left does not come back into the curve.",
            f"""select {point}, survival, shorter_survival from (
                    select {point}, survival,
                        lag(survival) over (partition by scope_type, scope_value order by duration_days)
                            as shorter_survival
                    from marts.mart_survival
                ) as curve
                where survival > shorter_survival""",
        ),
        no_rows(
            "everybody_at_risk_leaves_or_is_last_seen",
            "At every length at least those are at risk who leave or are last seen at it or at the next longer one,"
            " unless they entered in between; at the longest, exactly they; and in all they are the lives seen.",
            "Correct the delayed entry in int_survival_curves: somebody is at risk who was not there, or not counted.",
            """with curve as (
                    select scope_type, scope_value, duration_days, at_risk, events + censored as ended,
                        lead(at_risk) over (partition by scope_type, scope_value order by duration_days) as next_at_risk
                    from marts.mart_survival
                ),
                entered as (
                    select scope_type, scope_value, count(*) as lives,
                        count(*) filter (where entry_days > 0) as entered_late
                    from intermediate.int_account_lives group by scope_type, scope_value
                )
                select scope_type, scope_value, sum(curve.ended) as ended, max(entered.lives) as lives,
                    cast(sum(greatest(next_at_risk - (at_risk - ended), 0)) as bigint) as came_later
                from curve full join entered using (scope_type, scope_value)
                group by scope_type, scope_value
                having ended is distinct from lives or came_later > max(entered.entered_late)
                    or min(next_at_risk - (at_risk - ended)) < 0
                    or max(case when next_at_risk is null then abs(at_risk - ended) end) is distinct from 0""",
        ),
    ]


def churn_rate_rules(as_of: date) -> list:
    row = "month, scope_type, scope_value"
    return [
        no_rows(
            "who_left_was_there",
            "Who left is among those who were there, and who could leave as well; in accounts and in money.",
            "Correct int_opening_customers: a rate above 1 is no rate.",
            f"""select {row}, opening_accounts, churned_accounts, could_churn_accounts, could_churn_churned_accounts
                from marts.mart_churn_rate
                where churned_accounts > opening_accounts or could_churn_accounts > opening_accounts
                    or could_churn_churned_accounts > least(churned_accounts, could_churn_accounts)
                    or churned_mrr > opening_mrr or could_churn_mrr > opening_mrr
                    or could_churn_churned_mrr > least(churned_mrr, could_churn_mrr)""",
        ),
        no_rows(
            "churn_is_that_of_the_accounts",
            "Opening and churned accounts and MRR of the company are those of its accounts, month end by month end.",
            "Compare int_scope_mrr with int_account_mrr for these months.",
            """with compared as (
                    select month, mrr, lag(mrr) over (partition by account_id order by month) as opening_mrr
                    from intermediate.int_account_mrr where is_month_end
                ),
                accounts as (
                    select month, count(*) filter (where opening_mrr > 0) as opening,
                        count(*) filter (where opening_mrr > 0 and mrr = 0) as churned,
                        cast(coalesce(sum(opening_mrr), 0) as bigint) as mrr
                    from compared group by month
                )
                select month, rates.opening_accounts, accounts.opening, rates.churned_accounts, accounts.churned,
                    rates.opening_mrr, accounts.mrr
                from (select * from marts.mart_churn_rate where scope_type = 'all') as rates
                full join accounts using (month)
                where coalesce(rates.opening_accounts, 0) <> coalesce(accounts.opening, 0)
                    or coalesce(rates.churned_accounts, 0) <> coalesce(accounts.churned, 0)
                    or coalesce(rates.opening_mrr, 0) <> coalesce(accounts.mrr, 0)""",
        ),
        no_rows(
            "unknown_rates_say_why",
            "A rate is missing exactly where its reason stands.",
            "Correct mart_churn_rate: an unknown rate without a reason cannot be told from a mistake.",
            f"""select {row}, churn_rate, could_churn_rate, churn_rate_mean_12m from marts.mart_churn_rate
                where (churn_rate is null) <> (null_reason is not null)
                    or (could_churn_rate is null) <> (could_churn_null_reason is not null)
                    or (churn_rate_mean_12m is null) <> (null_reason_12m is not null)""",
        ),
        no_rows(
            "only_complete_months",
            "There is no churn rate of a month that is not over.",
            "Check the as-of date of this run: a month that is not over would look like churn.",
            f"select {row} from marts.mart_churn_rate where last_day(month) > date '{as_of}'",
        ),
    ]
