"""A seed with a mistake fails before anything is built: file, line, column, value and what to do, every fault of every
seed; and what a spreadsheet leaves in a file is no mistake."""

import re
import shutil
import time
import types
from pathlib import Path

import dagster as dg
import pytest
from conftest import ROOT, csw, write_landing
from test_daily_run import plant

from orchestration import seeds
from orchestration.settings import Refused

# Small seeds, so that the company's own may change. Line 1 is the header.
SMALL = {
    "health_profiles": """\
score_kind,profile_version,product_profile,phase,component_key,metric_key,weight,time_to_live_days,valid_from,valid_to_exclusive
health,1,default,all,recency,days_since_last_login,60,,2000-01-01,
health,1,default,all,satisfaction,nps_score,40,90,2000-01-01,
health,1,default,onboarding,recency,days_since_last_login,100,,2000-01-01,
""",
    "health_scoring_points": """\
component_key,rule,metric_value,score
recency,linear,0,100
recency,linear,28,30
recency,linear,90,0
satisfaction,tier,0,20
satisfaction,tier,7,100
""",
    "score_caps": """\
score_kind,profile_version,product_profile,phase,cap_key,metric_key,operator,threshold,maximum_score,label_en,label_ja
health,1,all,all,silent,days_since_last_login,>=,60,40,Silent,利用なし
""",
    "health_bands": """\
score_kind,band,minimum,below_maximum,label_en,label_ja
health,red,0,50,Red,赤
health,yellow,50,75,Yellow,黄
health,green,75,100.000001,Green,緑
approach,wait,0,100.000001,Wait,待つ
""",
    "phases": """\
product_profile,phase,precedence,metric_key,minimum,below_maximum,exit_metric_key,exit_minimum,label_en,label_ja
default,onboarding,1,tenure_months,,3,onboarding_completed,1,Onboarding,導入期
default,adoption,2,tenure_months,,12,,,Adoption,定着期
default,expansion,3,tenure_months,12,,,,Expansion,拡大期
""",
    "phase_capacity": """\
phase,units_per_csm,reason
onboarding,15,weekly meetings
""",
    "success_level_conditions": """\
product_profile,success_level,condition_key,metric_key,operator,threshold,label_en,label_ja
default,1,logs_in,logins_per_week,>=,1,Logs in,利用
default,2,half,seat_utilisation,>=,0.5,Half,半分
default,2,recently,days_since_last_login,<=,28,Recently,最近
default,3,most,seat_utilisation,>,0.8,Most,大半
default,3,this_week,days_since_last_login,<=,7,This week,今週
""",
    "product_profiles": """\
product_id,product_profile,valid_from,valid_to_exclusive
core,infrastructure-like,2000-01-01,
tool,tool-like,2000-01-01,2024-04-01
tool,add-on,2024-04-01,
""",
    "bands": """\
band_set,band,minimum,below_maximum,label_en,label_ja
term,short,,6,Short,短期
term,long,6,,Long,長期
""",
    "funnel_stages": """\
product_profile,position,stage,kpi_key,operator,threshold,label_en,label_ja
default,1,set_up,onboarding_completed,>=,1,Set up,導入
default,2,using,seat_utilisation,>=,0.5,Using,利用
default,3,kept,mrr_change_12m,>=,1,Kept,継続
""",
    "action_rules": """\
reason_key,threshold,looks_back_days,maximum_level,due_days,urgency,label_en,label_ja,reason
renewal_low_level,90,,2,21,3,Renewal,更新,a quarter before
low_nps,0,,,,2,Low,低評価,due by the policy
level_fall,1,90,3,7,3,Fall,低下,a quarter
""",
}
VERSION_2 = "\nhealth,2,default,all,recency,days_since_last_login,100,,"

# Seed, the line that is changed, the text in it that becomes another (`$` is the end of the line), and what must be
# told: line, column, value, words.
MISTAKES = {
    "a rolling target of money": ("targets", 5, "2025-06-01,csm", ",csm", [
        (5, "period_end_month", "", "only a rolling target of nrr may leave it"),
    ]),
    "no assumption for an unknown level": ("assumed_level_nrr", 2, ",1.00", "9,1.00", [
        (2, "success_level", "9", "has no row where it is empty"),
    ]),
    "an assumption in per cent": ("assumed_level_nrr", 3, ",0.80", ",80", [(3, "assumed_nrr", "80", "outside 0 to 3")]),
    "a level without an assumption": ("assumed_level_nrr", 3, ",0.80", ",", [(3, "assumed_nrr", "", "empty")]),
    "weights that do not add up": ("health_profiles", 3, ",40,", ",50,", [
        (2, "weight", "60", "1, default, all add up to 110"),
    ]),
    "a weight of nothing": ("health_profiles", 4, ",100,", ",0,", [
        (4, "weight", "0", "outside 0.001 to 100"), (4, "weight", "0", "add up to 0"),
    ]),
    "a weight that is no number": ("health_profiles", 3, ",40,", ",forty,", [
        (3, "weight", "forty", "is not a number"),
    ]),
    "no weight": ("health_profiles", 3, ",40,", ",,", [(3, "weight", "", "is empty; fill it in")]),
    "a date that is none": ("health_profiles", 3, "2000-01-01", "2000-13-01", [
        (3, "valid_from", "2000-13-01", "write it like 2026-04-01"),
        (3, "valid_from", "2000-13-01", "is '2000-01-01' in line 2"),
    ]),
    "a value that lives for no day": ("health_profiles", 3, ",90,", ",0,", [
        (3, "time_to_live_days", "0", "outside 1 to"),
    ]),
    "an unknown kind of score": ("health_profiles", 4, "health", "wealth", [
        (4, "score_kind", "wealth", "must be health or approach"),
    ]),
    "an unknown metric": ("health_profiles", 3, "nps_score", "nps_scor", [
        (3, "metric_key", "nps_scor", "(the nearest is 'nps_score')"),
    ]),
    "a metric of the whole company": ("health_profiles", 3, "nps_score", "nrr_12m", [
        (3, "metric_key", "nrr_12m", "grain account or product"),
    ]),
    "an unknown phase": ("health_profiles", 4, "onboarding", "onbaording", [
        (4, "phase", "onbaording", "not a phase of this product profile"),
    ]),
    "a component without points": ("health_profiles", 4, "recency", "luck", [
        (4, "component_key", "luck", "no points in health_scoring_points.csv"),
    ]),
    "a component twice": ("health_profiles", 4, "$", VERSION_2.replace("health,2", "health,1") + "2000-01-01,", [
        (2, "weight", "60", "add up to 200"), (5, "component_key", "recency", "stands in line 2 already"),
    ]),
    "rows of a version that end on different days": ("health_profiles", 4, "$", "2027-01-01", [
        (4, "valid_to_exclusive", "2027-01-01", "in line 2"),
    ]),
    "a version that ends before it begins": ("health_profiles", 4, "$", VERSION_2 + "2030-01-01,2029-01-01", [
        (5, "valid_to_exclusive", "2029-01-01", "not after valid_from (2030-01-01)"),
    ]),
    "two versions in force at once": ("health_profiles", 4, "$", VERSION_2 + "2026-01-01,", [
        (5, "valid_from", "2026-01-01", "version 2 for add-on, adoption, holds together with line 2; end one"),
    ]),
    "two versions in force for one profile": (
        "health_profiles", 4, "$", VERSION_2.replace("default,all", "tool-like,onboarding") + "2026-01-01,", [
            (5, "valid_from", "2026-01-01", "version 2 for tool-like, onboarding, holds together with line 4; end one"),
        ],
    ),
    "an unknown profile": ("product_profiles", 4, "add-on", "ad-on", [(4, "product_profile", "ad-on", "is 'add-on'")]),
    "a product with two profiles": ("product_profiles", 4, "2024-04-01", "2024-03-01", [
        (4, "valid_from", "2024-03-01", "holds together with line 3; end one"),
    ]),
    "points of a component nobody uses": ("health_scoring_points", 6, "$", "\nluck,tier,0,50", [
        (7, "component_key", "luck", "of no row in health_profiles.csv"),
    ]),
    "two rules in one component": ("health_scoring_points", 6, "tier", "linear", [
        (6, "rule", "linear", "is 'tier' in line 5"),
    ]),
    "an unknown rule": ("health_scoring_points", 2, "linear", "steps", [
        (2, "rule", "steps", "must be linear or tier"), *((n, "rule", "linear", "in line 2") for n in (3, 4)),
    ]),
    "two scores for one value": ("health_scoring_points", 6, ",7,", ",0,", [
        (6, "metric_value", "0", "line 5 already"),
    ]),
    "a score beyond the scale": ("health_scoring_points", 6, ",100", ",101", [(6, "score", "101", "outside 0 to 100")]),
    "a cap of an unknown version": ("score_caps", 2, "health,1", "health,9", [
        (2, "profile_version", "9", "no version"),
    ]),
    "a cap by an unknown operator": ("score_caps", 2, ">=", "=", [(2, "operator", "=", "must be >= or >")]),
    "a cap above the scale": ("score_caps", 2, ",40,", ",400,", [(2, "maximum_score", "400", "outside 0 to 100")]),
    "a cap of an unknown phase": ("score_caps", 2, ",all,all,", ",all,every,", [
        (2, "phase", "every", "phases.csv and all"),
    ]),
    "an unknown operator": ("success_level_conditions", 3, ">=", "=>", [(3, "operator", "=>", "must be >= or >")]),
    "a level that is missing": ("success_level_conditions", 2, "default,1", "default,4", [
        (3, "success_level", "2", "comes after 0"),
    ]),
    "thresholds that fall": ("success_level_conditions", 5, ",0.8,", ",0.4,", [(5, "threshold", "0.4", "than line 3")]),
    "limits that rise": ("success_level_conditions", 6, ",7,", ",30,", [(6, "threshold", "30", "less than line 4")]),
    "a condition twice": ("success_level_conditions", 5, "most", "half", [
        (5, "condition_key", "half", "line 3 already"),
    ]),
    "a level that is no whole number": ("success_level_conditions", 5, ",3,", ",3.5,", [
        (5, "success_level", "3.5", "is not a whole number"),
    ]),
    "a gap between colours": ("health_bands", 3, ",50,", ",60,", [(3, "minimum", "60", "must be 50")]),
    "two colours for one score": ("health_bands", 3, ",75,", ",80,", [(4, "minimum", "75", "must be 80")]),
    "no colour for the best": ("health_bands", 4, "100.000001", "100", [
        (4, "below_maximum", "100", "write 100.000001"),
    ]),
    "two phases of one precedence": ("phases", 3, ",2,", ",1,", [(3, "precedence", "1", "line 2 already")]),
    "a phase by an unknown metric": ("phases", 3, "tenure_months", "age", [(3, "metric_key", "age", "kpi_catalog")]),
    "a phase left by half a rule": ("phases", 2, "onboarding_completed,", ",", [
        (2, "exit_minimum", "1", "both or none"),
    ]),
    "capacity for an unknown phase": ("phase_capacity", 2, "onboarding", "idle", [(2, "phase", "idle", "phases.csv")]),
    "a term of two bands": ("bands", 3, ",6,", ",5,", [(3, "minimum", "5", "together with line 2")]),
    "a band that ends before it begins": ("bands", 3, ",6,,", ",6,6,", [
        (3, "below_maximum", "6", "after minimum (6)"),
    ]),
    "a funnel by an unknown indicator": ("funnel_stages", 3, "seat_utilisation", "seats", [
        (3, "kpi_key", "seats", "kpi_catalog"),
    ]),
    "a funnel with a gap": ("funnel_stages", 4, ",3,", ",4,", [(4, "position", "4", "comes after 2")]),
    "a stage twice": ("funnel_stages", 4, ",3,", ",2,", [(4, "position", "2", "line 3 already")]),
    "an action due by nothing": ("action_rules", 4, ",7,", ",,", [(4, "due_days", "", "every reason but low_nps")]),
    "an action due before it is there": ("action_rules", 4, ",7,", ",-7,", [(4, "due_days", "-7", "outside 0 to 366")]),
    "a fall that looks back at nothing": ("action_rules", 4, ",90,", ",,", [(4, "looks_back_days", "", "a fall")]),
    "a fall that looks back at no month end": ("action_rules", 4, ",90,", ",30,", [
        (4, "looks_back_days", "30", "outside 31 to"),
    ]),
    "a renewal without a low level": ("action_rules", 2, ",2,", ",,", [(2, "maximum_level", "", "a renewal needs")]),
    "an action of no urgency": ("action_rules", 3, ",2,", ",0,", [(3, "urgency", "0", "outside 1 to 9")]),
    "a row that is too short": ("phases", 3, ",Adoption,定着期", "", [(3, None, None, "8 values, the header 10")]),
    "a row of commas": ("bands", 3, "$", "\n,,,,,", [(4, None, None, "the row is empty; delete it")]),
    "a column renamed": ("phases", 1, "minimum", "min", [
        (1, None, None, "must have the columns product_profile,phase"),
    ]),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    for name, text in SMALL.items():
        (tmp_path / "seeds" / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path / "seeds"


def change(folder: Path, seed: str, line: int, old: str, new: str) -> None:
    """Replace text in one line; `$` is its end."""
    path = folder / f"{seed}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = lines[line - 1] + new if old == "$" else lines[line - 1].replace(old, new, 1)
    assert changed != lines[line - 1]
    lines[line - 1] = changed
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_shipped_seeds_have_no_fault_and_looking_takes_no_time() -> None:
    took = []
    for _ in range(3):
        started = time.process_time()
        assert seeds.faults() == []
        took.append(time.process_time() - started)
    assert min(took) < 0.3


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_file_line_column_value_and_what_to_do(copy: Path, mistake: str) -> None:
    seed, line, old, new, expected = MISTAKES[mistake]
    change(copy, seed, line, old, new)
    found = seeds.faults(copy)
    assert [(fault.seed, fault.line, fault.column, fault.value or "") for fault in found] == sorted(
        [(seed, line, column, value or "") for line, column, value, _ in expected], key=lambda fault: fault[1]
    ), [*map(str, found)]
    for line, column, value, words in expected:
        place = f"seeds/{seed}.csv line {line}" + (f", {column} '{value}'" if column else "")
        assert any(str(fault).startswith(place) and words in str(fault) for fault in found), [*map(str, found)]


def test_all_faults_of_all_seeds_are_told_at_once(copy: Path) -> None:
    assert seeds.faults(copy) == []
    change(copy, "health_profiles", 3, ",40,", ",30,")
    change(copy, "health_bands", 3, ",50,", ",60,")
    change(copy, "targets", 2, "-12-01", "-31-12")
    assert [fault.seed for fault in seeds.faults(copy)] == ["health_bands", "health_profiles", "targets"]


def test_a_version_may_follow_another_or_be_compared_without_ever_being_in_force(copy: Path) -> None:
    path = copy / "health_profiles.csv"
    ended = re.sub(r",2000-01-01,$", ",2000-01-01,2026-04-01", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    candidate = VERSION_2.replace("health,2", "health,candidate") + "2026-06-01,2026-06-01"
    path.write_text(f"{ended.rstrip()}{VERSION_2}2026-04-01,{candidate}\n", encoding="utf-8")
    assert [*map(str, seeds.faults(copy))] == []


def test_files_as_spreadsheets_write_them_are_read(copy: Path) -> None:
    for path in copy.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes(("\ufeff" + text + "\n\n").replace("\n", "\r\n").encode())
    assert seeds.faults(copy) == []
    change(copy, "phases", 4, "tenure_months", "age")
    assert [fault.line for fault in seeds.faults(copy)] == [4]


def test_a_line_is_counted_as_an_editor_counts_it(copy: Path) -> None:
    change(copy, "bands", 2, "Short", '"Short,\nvery"')
    change(copy, "bands", 4, "$", "\n\nterm,again,5,6,Again,再")
    assert [(fault.line, fault.column) for fault in seeds.faults(copy)] == [(6, "minimum")]


def test_a_file_in_another_encoding_says_how_to_save_it(copy: Path) -> None:
    path = copy / "phases.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932"))
    (fault,) = seeds.faults(copy)
    assert str(fault).startswith("seeds/phases.csv line 1: cannot be read") and "UTF-8" in str(fault)


def test_a_run_with_a_broken_seed_ends_before_anything_is_built(tmp_path: Path) -> None:
    write_landing(tmp_path / "data", {"accounts/a.csv": "account_id,account_name\n"})
    last = (ROOT / "seeds" / "health_bands.csv").read_text(encoding="utf-8").splitlines(keepends=True)[-1]
    fault = ("seeds/health_bands.csv", last, last.replace("100.000001", "99"))
    project = plant([fault], tmp_path / "data", tmp_path / "project")
    result = csw("run", "--as-of", "2025-06-30", "--data-dir", tmp_path / "data", root=project)
    assert result.returncode == 1, result.stdout
    said = " ".join(result.stderr.split())
    assert "Nothing was built: 1 mistake in the seeds." in said
    assert "below_maximum '99': must be above 100, or 100 has no band; write 100.000001." in said
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["landing"]


def test_a_run_of_dagster_is_refused_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from orchestration import definitions  # reads the manifest, which is prepared by now

    monkeypatch.setenv("CSW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(seeds, "faults", lambda folder: [seeds.Fault("bands", 2, "minimum", "9", "is not after 10")])
    with pytest.raises(Refused, match=r"seeds/bands.csv line 2, minimum '9': is not after 10\."):
        run = dg.DagsterRun(job_name="daily", tags={"dagster/partition": "2026-06-30"})
        definitions.day_of_run.resource_fn(types.SimpleNamespace(run=run)).__enter__()
    assert not list(tmp_path.iterdir())
