"""Rules about keeping customers: retention and cohorts."""

from datetime import date

from expectations.marts_nrr import ROUNDING
from expectations.rules import no_rows


def retention_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_retention": retention_rules(as_of),
        "mart_cohort_churn": cohort_rules(as_of),
        "mart_cohort_curve": curve_rules(),
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
        no_rows(
            "final_cells_are_observable",
            "A cell is final only where it is observable, and never before a final month stops being one.",
            "Correct is_final in mart_cohort_churn: readers would take an open month for the last word.",
            f"""select {cell}, is_observable, is_final from marts.mart_cohort_churn as cells
                where is_final and not is_observable
                    or is_final <> coalesce((
                        select months.is_final from marts.dim_month as months
                        where months.month = cast(cohort_month + to_months(months_since_start) as date)
                    ), false)""",
        ),
        no_rows(
            "segments_and_terms_add_up",
            "The cohorts of the segments, and those of the terms, add up to the company's, cell by cell.",
            "Look for accounts in no segment or term, or in two: int_scope_members.",
            """select company.cohort_month, company.months_since_start, company.measure, kinds.part,
                    company.value - cast(coalesce(sum(parts.value), 0) as bigint) as value_rest,
                    company.start_value - cast(coalesce(sum(parts.start_value), 0) as bigint) as start_rest
                from marts.mart_cohort_churn as company
                cross join (values ('segment'), ('term')) as kinds (part)
                left join marts.mart_cohort_churn as parts
                    on company.cohort_month = parts.cohort_month
                    and company.months_since_start = parts.months_since_start
                    and company.measure = parts.measure and kinds.part = parts.scope_type
                where company.scope_type = 'all'
                group by company.cohort_month, company.months_since_start, company.measure, kinds.part,
                    company.value, company.start_value
                having value_rest <> 0 or start_rest <> 0""",
        ),
    ]


def curve_rules() -> list:
    point = "scope_type, scope_value, measure, months_since_start"
    return [
        no_rows(
            "the_curve_lies_within_its_cohorts",
            "The pooled churn rate is the sum of its cohorts, and never above the worst nor below the best of them.",
            "Correct mart_cohort_curve: it must divide sums, not average the columns of the triangle.",
            f"""with cohorts as (
                    select {point}, sum(start_value) as start_value, sum(value) as value,
                        min(churn_rate) as best, max(churn_rate) as worst
                    from marts.mart_cohort_churn where is_observable group by {point}
                )
                select {point}, curve.churn_rate, cohorts.best, cohorts.worst
                from marts.mart_cohort_curve as curve full join cohorts using ({point})
                where curve.start_value is distinct from cohorts.start_value
                    or curve.value is distinct from cohorts.value
                    or curve.churn_rate < cohorts.best - {ROUNDING} or curve.churn_rate > cohorts.worst + {ROUNDING}""",
        ),
        no_rows(
            "the_interval_holds_the_rate",
            "The interval of the share of customers lost is a share and holds the rate; only customers have one.",
            "Correct the interval in mart_cohort_curve.",
            f"""select {point}, churn_rate, churn_rate_low, churn_rate_high from marts.mart_cohort_curve
                where churn_rate_low < 0 or churn_rate_high > 1
                    or churn_rate < churn_rate_low - {ROUNDING} or churn_rate > churn_rate_high + {ROUNDING}
                    or (measure = 'logo') <> (churn_rate_low is not null)""",
        ),
    ]
