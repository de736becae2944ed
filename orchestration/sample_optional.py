"""The made-up company's optional sources as files: which source is delivered when, in which format.

What belongs here: the order of drawing and writing. Every concern has a generator of its own, so that none of them
moves what another draws, and nothing here moves the four sources that every sample has.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration import sample_dirt as dirt
from orchestration import sample_files as files
from orchestration import sample_rates as rates
from orchestration.sample_activity import Activity
from orchestration.sample_calendar import last_days
from orchestration.sample_goals import Goals, reviews
from orchestration.sample_setup import Setup
from orchestration.sample_success import invitations, overrides, touches
from orchestration.sample_usage import Usage, content_table
from orchestration.sample_users import Users

OPTIONAL_SOURCES = (
    "users", "usage_events", "content_catalog", "announcement_deliveries", "onboarding_tasks", "handovers",
    "survey_invitations", "touches", "goals", "goal_actuals", "reviews",
    "health_overrides",
)
# Beside the seed, one generator each.
USERS, USAGE, SETUP, INVITATIONS, TOUCHES, GOALS, REVIEWS, OVERRIDES = range(4, 12)


class OptionalSources:
    """Writes the optional sources of one sample into `landing`; `written` are the paths so far."""

    def __init__(self, landing: Path, activity: Activity, seed: int, noted: dirt.Dirt):
        self.landing, self.activity, self.world, self.noted, self.seed = landing, activity, activity.world, noted, seed
        self.written: list[Path] = []
        self.users = Users(activity, self._generator(USERS))
        self.usage = Usage(self.users, self._generator(USAGE))
        self.is_large = self.world.accounts > rates.PARQUET_LOGINS_ABOVE_ACCOUNTS

    def write_month(self, month: int, logins: dict[str, np.ndarray]) -> None:
        """Usage of the month's logins, and its announcements; named by its last day, as the logins are."""
        last = str(last_days(self.world, np.array(month)))
        self._write("usage_events", f"usage_events_{last}", self.usage.events(month, logins), ".csv.gz")
        self._write("announcement_deliveries", f"deliveries_{last}", self.users.announcements(month), ".csv.gz")

    def write_rest(self, answers: dict[str, np.ndarray], owners: np.ndarray) -> None:
        """Everything that is delivered once. answers: see Activity.surveys; owners: the owner of each account."""
        activity, end = self.activity, str(self.world.end_date)
        users = self.noted.spoil_table("users", self.users.table(), None, dirt.USER_ADDITIONS)
        self._write("users", f"users_{end}", users)
        self._write("content_catalog", f"contents_{end}", content_table(self.world.end_date))
        setup = Setup(activity, self._generator(SETUP))
        self._write_tasks(f"tasks_{end}.csv", setup.tasks())
        self._write("handovers", f"handovers_{end}", setup.handovers(), ".jsonl")
        for wave in invitations(activity, answers, self._generator(INVITATIONS)):
            sent = wave["sent_at"][0].as_py()[:10] if len(wave) else end
            self._write("survey_invitations", f"invitations_{sent}", wave)
        done = touches(activity, answers, owners, self._generator(TOUCHES))
        done = self.noted.spoil_table("touches", done, "touch_id", dirt.TOUCH_ADDITIONS)
        self._write("touches", f"touches_{end}", done)
        goals = Goals(activity, self._generator(GOALS))
        self._write("goals", f"goals_{end}", goals.table())
        self._write("goal_actuals", f"goal_actuals_{end}", goals.actuals())
        self._write("reviews", f"reviews_{end}", reviews(activity, self._generator(REVIEWS)))
        set_by_hand = overrides(activity, owners, self._generator(OVERRIDES))
        self._write("health_overrides", f"health_overrides_{end}", set_by_hand)

    def _generator(self, concern):
        return np.random.default_rng([self.seed, concern])

    def _write(self, source: str, name: str, table: pa.Table, suffix: str = ".csv") -> None:
        """One file, none where there is nothing to say; a large sample gets Parquet."""
        if len(table):
            suffix = ".parquet" if self.is_large and suffix != ".jsonl" else suffix
            self.written.append(files.write_table(self.landing / source / f"{name}{suffix}", table))

    def _write_tasks(self, name, table):
        if len(table):
            path = self.landing / "onboarding_tasks" / name
            self.written.append(files.write_table(path, table, "cp932", files.TASK_HEADERS))
