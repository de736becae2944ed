"""Gate two, marts: what readers rely on. The rules stand by theme in the modules beside this one.
Keys, empty columns and accepted values are dbt's data tests beside the models: no rule is written twice."""

from expectations.marts_actions import action_suites
from expectations.marts_bridge import bridge_suites
from expectations.marts_churn import churn_suites
from expectations.marts_customers import customer_suites
from expectations.marts_expected import expected_suites
from expectations.marts_headline import headline_suites
from expectations.marts_kpis import kpi_suites
from expectations.marts_landing import landing_suites
from expectations.marts_levels import level_suites
from expectations.marts_ltv import ltv_suites
from expectations.marts_movements import movement_suites
from expectations.marts_nrr import nrr_suites
from expectations.marts_onboarding import onboarding_suites
from expectations.marts_outcome import outcome_suites
from expectations.marts_renewals import renewal_suites
from expectations.marts_restatement import restatement_suites
from expectations.marts_retention import retention_suites
from expectations.marts_revenue import revenue_suites
from expectations.marts_satisfaction import satisfaction_suites
from expectations.marts_scores import score_suites
from expectations.marts_touches import touch_suites
from expectations.marts_validity import validity_suites


def suites(warehouse) -> dict[str, list]:
    """table -> rules."""
    as_of = warehouse.as_of
    return {
        **movement_suites(as_of),
        **revenue_suites(as_of),
        **restatement_suites(),
        **retention_suites(as_of),
        **renewal_suites(as_of),
        **churn_suites(as_of),
        **ltv_suites(),
        **nrr_suites(),
        **score_suites(),
        **level_suites(),
        **expected_suites(as_of),
        **bridge_suites(),
        **landing_suites(),
        **satisfaction_suites(as_of),
        **customer_suites(as_of),
        **action_suites(),
        **outcome_suites(),
        **onboarding_suites(as_of),
        **kpi_suites(as_of),
        **headline_suites(as_of),
        **validity_suites(),
        **touch_suites(),
    }
