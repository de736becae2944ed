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
        "fct_approach_score": approach_rules(),
        "fct_phase_change": phase_rules(),
        "mart_treatment": treatment_rules(),
        "mart_score_version_change": version_rules(),
        "mart_phase_capacity": capacity_rules(),
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
            """select as_of_date, account_id, product_id, component_key, metric_value, weight
                from marts.fct_health_component
                where part = 'component'
                    and (weight <= 0 or weight is null or (metric_value is null) = (null_reason is null)
                        or (metric_value is null) <> (score is null))""",
        ),
        no_rows(
            "a_value_is_from_its_own_day_or_earlier",
            "A component's value is from its as-of date, or from an earlier one inside its time to live.",
            "Correct int_health_components: a score must not know what was still to come.",
            """select as_of_date, account_id, product_id, component_key, measured_date from marts.fct_health_component
                where measured_date > as_of_date or (measured_date is null) <> (metric_value is null)""",
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
            """select as_of_date, account_id, product_id, score, band, coverage from marts.fct_health_score
                where (score is null) <> (band = 'no_data') or (score is null) <> (null_reason is not null)""",
        ),
        no_rows(
            "lost_points_add_up",
            "The lost points of a score's parts add up to 100 minus the score.",
            "Correct fct_health_component: the explanation of a score would not explain it.",
            f"""select scores.as_of_date, scores.account_id, scores.product_id, scores.score, parts.lost_points
                from marts.fct_health_score as scores
                left join (
                    select as_of_date, account_id, product_id, sum(lost_points) as lost_points
                    from marts.fct_health_component where score_kind = 'health' group by all
                ) as parts using (as_of_date, account_id, product_id)
                where scores.score is not null and scores.product_id <> 'all'
                    and coalesce(abs(100 - scores.score - parts.lost_points), 100) > {ROUNDING}""",
        ),
        no_rows(
            "coverage_is_the_known_weight",
            "Coverage is the known share of all weight, between 0 and 1.",
            "Correct fct_health_score: coverage decides whether a score may be shown.",
            f"""select scores.as_of_date, scores.account_id, scores.product_id, scores.coverage, parts.known_share
                from marts.fct_health_score as scores
                left join (
                    select as_of_date, account_id, product_id,
                        coalesce(sum(weight) filter (where score is not null), 0) / sum(weight) as known_share
                    from marts.fct_health_component where score_kind = 'health' and part = 'component' group by all
                ) as parts using (as_of_date, account_id, product_id)
                where scores.coverage is null or scores.coverage < 0 or scores.coverage > 1
                    or (scores.product_id <> 'all'
                        and coalesce(abs(scores.coverage - parts.known_share), 1) > {ROUNDING})""",
        ),
        no_rows(
            "a_customer_is_the_mean_of_its_products",
            "The score of a customer lies between the lowest and the highest of its products.",
            "Correct int_unit_scores: the roll-up is weighted by MRR.",
            f"""select scores.as_of_date, scores.account_id, scores.score, products.lowest, products.highest
                from marts.fct_health_score as scores
                left join (
                    select as_of_date, account_id, min(score) as lowest, max(score) as highest
                    from marts.fct_health_score where product_id <> 'all' group by all
                ) as products using (as_of_date, account_id)
                where scores.product_id = 'all'
                    and (scores.score < products.lowest - {ROUNDING} or scores.score > products.highest + {ROUNDING}
                        or scores.lowest_score <> products.lowest)""",
        ),
        every_unit_has_a_row("fct_health_score", "a phase and a profile (seeds phases, health_profiles)"),
    ]


def approach_rules() -> list:
    return [
        no_rows(
            "an_approach_score_is_0_to_100_or_says_why_not",
            "Every approach score is between 0 and 100 and has a band, or it is unknown and says why.",
            "Check the points and bands of the score `approach` (seeds health_scoring_points, health_bands).",
            """select as_of_date, account_id, product_id, score, band from marts.fct_approach_score
                where score < 0 or score > 100 or (score is null) <> (band = 'no_data')
                    or (score is null) <> (null_reason is not null)""",
        ),
        every_unit_has_a_row("fct_approach_score", "a phase and a profile (seeds phases, health_profiles)"),
    ]


def phase_rules() -> list:
    return [
        no_rows(
            "a_change_is_between_two_phases",
            "A change leads from one phase to another, and the earlier one was seen before it.",
            "Correct fct_phase_change.",
            """select as_of_date, account_id, product_id, from_phase, to_phase from marts.fct_phase_change
                where from_phase = to_phase or last_seen_date >= as_of_date or days_in_from_phase <= 0""",
        ),
    ]


def version_rules() -> list:
    return [
        no_rows(
            "two_versions_see_it_differently",
            "Each row is of two versions with different bands, and at most one of them is in force.",
            "Correct mart_score_version_change.",
            """select version_a, version_b, account_id, product_id from marts.mart_score_version_change
                where version_a >= version_b or band_a = band_b or (is_a_in_force and is_b_in_force)""",
        ),
    ]


def treatment_rules() -> list:
    return [
        no_rows(
            "what_has_no_answer_says_why",
            "Every customer and product has a treatment, a place in the matrix and a segment, or says why not.",
            "Add the level to level_treatments.csv, the cell to assignments.csv, or a rule to care_segments.csv.",
            """select account_id, product_id, treatment, assigned_to, care_segment from marts.mart_treatment
                where (treatment is null or assigned_to is null or care_segment is null)
                    <> (null_reason is not null)""",
        ),
        no_rows(
            "everything_held_is_treated",
            "Every product a customer holds on the newest as-of date has a row.",
            "Correct mart_treatment.",
            """select held.account_id, held.product_id from intermediate.int_account_units as held
                inner join intermediate.int_as_of_spine as spine
                    on held.as_of_date = spine.as_of_date and spine.is_latest
                left join marts.mart_treatment as treated using (account_id, product_id)
                where held.product_id <> 'all' and treated.account_id is null""",
        ),
    ]


def capacity_rules() -> list:
    return [
        no_rows(
            "owners_add_up_to_the_company",
            "In every phase the owners' customers × products and MRR add up to the company's.",
            "Correct mart_phase_capacity.",
            """select phase, sum(units) as units, sum(mrr) as mrr
                from (select phase, sign * units as units, sign * mrr as mrr
                    from (select *, if(owner_id = 'all', -1, 1) as sign from marts.mart_phase_capacity))
                group by phase having sum(units) <> 0 or sum(mrr) <> 0""",
        ),
    ]


def every_unit_has_a_row(table: str, needs: str):
    return no_rows(
        "every_customer_and_product_has_a_row",
        f"Every customer and product of every as-of date has a row in {table}, and the customer as a whole has one.",
        f"Each needs {needs}; rebuild the dates in the examples with `csw backfill` if the seeds are right.",
        f"""select units.as_of_date, units.account_id, units.product_id from intermediate.int_account_units as units
            left join marts.{table} as shown using (as_of_date, account_id, product_id)
            where shown.account_id is null""",
    )


def condition_rules() -> list:
    return [
        no_rows(
            "unknown_conditions_are_unknown",
            "A condition is met or not where its metric has a value, and unknown with a reason where it has none.",
            "Correct int_level_conditions: unknown must count neither as met nor as missed.",
            """select as_of_date, account_id, product_id, condition_key, metric_value, is_met
                from marts.fct_level_condition
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
            """select as_of_date, account_id, product_id, level_low, success_level, level_high
                from marts.fct_success_level
                where level_low > level_high or level_low < 0 or (level_low is null) <> (level_high is null)
                    or measured_level is distinct from case when level_low = level_high then level_low end
                    or success_level < measured_level or (success_level is null) <> (measured_level is null)
                    or (success_level is null) <> (null_reason is not null)""",
        ),
        no_rows(
            "lower_conditions_are_met",
            "An account on a level meets every condition of that level and of all levels below.",
            "Correct int_account_levels: levels are nested, none can be skipped.",
            """select levels.as_of_date, levels.account_id, levels.product_id, levels.level_low,
                    conditions.success_level, conditions.condition_key
                from marts.fct_success_level as levels
                inner join marts.fct_level_condition as conditions
                    on levels.as_of_date = conditions.as_of_date and levels.account_id = conditions.account_id
                    and levels.product_id = conditions.product_id and conditions.success_level <= levels.level_low
                where not conditions.is_skipped and not coalesce(conditions.is_met, false)""",
        ),
        no_rows(
            "a_level_stands_since_a_day_not_after_its_own",
            "A level stands since its as-of date or an earlier day, and the days in it are counted from there.",
            "Correct int_account_levels.",
            """select as_of_date, account_id, product_id, level_since_date, days_in_level from marts.fct_success_level
                where level_since_date > as_of_date or days_in_level <> as_of_date - level_since_date""",
        ),
        every_unit_has_a_row("fct_success_level", "conditions for its profile (seed success_level_conditions)"),
    ]
