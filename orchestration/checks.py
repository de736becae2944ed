"""The two gates: runs the expectations of layers in one short process and shows them as Dagster asset checks, one
check per table and severity. The rules themselves stand in expectations/, dbt's tests beside the models."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from expectations.names import TABLES, UNDELIVERED
from orchestration import child, lock, quality
from orchestration.day import Day
from orchestration.failures import describe_checks, is_blocking_failure
from orchestration.settings import ROOT, Refused

GATES = {"gate_one": ("raw",), "gate_two": ("staging", "intermediate", "marts")}
STEP_NAMES = {"gate_one": "checks of raw", "gate_two": "checks of staging to marts"}


def build_gate(name: str) -> dg.AssetChecksDefinition:
    layers = GATES[name]
    specs = [
        dg.AssetCheckSpec(name=severity, asset=[layer, table], blocking=severity == "blocking")
        for layer in layers
        for table, severities in TABLES[layer].items()
        for severity in severities
    ]

    @dg.multi_asset_check(specs=specs, name=name, required_resource_keys={"day"})
    def gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        day: Day = context.resources.day
        with day.step(STEP_NAMES[name]):
            results = run_expectations(day, layers)
            with lock.warehouse(day.data_dir) as connection:
                quality.record_checks(connection, day.run_id, "expectation", results)
            if failed := [result for result in results if is_blocking_failure(result)]:
                day.fail(STEP_NAMES[name], describe_checks(failed))
        for spec in specs:
            yield check_result(spec, results)

    return gate


def run_expectations(day: Day, layers: Sequence[str]) -> list[dict[str, Any]]:
    """The results of all rules of the layers. Raises Refused when the program itself breaks."""
    place = day.data_dir
    arguments = ["--database", str(place.warehouse), "--as-of", day.as_of.isoformat(), "--docs", str(place.docs)]
    done = subprocess.run(
        child.command(sys.executable, "-m", "expectations", *layers, *arguments),
        cwd=ROOT,
        env=day.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return json.loads(done.stdout)["results"]
    except (ValueError, KeyError):
        words = done.stderr.strip()[-2000:]
        raise Refused(f"The expectations of {', '.join(layers)} could not run:\n{words}") from None


def check_result(spec: dg.AssetCheckSpec, results: Sequence[Mapping[str, Any]]) -> dg.AssetCheckResult:
    """One severity of one table: passed when every rule of it passed; the single rules stand in the metadata."""
    layer, table = spec.asset_key.path
    rules = [r for r in results if (r["layer"], r["table_name"], r["severity"]) == (layer, table, spec.name)]
    wrong = [rule for rule in rules if rule["status"] not in ("passed", UNDELIVERED)]
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR if spec.name == "blocking" else dg.AssetCheckSeverity.WARN,
        description=describe_checks(wrong) if wrong else held(rules),
        metadata={rule["check_name"]: dg.MetadataValue.json(shown(rule)) for rule in rules},
    )


def held(rules: Sequence[Mapping[str, Any]]) -> str:
    """How a check reads that passed; a source that nobody delivers stops nothing, and says that no rule was asked."""
    is_idle = rules and all(rule["status"] == UNDELIVERED for rule in rules)
    if is_idle:
        return f"nothing delivered, so its {len(rules)} rules have nothing to judge"
    return f"{len(rules)} rules hold"


def shown(rule: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("status", "observed", "failing_rows", "message", "examples")
    return {key: rule[key] for key in keys if rule.get(key) is not None}
