"""Rules about what was published before: the values now, then, and the changes between them."""

from expectations.rules import no_rows

MONEY = (
    *("closing_mrr", "mrr_confirmed", "mrr_in_grace"),
    *("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churn_mrr"),
)
RATES = ("nrr", "grr", "logo_retention")
MONTHS_NOW = """select waterfall.*, nrr, grr, logo_retention from marts.mart_mrr_waterfall as waterfall
    left join marts.mart_retention as retention on waterfall.month_end_date = retention.period_end_date
        and horizon_months = 12 and definition = 'cohort_p2p' and scope_type = 'all'"""
MONTHS_RECORDED = """select * from quality.published_month
    qualify row_number() over (partition by month order by publish_number desc) = 1"""


def restatement_suites() -> dict[str, list]:
    return {"mart_restatement": restatement_rules()}


def restatement_rules() -> list:
    return [
        no_rows(
            "value_now_is_what_the_marts_show",
            "Every month of the waterfall is there with its values and its rates; any other month has no MRR now.",
            "Correct mart_restatement: it must take the values as mart_mrr_waterfall and mart_retention show them.",
            f"""select coalesce(restated.month, shown.month) as month,
                    coalesce(restated.measure, shown.measure) as measure, restated.value_now, shown.value
                from marts.mart_restatement as restated
                full join ({values(MONTHS_NOW)}) as shown
                    on restated.month = shown.month and restated.measure = shown.measure
                where restated.month is null or restated.value_now is distinct from
                    case when shown.month is null and restated.unit = 'minor_units' then 0 else shown.value end""",
        ),
        no_rows(
            "last_published_is_what_was_recorded",
            "The value published last is the newest one in the record of publishes, and no recorded month is missing.",
            "Correct mart_restatement or stg_published_months: a restatement would be shown wrong or not at all.",
            f"""select coalesce(restated.month, recorded.month) as month,
                    coalesce(restated.measure, recorded.measure) as measure, restated.last_published_value,
                    recorded.value
                from marts.mart_restatement as restated
                full join ({values(MONTHS_RECORDED)}) as recorded
                    on restated.month = recorded.month and restated.measure = recorded.measure
                where restated.month is null or restated.last_published_value is distinct from recorded.value""",
        ),
        no_rows(
            "changes_are_differences_and_have_a_reason",
            "A change is the value now minus the value then; what was restated has a reason, all else has not changed.",
            "Correct mart_restatement: values, number of restatements and reason contradict each other.",
            """select month, measure, first_published_value, last_published_value, value_now, restatements, reason
                from marts.mart_restatement
                where change_since_first is distinct from value_now - first_published_value
                    or change_since_last is distinct from value_now - last_published_value
                    or (restatements = 0) <> (reason = 'not_restated')
                    or (restatements = 0 and value_now is distinct from first_published_value)""",
        ),
    ]


def values(months: str) -> str:
    """One row per month and measure of a query with a column per measure."""
    each = [
        f"select month, '{measure}' as measure, cast({measure} as decimal(28, 9)) as value from months"
        for measure in (*MONEY, *RATES)
    ]
    return f"with months as ({months}) {' union all '.join(each)}"
