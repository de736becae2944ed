"""Rules about health scores and success levels."""

import great_expectations.expectations as gxe

from expectations.rules import built_in, no_rows

# Nine decimals per component: sums of a few of them agree to one in a million.
ROUNDING = 0.000001


def score_suites() -> dict[str, list]:
    return {
        "fct_health_component": component_rules(),
        "fct_health_score": score_rules(),
        "fct_level_condition": condition_rules(),
        "fct_success_level": level_rules(),
    }


def component_rules() -> list:
    return [
        built_in(
            gxe.ExpectColumnValuesToBeBetween,
            "component_score_is_0_to_100",
            "Every component's score is between 0 and 100.",
            "Check the points of this component in the seed health_scoring_points.",
            why="2026-11-22: the scale of every score here; 100 is healthy.",
            column="score",
            min_value=0,
            max_value=100,
        ),
        no_rows(
            "unknown_components_say_why",
            "Every component has a positive weight, and either a value or the reason why there is none.",
            "Correct the weight in the seed health_profiles, or fct_health_component where the reason is missing.",
            """select as_of_date, account_id, component_key, metric_value, weight from marts.fct_health_component
                where weight <= 0 or weight is null or (metric_value is null) = (null_reason is null)
                    or (metric_value is null) <> (score is null)""",
        ),
    ]


def score_rules() -> list:
    return [
        built_in(
            gxe.ExpectColumnValuesToBeBetween,
            "score_is_0_to_100",
            "Every health score is between 0 and 100.",
            "Follow one of these accounts in fct_health_component.",
            why="2026-11-22: the scale of every score here; 100 is healthy.",
            column="score",
            min_value=0,
            max_value=100,
        ),
        no_rows(
            "no_score_no_colour",
            "An account without a score has the band no_data and a reason; one with a score has a colour.",
            "Check health_bands and min_coverage: missing data must not look red, yellow or green.",
            """select as_of_date, account_id, score, band, coverage from marts.fct_health_score
                where (score is null) <> (band = 'no_data') or (score is null) <> (null_reason is not null)""",
        ),
        no_rows(
            "lost_points_add_up",
            "The lost points of an account's components add up to 100 minus its score.",
            "Correct fct_health_component: the explanation of a score would not explain it.",
            f"""select scores.as_of_date, scores.account_id, scores.score, parts.lost_points
                from marts.fct_health_score as scores
                left join (
                    select as_of_date, account_id, sum(lost_points) as lost_points
                    from marts.fct_health_component group by as_of_date, account_id
                ) as parts on scores.as_of_date = parts.as_of_date and scores.account_id = parts.account_id
                where scores.score is not null
                    and coalesce(abs(100 - scores.score - parts.lost_points), 100) > {ROUNDING}""",
        ),
        no_rows(
            "coverage_is_the_known_weight",
            "Coverage is the known share of all weight, between 0 and 1.",
            "Correct fct_health_score: coverage decides whether a score may be shown.",
            f"""select scores.as_of_date, scores.account_id, scores.coverage, parts.known_share
                from marts.fct_health_score as scores
                left join (
                    select as_of_date, account_id,
                        coalesce(sum(weight) filter (where score is not null), 0) / sum(weight) as known_share
                    from marts.fct_health_component group by as_of_date, account_id
                ) as parts on scores.as_of_date = parts.as_of_date and scores.account_id = parts.account_id
                where scores.coverage is null or scores.coverage < 0 or scores.coverage > 1
                    or coalesce(abs(scores.coverage - parts.known_share), 1) > {ROUNDING}""",
        ),
        every_customer_has_a_row("fct_health_score", "a phase and a profile (seeds phases, health_profiles)"),
    ]


def every_customer_has_a_row(table: str, needs: str):
    return no_rows(
        "every_customer_has_a_row",
        f"Every customer of every as-of date has a row in {table}.",
        f"Each account needs {needs}; rebuild the dates in the examples with `csw backfill` if the seeds are right.",
        f"""select customers.as_of_date, customers.account_id from intermediate.int_account_as_of as customers
            left join marts.{table} as shown
                on customers.as_of_date = shown.as_of_date and customers.account_id = shown.account_id
            where shown.account_id is null""",
    )


def condition_rules() -> list:
    return [
        no_rows(
            "unknown_conditions_are_unknown",
            "A condition is met or not where its metric has a value, and unknown with a reason where it has none.",
            "Correct int_level_conditions: unknown must count neither as met nor as missed.",
            """select as_of_date, account_id, condition_key, metric_value, is_met from marts.fct_level_condition
                where (is_met is null) <> (metric_value is null) or (is_met is null and null_reason is null)
                    or (is_met and distance <> 0) or distance < 0""",
        ),
    ]


def level_rules() -> list:
    return [
        no_rows(
            "level_lies_within_its_bounds",
            "level_low is at most level_high; the level is known exactly where they are equal, else the row says why.",
            "Correct int_account_levels.",
            """select as_of_date, account_id, level_low, success_level, level_high from marts.fct_success_level
                where level_low > level_high or level_low < 0 or (level_low is null) <> (level_high is null)
                    or success_level is distinct from case when level_low = level_high then level_low end
                    or (success_level is null) <> (null_reason is not null)""",
        ),
        no_rows(
            "lower_conditions_are_met",
            "An account on a level meets every condition of that level and of all levels below.",
            "Correct int_account_levels: levels are nested, none can be skipped.",
            """select levels.as_of_date, levels.account_id, levels.level_low, conditions.success_level,
                    conditions.condition_key
                from marts.fct_success_level as levels
                inner join marts.fct_level_condition as conditions
                    on levels.as_of_date = conditions.as_of_date and levels.account_id = conditions.account_id
                    and conditions.success_level <= levels.level_low
                where not conditions.is_skipped and not coalesce(conditions.is_met, false)""",
        ),
        every_customer_has_a_row("fct_success_level", "conditions for its profile (seed success_level_conditions)"),
    ]
