"""`make bench`: measures the job against the least it could cost and prints ratios. What they mean and what they were:
docs/benchmarks.md. Exit code 1 when a target is missed."""

import sys
import tempfile
from pathlib import Path

from benchmarks import daily_run, movements, resampling, scores, single_steps
from benchmarks.measure import Finding, say, show
from orchestration import manifest


def measure(workspace: Path) -> list[Finding]:
    say("CSV → raw")
    found = [single_steps.ingestion(workspace / "csv")]
    say("two warehouses with a short and a long history")
    short = daily_run.History.build(workspace / "short", daily_run.SHORT_HISTORY)
    long = daily_run.History.build(workspace / "long", daily_run.LONG_HISTORY)
    say("log-ins → user-days")
    found.append(single_steps.user_days(long.place))
    say("usage events → content-days")
    found.append(single_steps.content_days(short.place))
    say("contract lines → movements")
    found.append(movements.movements(long.place, workspace / "movements"))
    say("indicators → history of scores")
    found.append(scores.scores(long.place, workspace / "scores"))
    say("a book → its intervals")
    found.append(resampling.resampling())
    say("publish")
    found.append(single_steps.publishing(long.place))
    say("whole days")
    return found + daily_run.days(short, long)


if __name__ == "__main__":
    manifest.prepare()
    with tempfile.TemporaryDirectory(prefix="csw-bench-") as folder:
        findings = measure(Path(folder))
    show(findings, "Benchmarks: CPU time, medians of runs that took turns")
    sys.exit(0 if all(finding.is_met for finding in findings) else 1)
