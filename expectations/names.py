"""Which tables have checks, as plain data: Dagster's definitions read this without importing Great Expectations.

TABLES: layer -> table -> names of its checks. Each sums up the table's rules of that severity; tables that we build
have few rules that only warn, and a check without rules is none.
"""

from pathlib import Path

LAYERS = ("raw", "staging", "intermediate", "marts")
CHECK_NAMES = ("blocking", "warning")
UNDELIVERED = "undelivered"  # status of the rules of an optional source that never came: not asked, so not passed

# A new source brings its checks along: its declaration is all that the raw and staging rules need.
SOURCES_FOLDER = Path(__file__).parents[1] / "orchestration" / "sources"
SOURCES = tuple(sorted(path.stem for path in SOURCES_FOLDER.glob("*.yml")))

_tables = {
    "raw": SOURCES,
    "staging": tuple(f"stg_{source}" for source in SOURCES),
    "intermediate": (
        "int_currency",
        "int_account_hierarchy",
        "int_as_of_spine",
        "int_account_mrr",
        "int_user_days",
        "int_account_metrics",
    ),
    "marts": (
        "fct_contract_line",
        "fct_mrr_movement",
        "fct_parent_mrr_movement",
        "fct_product_mrr_movement",
        "mart_mrr_waterfall",
        "mart_product_waterfall",
        "mart_short_lived",
        "mart_policy_sensitivity",
        "mart_restatement",
        "mart_retention",
        "mart_nrr_reconciliation",
        "mart_target_progress",
        "mart_cohort_churn",
        "mart_cohort_curve",
        "mart_survival",
        "mart_renewals",
        "mart_renewal_calendar",
        "mart_churn_rate",
        "mart_ltv_account",
        "mart_ltv_segment",
        "mart_ltv_simulation",
        "fct_health_component",
        "fct_health_score",
        "fct_level_condition",
        "fct_success_level",
        "fct_approach_score",
        "fct_phase_change",
        "mart_treatment",
        "mart_score_version_change",
        "mart_phase_capacity",
        "mart_level_transition",
        "mart_level_validity",
        "mart_threshold_advisor",
        "mart_weight_advisor",
        "mart_level_nrr",
        "mart_expected_nrr",
        "mart_expected_nrr_monthly",
        "mart_forecast_backtest",
        "mart_forecast_accuracy",
        "dim_book_scope",
        "fct_expected_nrr",
        "fct_level_rate",
        "mart_expected_nrr_bridge",
        "mart_expected_nrr_change",
        "mart_what_if",
        "mart_level_lever",
        "mart_nrr_landing",
        "mart_target_curve",
        "mart_nps",
        "mart_goal_attainment",
        "mart_goal_summary",
        "mart_outcome_mismatch",
        "mart_advocates",
        "mart_low_score_followup",
        "mart_nps_behaviour",
        "mart_account_360",
        "mart_action_queue",
        "dim_account",
        "dim_product",
        "dim_month",
        "mart_onboarding",
        "mart_onboarding_completion",
        "mart_handovers",
        "fct_usage",
        "mart_account_kpi",
        "fct_kpi",
        "mart_headline",
        "mart_funnel",
        "mart_data_readiness",
        "mart_kpi_baseline",
        "mart_kpi_effect",
        "mart_kpi_priority",
        "mart_score_validity",
        "mart_score_calibration",
        "mart_component_validity",
        "mart_score_version_compare",
        "mart_touch_effect",
    ),
}

_of_marts = {"fct_contract_line", "fct_usage", "mart_advocates", "mart_goal_attainment"}
_warned = {*_tables["raw"], *_tables["staging"], *_of_marts}

TABLES = {
    layer: {table: CHECK_NAMES if table in _warned else CHECK_NAMES[:1] for table in tables}
    for layer, tables in _tables.items()
}
