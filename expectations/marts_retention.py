"""Rules about keeping customers: retention, cohorts, survival."""

from datetime import date

from expectations.marts_nrr import ROUNDING
from expectations.rules import no_rows


def retention_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_retention": retention_rules(as_of),
        "mart_cohort_churn": cohort_rules(as_of),
        "mart_survival": survival_rules(),
    }


def retention_rules(as_of: date) -> list:
    rates = "period_end_date, horizon_months, definition, scope_type, scope_value, nrr, grr, logo_retention"
    return [
        no_rows(
            "grr_is_at_most_nrr_and_one",
            "GRR is at most 1, never above NRR and, but for waterfalls, never negative; the same on confirmed MRR.",
            "Correct mart_retention: gross retention leaves out expansion and can only be lower.",
            f"""select {rates} from marts.mart_retention
                where grr > nrr + {ROUNDING} or grr > 1
                    or (grr < 0 and definition in ('cohort_p2p', 'renewals_due'))
                    or grr_confirmed > nrr_confirmed + {ROUNDING} or grr_confirmed > 1 or grr_confirmed < 0""",
        ),
        no_rows(
            "logo_retention_is_a_share",
            "The share of customers kept is between 0 and 1, and confirmed NRR is never above NRR.",
            "Correct mart_retention: more customers were kept than there were.",
            f"""select {rates} from marts.mart_retention
                where logo_retention < 0 or logo_retention > 1 or nrr_confirmed > nrr + {ROUNDING}""",
        ),
        no_rows(
            "segments_add_up",
            "The segments' opening and closing MRR add up to those of the whole company.",
            "Look for accounts in no segment or in two: int_account_scopes.",
            """select period_end_date, horizon_months, definition,
                    cast(sum(sign * opening_mrr) as bigint) as opening_rest,
                    cast(sum(sign * closing_mrr) as bigint) as closing_rest
                from (
                    select *, case when scope_type = 'all' then 1 else -1 end as sign from marts.mart_retention
                    where scope_type in ('all', 'segment')
                ) as signed
                group by period_end_date, horizon_months, definition
                having opening_rest <> 0 or closing_rest <> 0""",
        ),
        no_rows(
            "unknown_rates_say_why",
            "A rate is missing only where nobody paid at the start or nothing was due, and then the row says so.",
            "Correct mart_retention: an unknown rate without a reason cannot be told from a mistake.",
            f"""select {rates}, opening_mrr from marts.mart_retention
                where (nrr is null) <> (opening_mrr = 0) or (nrr is null) <> (null_reason is not null)""",
        ),
        no_rows(
            "opening_plus_parts_is_closing",
            "Opening MRR plus expansion, contraction, churn and reactivation is closing MRR; NRR is 1 plus the rates.",
            "Correct int_retention_definitions: the parts of one definition do not belong together.",
            f"""select {rates}, opening_mrr, expansion_mrr, contraction_mrr, churn_mrr, reactivation_mrr, closing_mrr
                from marts.mart_retention
                where opening_mrr + expansion_mrr + contraction_mrr + churn_mrr + reactivation_mrr <> closing_mrr
                    or abs(1 + expansion_rate + reactivation_rate - contraction_rate - churn_rate - nrr) > {ROUNDING}
                    or expansion_mrr < 0 or reactivation_mrr < 0 or contraction_mrr > 0 or churn_mrr > 0""",
        ),
        no_rows(
            "waterfall_is_that_of_the_facts",
            "Over a month, the waterfall of the whole company is the movements of fct_mrr_movement, type by type.",
            "Compare int_retention_unit_periods with fct_mrr_movement: they disagree about a movement.",
            f"""with facts as (
                    select month, {sum_of_movements()} from marts.fct_mrr_movement group by month
                )
                select retention.period_end_date, retention.reactivation_mrr, facts.reactivation,
                    retention.expansion_mrr, facts.expansion, retention.contraction_mrr, facts.contraction,
                    retention.churn_mrr, facts.churn
                from marts.mart_retention as retention
                left join facts on date_trunc('month', retention.period_end_date) = facts.month
                where retention.definition = 'with_reactivation' and retention.horizon_months = 1
                    and retention.scope_type = 'all' and retention.opening_mrr > 0
                    and (retention.reactivation_mrr <> coalesce(facts.reactivation, 0)
                        or retention.expansion_mrr <> coalesce(facts.expansion, 0)
                        or retention.contraction_mrr <> coalesce(facts.contraction, 0)
                        or retention.churn_mrr <> coalesce(facts.churn, 0))""",
        ),
        no_rows(
            "as_of_date_is_there",
            f"There is retention for the as-of date itself, {as_of}.",
            "Rebuild the marts: today's rates are missing.",
            f"""select date '{as_of}' as period_end_date
                where exists (select 1 from marts.dim_month)
                    and not exists (select 1 from marts.mart_retention where period_end_date = date '{as_of}')""",
        ),
    ]


def sum_of_movements() -> str:
    return ", ".join(
        f"cast(sum(case when movement_type = '{movement}' then delta_mrr else 0 end) as bigint) as {movement}"
        for movement in ("reactivation", "expansion", "contraction", "churn")
    )


def cohort_rules(as_of: date) -> list:
    cell = "cohort_month, months_since_start, measure, scope_type, scope_value"
    end_of_month = "last_day(cast(cohort_month + to_months(months_since_start) as date))"
    return [
        no_rows(
            "the_future_is_empty",
            "Cells past the last complete month are empty and said to be so; all cells before it have a value.",
            "Correct mart_cohort_churn: a month that is not over would look like churn.",
            f"""select {cell}, value, is_observable from marts.mart_cohort_churn
                where is_observable <> ({end_of_month} <= date '{as_of}')
                    or is_observable <> (value is not null) or is_observable <> (retention is not null)""",
        ),
        no_rows(
            "retention_is_a_share",
            "A cohort starts at 1; kept customers and gross MRR stay between 0 and 1; churn is the rest.",
            "Correct mart_cohort_churn: a cohort cannot keep more customers than it started with.",
            f"""select {cell}, start_value, value, retention, churn_rate from marts.mart_cohort_churn
                where retention < 0 or (measure <> 'net_mrr' and retention > 1)
                    or (months_since_start = 0 and retention <> 1)
                    or abs(retention + churn_rate - 1) > {ROUNDING}""",
        ),
    ]


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
            "Survival never rises with time, nor does the number at risk.",
            "Correct mart_survival: who has left does not come back into the curve.",
            f"""select {point}, survival, shorter_survival from (
                    select {point}, survival, at_risk, lag(survival) over shorter as shorter_survival,
                        lag(at_risk) over shorter as shorter_at_risk
                    from marts.mart_survival
                    window shorter as (partition by scope_type, scope_value order by duration_days)
                ) as curve
                where survival > shorter_survival or at_risk > shorter_at_risk""",
        ),
    ]
