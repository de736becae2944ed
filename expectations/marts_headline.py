"""Rules about the headline figures: they are those of the marts they come from, and lie in their ranges."""

from datetime import date

from expectations.rules import no_rows

# Rates carry nine decimals: a difference below one in a million is rounding.
ROUNDING = 0.000001
FIGURES = 7


def headline_suites(as_of: date) -> dict[str, list]:
    return {"mart_headline": headline_rules(as_of)}


def headline_rules(as_of: date) -> list:
    return [
        no_rows(
            "every_headline_is_there",
            f"On {as_of} there are {FIGURES} headline figures, known or with a reason.",
            "Correct mart_headline: a figure fell out of a join, or fct_kpi has no row of the day.",
            f"""select count(*) as figures, max(as_of_date) as newest_date from marts.mart_headline
                having figures <> {FIGURES} or newest_date <> date '{as_of}'""",
        ),
        no_rows(
            "headlines_are_the_figures_of_the_marts",
            "A headline figure is the one of fct_kpi on that day, NPS the one of mart_nps.",
            "Correct mart_headline, or fct_kpi: two readers would see two figures.",
            f"""select kpi_key, headline.value, shown.figure from marts.mart_headline as headline
                inner join (
                    select as_of_date, kpi_key, kpi_value as figure from marts.fct_kpi
                    where scope_type = 'all' and kpi_key <> 'nps'
                    union all
                    select date '{as_of}', 'nps', if(is_reportable, nps, null) from marts.mart_nps
                    where period_type = 'last_12_months' and scope_type = 'all'
                ) as shown using (as_of_date, kpi_key)
                where (headline.value is null) <> (shown.figure is null)
                    or abs(headline.value - shown.figure) > {ROUNDING}""",
        ),
        no_rows(
            "a_headline_lies_in_its_range",
            "A headline figure has a value or a reason, and lies between the ends of its range.",
            "Correct mart_headline: the range is that of another figure, or of another day.",
            """select kpi_key, value, value_low, value_high, range_reason, null_reason from marts.mart_headline
                where (value is null) = (null_reason is null) or value not between value_low and value_high
                    or range_reason = 'late_counted' and kpi_key <> 'logo_churn_12m'
                    or (value_low is null) <> (range_reason is null or range_reason = 'late_counted')
                    or (value_high is null) <> (range_reason is null or range_reason = 'late_counted')""",
        ),
        no_rows(
            "a_headline_gap_is_what_the_plan_lacks",
            "The gap of a headline figure is its value less what is due.",
            "Compare mart_target_curve and mart_nrr_landing with mart_headline: the plan follows another figure.",
            f"""select kpi_key, value, due_value, gap_value from marts.mart_headline
                where abs(value - due_value - gap_value) > {ROUNDING}""",
        ),
    ]
