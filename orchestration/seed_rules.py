"""What must hold in the seeds before anything is built. What dbt tests of seeds ask is not asked here again, nor the
other way."""

from orchestration.seed_shapes import apart, between, forward, known, once, one_of, same, without_gap

# Metrics that are measured for customers; the phases a product profile has: its own, else those of `default`; by which
# rows of a version it is scored in each: its own, else those of `default`; of them those of the phase, else of `all`.
VIEWS = """
create view metrics as select kpi_key as name from kpi_catalog where grain in ('account', 'product');
create view profiles as select product_profile as name from profile_settings;
create view phases_of as
select profiles.name as product_profile, phases.phase
from profiles
inner join phases
    on phases.product_profile = case
        when profiles.name in (select product_profile from phases where product_profile is not null) then profiles.name
        else 'default'
    end
union
select 'default', phase from phases;
create view scored_groups as
select
    score_kind, profile_version, product_profile, phase, min(line) as line, sum(weight) as weight,
    count(weight) = count(*) as is_weighed, arg_min(valid_from, line) as valid_from,
    arg_min({'day': valid_to_exclusive}, line).day as valid_to_exclusive
from health_profiles
group by all;
create view scored_units as
select scored_groups.* exclude (product_profile, phase), units.product_profile, units.phase
from phases_of as units
inner join scored_groups
    on scored_groups.product_profile in (units.product_profile, 'default')
    and scored_groups.phase in (units.phase, 'all')
qualify row_number() over (
    partition by units.product_profile, units.phase, score_kind, profile_version
    order by scored_groups.product_profile = units.product_profile desc, scored_groups.phase = units.phase desc
) = 1
"""

MAY_BE_EMPTY = {  # of the seeds named here every other column is filled in; an empty limit is none
    "health_profiles": ["time_to_live_days", "valid_to_exclusive"],
    "health_scoring_points": [],
    "health_bands": [],
    "success_level_conditions": [],
    "score_caps": [],
    "phases": ["minimum", "below_maximum", "exit_metric_key", "exit_minimum"],
    "product_profiles": ["valid_to_exclusive"],
    "bands": ["minimum", "below_maximum"],
    "usage_statuses": ["utilisation_minimum", "utilisation_below_maximum"],
    "funnel_stages": [],
    "assumed_level_nrr": ["success_level"],
    "action_rules": ["looks_back_days", "maximum_level", "due_days"],
}

VERSION = ("score_kind", "profile_version", "product_profile", "phase")
RANGED = (
    ("bands", "minimum", "below_maximum", "band_set"),
    ("product_profiles", "valid_from", "valid_to_exclusive", "product_id"),
)
PROFILED = ("phases", "product_profiles", "usage_statuses", "funnel_stages", "kpi_priorities", "profile_kpis",
            "health_profiles", "success_level_conditions", "level_treatments")
MEASURED = (("phases", "metric_key"), ("phases", "exit_metric_key"), ("funnel_stages", "kpi_key"),
            ("health_profiles", "metric_key"), ("score_caps", "metric_key"), ("success_level_conditions", "metric_key"))
KINDS = ("health", "approach")
OPERATORS = (">=", ">", "<=", "<")
RULES = [
    *((seed, known(seed, "product_profile", "profiles", "the product profiles of profile_settings.csv"))
      for seed in PROFILED),
    *((seed, known(seed, column, "metrics", "the indicators of customers (kpi_catalog.csv, grain account or product)"))
      for seed, column in MEASURED),
    *((seed, apart(seed, start, end, key)) for seed, start, end, key in RANGED),
    *((seed, forward(seed, start, end)) for seed, start, end, _ in RANGED),
    ("phases", forward("phases", "minimum", "below_maximum")),
    ("phases", once("phases", "precedence", "product_profile")),
    ("phases", """select line, 'exit_minimum', 'goes with exit_metric_key; fill in both or none'
        from phases where (exit_metric_key is null) <> (exit_minimum is null)"""),
    ("phase_capacity", known("phase_capacity", "phase", "(select phase as name from phases)", "phases.csv")),
    ("funnel_stages", without_gap("funnel_stages", "position", "product_profile")),
    ("funnel_stages", once("funnel_stages", "position", "product_profile")),
    ("assumed_level_nrr", once("assumed_level_nrr", "success_level")),
    ("assumed_level_nrr", between("assumed_level_nrr", "assumed_nrr", 0, 3)),
    ("assumed_level_nrr", """select min(line), 'success_level', concat('has no row where it is empty; ',
            'add one, for customers whose level is unknown')
        from assumed_level_nrr having count(*) = count(success_level)"""),
    ("targets", """select line, 'period_end_month', concat('is empty, as only a rolling target of nrr may leave it; ',
            'name the last month') from targets where period_end_month is null and activity <> 'nrr'"""),

    # A reason to act has all that decides when it counts and by when it is due.
    ("action_rules", between("action_rules", "urgency", 1, 9)),
    ("action_rules", between("action_rules", "due_days", 0, 366)),
    ("action_rules", between("action_rules", "looks_back_days", 31, 366)),
    *(("action_rules", f"""select line, '{column}', 'is empty; {reason} needs it, fill it in'
        from action_rules where {column} is null and reason_key {which}""") for column, reason, which in (
        ("due_days", "every reason but low_nps", "<> 'low_nps'"),
        ("looks_back_days", "a fall", "in ('level_fall', 'score_fall')"),
        ("maximum_level", "a renewal", "= 'renewal_low_level'"),
    )),

    # A version of a score is whole: one set of weights, in force for the same days, the only one on any of them.
    ("health_profiles", one_of("health_profiles", "score_kind", *KINDS)),
    ("health_profiles", once("health_profiles", "component_key", *VERSION)),
    ("health_profiles", same("health_profiles", "valid_from", *VERSION[:2])),
    ("health_profiles", same("health_profiles", "valid_to_exclusive", *VERSION[:2])),
    ("health_profiles", forward("health_profiles", "valid_from", "valid_to_exclusive", may_be_empty=True)),
    ("health_profiles", between("health_profiles", "weight", 0.001, 100)),
    ("health_profiles", between("health_profiles", "time_to_live_days", 1, 3660)),
    ("health_profiles", """select line, 'weight', concat('the weights of ', concat_ws(', ', score_kind, profile_version,
            product_profile, phase), ' add up to ', format('{:.9g}', weight), '; change them until they are 100')
        from scored_groups where is_weighed and abs(weight - 100) > 1e-6"""),
    ("health_profiles", apart(
        "scored_units", "valid_from", "valid_to_exclusive", "score_kind", "product_profile", "phase",
        words="concat('version ', later.profile_version, ' for ', later.product_profile, ', ', later.phase, ',')",
    )),
    ("health_profiles", """select line, 'phase', 'is not a phase of this product profile (phases.csv; a profile without
 rows there has those of default), nor all; correct it, or add it there'
        from health_profiles where phase <> 'all' and product_profile in (select name from profiles)
            and (product_profile, phase) not in (select (product_profile, phase) from phases_of)"""),
    ("health_profiles", """select min(line), 'component_key', 'has no points in health_scoring_points.csv; add some'
        from health_profiles where component_key not in (
            select component_key from health_scoring_points where component_key is not null) group by component_key"""),
    ("health_scoring_points", """select min(line), 'component_key', 'is a component of no row in health_profiles.csv;
 delete its points, or correct the name'
        from health_scoring_points where component_key not in (
            select component_key from health_profiles where component_key is not null) group by component_key"""),
    ("health_scoring_points", one_of("health_scoring_points", "rule", "linear", "tier")),
    ("health_scoring_points", same("health_scoring_points", "rule", "component_key")),
    ("health_scoring_points", once("health_scoring_points", "metric_value", "component_key")),
    ("health_scoring_points", between("health_scoring_points", "score", 0, 100)),
    ("score_caps", """select line, 'profile_version', 'is no version of this score in health_profiles.csv; correct it'
        from score_caps where (score_kind, profile_version) not in (
            select (score_kind, profile_version) from health_profiles)"""),
    ("score_caps", known("score_caps", "product_profile", "(select name from profiles union select 'all')",
                         "the product profiles of profile_settings.csv and all")),
    ("score_caps", known("score_caps", "phase", "(select phase as name from phases union select 'all')",
                         "the phases of phases.csv and all")),
    ("score_caps", once("score_caps", "cap_key", *VERSION)),
    ("score_caps", one_of("score_caps", "operator", *OPERATORS)),
    ("score_caps", between("score_caps", "maximum_score", 0, 100)),
    ("health_bands", one_of("health_bands", "score_kind", *KINDS)),
    ("health_bands", forward("health_bands", "minimum", "below_maximum")),
    ("health_bands", """select line, 'minimum', concat('must be ', format('{:.9g}', before), ', where the band before it
 ends, or the scale begins; a score between would have no band, or two')
        from (select line, minimum, coalesce(lag(below_maximum) over (
            partition by score_kind order by minimum), 0) as before from health_bands)
        where minimum <> before"""),
    ("health_bands", """select line, 'below_maximum', 'must be above 100, or 100 has no band; write 100.000001'
        from health_bands where true
        qualify below_maximum <= 100 and below_maximum = max(below_maximum) over (partition by score_kind)"""),

    # Levels are climbed one by one: none is missing, and none asks for less than the one below.
    ("success_level_conditions", one_of("success_level_conditions", "operator", *OPERATORS)),
    ("success_level_conditions", without_gap("success_level_conditions", "success_level", "product_profile")),
    ("success_level_conditions", once("success_level_conditions", "condition_key", "product_profile")),
    ("success_level_conditions", """select higher.line, 'threshold', concat('asks for less than line ', min(lower.line),
            ' of the level below (', metric_key, '); thresholds of a metric must not get easier as levels rise')
        from success_level_conditions as lower inner join success_level_conditions as higher
            using (product_profile, metric_key)
        where lower.success_level < higher.success_level and lower.operator[1] = higher.operator[1]
            and case lower.operator[1]
                when '>' then higher.threshold < lower.threshold when '<' then higher.threshold > lower.threshold
            end
        group by higher.line, metric_key"""),
]
