"""Rules about what is made of retention: the bridge between the definitions of NRR, and targets."""

from expectations.rules import no_rows

# Rates carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001


def nrr_suites() -> dict[str, list]:
    return {
        "mart_nrr_reconciliation": reconciliation_rules(),
        "mart_target_progress": target_rules(),
    }


def reconciliation_rules() -> list:
    period = "period_end_date, horizon_months, definition"
    return [
        no_rows(
            "residual_is_zero",
            "The named differences explain every definition of NRR to the minor unit: nothing is left over.",
            "Follow the period through int_nrr_differences: a movement or renewal is in no step, or in two.",
            f"""select {period}, change_mrr, rate from marts.mart_nrr_reconciliation
                where step = 'residual' and (change_mrr <> 0 or abs(rate) > {ROUNDING})""",
        ),
        no_rows(
            "steps_add_up_to_the_definition",
            "From same-customer NRR over all steps one arrives at the definition, in money and in rates.",
            "Correct mart_nrr_reconciliation: a step was added or left out beside its residual.",
            f"""select {period}, steps_mrr, end_mrr, steps_rate, end_rate
                from (
                    select {period},
                        cast(sum(case when step_number < 9 then change_mrr else 0 end) as bigint) as steps_mrr,
                        max(case when step_number = 9 then change_mrr end) as end_mrr,
                        sum(case when step_number < 9 then rate end) as steps_rate,
                        max(case when step_number = 9 then rate end) as end_rate
                    from marts.mart_nrr_reconciliation
                    group by all
                ) as bridges
                where steps_mrr is distinct from end_mrr or abs(steps_rate - end_rate) > {ROUNDING}""",
        ),
        no_rows(
            "every_definition_is_reconciled",
            "Every definition of every month end has its bridge from same-customer NRR.",
            "Rebuild the marts: mart_retention and mart_nrr_reconciliation are not of one run.",
            """select other.period_end_date, other.horizon_months, other.definition
                from marts.mart_retention as other
                inner join marts.mart_retention as p2p
                    on other.period_end_date = p2p.period_end_date and other.horizon_months = p2p.horizon_months
                    and other.scope_type = p2p.scope_type and p2p.definition = 'cohort_p2p' and p2p.opening_mrr > 0
                left join marts.mart_nrr_reconciliation as bridge
                    on other.period_end_date = bridge.period_end_date and other.horizon_months = bridge.horizon_months
                    and other.definition = bridge.definition and bridge.step = 'residual'
                where other.scope_type = 'all' and other.is_month_end and other.definition <> 'cohort_p2p'
                    and bridge.step is null""",
        ),
    ]


def target_rules() -> list:
    target = "period_start_month, period_end_month, owner_id, activity"
    return [
        no_rows(
            "every_target_is_there",
            "Every target of the seed that has a period has its row, and every row its target.",
            "Rebuild the marts: the seed targets changed without them, or mart_target_progress lost or doubled a row.",
            f"""select {target}, sum(wanted) as wanted, sum(shown) as shown
                from (
                    select {target}, 1 as wanted, 0 as shown from reference.targets
                    where period_end_month is not null
                    union all
                    select {target}, 0 as wanted, 1 as shown from marts.mart_target_progress
                ) as both_sides
                group by all
                having sum(wanted) <> sum(shown)""",
        ),
        no_rows(
            "company_targets_count_all_movements",
            "What counts for a target of the whole company is the sum of the facts' movements of those months.",
            "Compare int_target_periods with fct_mrr_movement: a month or a customer is missing.",
            """select progress.period_start_month, progress.activity, progress.actual_mrr,
                    cast(coalesce(sum(abs(facts.delta_mrr)), 0) as bigint) as moved_mrr
                from marts.mart_target_progress as progress
                left join marts.fct_mrr_movement as facts
                    on facts.movement_type = progress.activity
                    and facts.month between progress.period_start_month and progress.period_end_month
                where progress.owner_id = 'all' and progress.actual_mrr is not null
                    and progress.period_start_month > (select min(month) from marts.dim_month)
                group by all
                having progress.actual_mrr <> coalesce(sum(abs(facts.delta_mrr)), 0)""",
        ),
        no_rows(
            "unknown_progress_says_why",
            "A target without an actual figure says why.",
            "Correct mart_target_progress: an unknown figure without a reason cannot be told from a mistake.",
            f"""select {target}, actual_mrr, actual_rate, null_reason from marts.mart_target_progress
                where (coalesce(actual_mrr, actual_rate) is null) <> (null_reason is not null)""",
        ),
    ]
