"""How the made-up company's customers are set up: steps of onboarding for the tool, hand-overs and delivery projects.

What belongs here: what happens once per chain around its first start. Days after the end date, or after the contract
ended, are left empty: as of the end date they have not happened. No file.
"""

import numpy as np
import pyarrow as pa

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, Activity
from orchestration.sample_calendar import FAR, covers, days_between, first_days, level_at, office_seconds
from orchestration.sample_contracts import INFRA, TOOL

TASKS = ("account_setup", "data_import", "admin_training", "first_report", "single_sign_on", "team_rollout")
OPTIONAL = np.array([False, False, False, False, True, True])


class Setup:
    """Draws the set-up of every chain that has one, by the level two months after its start."""

    def __init__(self, activity: Activity, rng: np.random.Generator):
        self.activity, self.world, self.rng = activity, activity.world, rng
        self.signed, self.start = first_days(self.world)
        settled = np.minimum(self.start, self.world.end_date) + 61
        self.level = level_at(self.world, self.world.chains.account, settled)

    def tasks(self) -> pa.Table:
        """One row per step of every `work-tool` that has started by the end date."""
        world, rng = self.world, self.rng
        chains = np.flatnonzero((world.chains.product == TOOL) & (self.start <= world.end_date))
        chain, task = np.repeat(chains, len(TASKS)), np.tile(np.arange(len(TASKS)), len(chains))
        planned = self.start[chain] + np.take(rates.TASK_PLANNED_DAYS, task)
        started, completed = self._task_days(chains, chain, task)
        self_sufficiency = np.repeat(rng.uniform(*rates.SELF_SUFFICIENCY, len(chains)), len(TASKS))
        by = np.where(rng.random(len(chain)) < self_sufficiency, "customer", "cs")
        return pa.table({
            "account_id": self.activity.account_ids[world.chains.account[chain]],
            "product_id": PRODUCT_IDS[world.chains.product[chain]],
            "task_key": np.array(TASKS)[task],
            "planned_date": planned,
            "started_date": self._happened(chain, started),
            "completed_date": (done := self._happened(chain, completed)),
            "is_mandatory": ~OPTIONAL[task],
            "done_by": pa.array(by, mask=np.asarray(done.is_null())),
        })

    def handovers(self) -> pa.Table:
        """One row per chain signed by the end date; kick-off and delivery are dates of `core-infra` only."""
        world, rng = self.world, self.rng
        chain = np.flatnonzero(self.signed <= world.end_date)
        rows, project = len(chain), world.chains.product[chain] == INFRA
        handed = self.signed[chain] + days_between(rng, rates.HANDOVER_AFTER_DAYS, rows)
        assigned = handed + days_between(rng, rates.CSM_ASSIGNED_AFTER_DAYS, rows)
        kickoff, held = self._project_days(chain, self.start[chain], rates.KICKOFF_PLANNED_DAYS)
        delivery, delivered = self._project_days(chain, np.maximum(kickoff, held), rates.DELIVERY_PLANNED_DAYS)
        return pa.table({
            "account_id": self.activity.account_ids[world.chains.account[chain]],
            "product_id": PRODUCT_IDS[world.chains.product[chain]],
            "handed_over_at": self._time(handed),
            "is_goal_filled": rng.random(rows) < rates.GOAL_FILLED_SHARE,
            "is_info_complete": rng.random(rows) < rates.INFO_COMPLETE_SHARE,
            "csm_assigned_at": self._time(assigned),
            "kickoff_planned_date": pa.array(kickoff, mask=~project),
            "kickoff_date": self._happened(chain, np.where(project, held, FAR)),
            "delivery_planned_date": pa.array(delivery, mask=~project),
            "delivery_date": self._happened(chain, np.where(project, delivered, FAR)),
        })

    def _task_days(self, chains, chain, task):
        """When each step is begun and done: faster at a high level, some never done, some of those begun."""
        rng, rows, level = self.rng, len(chain), self.level[chain]
        own = np.exp(rates.TASK_PACE_SIGMA * rng.standard_normal(len(chains)))
        days = np.take(rates.TASK_PLANNED_DAYS, task) * np.take(rates.TASK_PACE, level) * np.repeat(own, len(TASKS))
        completed = self.start[chain] + np.rint(days * rng.uniform(0.8, 1.25, rows)).astype(int)
        started = np.maximum(self.start[chain], completed - days_between(rng, rates.TASK_WORK_DAYS, rows))
        never = rng.random(rows) < np.take(rates.TASK_NEVER_DONE_SHARE, level)
        never |= OPTIONAL[task] & (rng.random(rows) < rates.TASK_OPTIONAL_SKIPPED_SHARE)
        not_begun = never & (rng.random(rows) < 0.5)
        return np.where(not_begun, FAR, started), np.where(never, FAR, completed)

    def _project_days(self, chain, after, limits):
        """Planned and actual day of a step of a delivery project; the lower the level, the likelier it is late."""
        rng, rows = self.rng, len(chain)
        planned = after + days_between(rng, limits, rows)
        late = rng.random(rows) < np.take(rates.PROJECT_LATE_SHARE, self.level[chain])
        return planned, planned + np.where(late, days_between(rng, rates.PROJECT_LATE_DAYS, rows), 0)

    def _happened(self, chain, day):
        return pa.array(day, mask=~covers(self.world, chain, day))

    def _time(self, day):
        """A time in the office on that day; empty after the end date."""
        at = day.astype("M8[s]") + office_seconds(self.rng, len(day))
        return pa.array(at, mask=day > self.world.end_date)
